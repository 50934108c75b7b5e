"""Observations: measurements, laboratory values, answers, and scores with their items."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from service.chart.render import dates, forms, typed, words
from service.chart.render.forms import Answer
from service.chart.render.modifiers import modifier
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

Resource = Mapping[str, Any]

_NORMAL = ("normal", "within normal limits")
_STATUS = {
    "preliminary": "preliminary",
    "entered-in-error": "entered in error",
    "cancelled": "cancelled",
    "registered": "no result yet",
    "unknown": "status unknown",
    "corrected": "corrected",
    "amended": "amended",
}


def observation(scene: Scene) -> Rendering:
    """ "PHQ-9 total score 14 (2024-05-01)"; below it items, ranges, notes and codes."""
    named = words.concept(scene.get("code")) or "Observation that is not named"
    when = dates.when(scene.resource, "effective") or dates.text_of(scene.get("issued"))
    status = words.text(scene.get("status"))
    result, items = short_result(scene.resource), list(_items(scene))
    short = [(question, answer) for question, _, answer in items if answer]
    exact = result_of(scene.resource)
    who = words.first(scene.get("performer"))
    return Rendering(
        title=named,
        headline=_about_other(scene)
        + _head(named, result, short, is_measured=_is_measured(scene.resource))
        + words.in_brackets(flags(scene.resource), dates.day(when), _STATUS.get(status, "")),
        lines=[
            ("Value as sent", exact if exact != result else ""),
            *(("Item", f"{question}: {answer}") for question, answer, _ in items),
            ("Reference range", ranges(scene.resource)),
            ("Interpretation", words.concepts(scene.get("interpretation"))),
            ("Method", words.concept(scene.get("method"))),
            ("Body site", words.concept(scene.get("bodySite"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Derived from", _derived(scene)),
            ("When", dates.moment(when)),
            ("By", scene.names(scene.get("performer"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(who),
        author_role=scene.role(who),
    )


def _head(named: str, result: str, items: Sequence[Answer], *, is_measured: bool) -> str:
    """A number follows its name; words stand behind a colon. Of a form its total."""
    if result:
        return f"{named} {result}" if is_measured else f"{named}: {result}"
    is_form = any(forms.is_total(question) for question, _ in items)
    told = forms.must_see(items) if is_form else "; ".join(f"{q}: {a}" for q, a in items)
    return f"{named}: {told or 'no result given'}"


def _is_measured(resource: Resource) -> bool:
    return "valueInteger" in resource or bool(
        words.first(resource.get("valueQuantity")).get("value")
    )


def _about_other(scene: Scene) -> str:
    """Whom or what else it is about: the fetus, a brother, a donor. First, as it changes all."""
    mine = words.first(scene.get("subject")).get("reference")
    others = (
        _who(scene.name(element), scene.role(element))
        for element in words.each(scene.get("focus"))
        if element.get("reference") != mine or mine is None
    )
    about = words.joined(others)
    return f"About {about}, not the patient: " if about else ""


def _who(name: str, role: str) -> str:
    return name + words.in_brackets("" if role.lower() in name.lower() else role)


def remarks(resource: Resource) -> list[str]:
    """Every flag that is worth a reader's eye, then a status that is not final."""
    return [flags(resource), _STATUS.get(words.text(resource.get("status")), "")]


def flags(resource: Resource) -> str:
    """ "critically high" of any coding, display or text of any interpretation."""
    said = map(interpretation, words.each(resource.get("interpretation")))
    return words.joined(each for each in said if each not in _NORMAL)


def interpretation(element: Resource) -> str:
    """The words of the first code that is known and tells more than "normal"; else as written."""
    codes = [words.text(c.get("code")).lower() for c in words.each(element.get("coding"))]
    written = words.concept(element)
    known = [_interpretations()[c] for c in (*codes, written.lower()) if c in _interpretations()]
    return next((k for k in known if k not in _NORMAL), next(iter(known), written.lower()))


@cache
def _interpretations() -> Mapping[str, str]:
    path = files("service.chart.render").joinpath("data", "interpretations.toml")
    return tomllib.loads(path.read_text("utf-8"))


def result_of(resource: Resource) -> str:
    """value[x] as words, else why it is absent: "not given: asked but declined"."""
    if value := typed.value_of(resource):
        return value
    reason = words.concept(resource.get("dataAbsentReason"))
    return f"not given ({reason})" if reason else ""


def short_result(resource: Resource) -> str:
    """The result with a long fraction rounded: 24.37 kg/m2 of 24.371849562847365 kg/m2."""
    quantity = words.first(resource.get("valueQuantity"))
    shorter = {**quantity, "value": words.rounded(quantity.get("value"))}
    return result_of({**resource, "valueQuantity": shorter} if quantity else resource)


def ranges(resource: Resource) -> str:
    """Reference ranges with what they are for."""
    return words.joined(
        (words.text(r.get("text")) or words.range_of(r)) + words.in_brackets(_applies(r))
        for r in words.each(resource.get("referenceRange"))
    )


def _applies(reference_range: Mapping[str, Any]) -> str:
    return words.joined(
        (
            words.concept(reference_range.get("type")),
            words.concepts(reference_range.get("appliesTo")),
            words.range_of(reference_range.get("age")),
        )
    )


def _items(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """Components and members: each question with its answer in full, and as the headline has it."""
    for component in words.each(scene.get("component")):
        yield _item(component)
    for reference, member in scene.targets(scene.get("hasMember")):
        if member is not None and member.get("resourceType") == "Observation":
            yield _item(member)
        elif member is not None and member.get("resourceType") == "QuestionnaireResponse":
            yield "Questionnaire", f"answered ({dates.day(member.get('authored'))})", ""
        else:
            display = words.text(reference.get("display"))
            yield display or "an item", "not held", ""


def _item(part: Resource) -> tuple[str, str, str]:
    """ "Little interest", "several days [1] (reference 0 to 3)" and the same without remarks."""
    named = modifier(part) + (words.concept(part.get("code")) or "item")
    noted, reference = remarks(part), ranges(part)
    full = words.in_brackets(*noted, reference and f"reference {reference}")
    short = short_result(part) or "no result given"
    return (
        named,
        f"{result_of(part) or 'no result given'}{full}",
        f"{short}{words.in_brackets(*noted)}",
    )


def _derived(scene: Scene) -> str:
    found = []
    for reference, source in scene.targets(scene.get("derivedFrom")):
        if source is None:
            found.append(words.text(reference.get("display")))
        elif source.get("resourceType") == "Observation":
            found.append(f"{words.concept(source.get('code'))} {result_of(source)}".strip())
        else:
            found.append(words.concept(source.get("code")))
    return words.joined(found)
