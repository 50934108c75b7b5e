"""What was done, what runs in the family, what is implanted or used."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, relations, typed, words
from service.chart.render.medications import reasons
from service.chart.render.modifiers import modifier
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_DONE = {
    "not-done": "Not done: ",
    "preparation": "Planned procedure: ",
    "on-hold": "Procedure on hold: ",
    "stopped": "Procedure stopped before its end: ",
}


def procedure(scene: Scene) -> Rendering:
    """A procedure or therapy: what, when, why, how it went."""
    named = words.concept(scene.get("code")) or "Procedure that is not named"
    status, when = words.text(scene.get("status")), dates.when_text(scene.resource, "performed")
    shown = "" if status == "completed" else status
    prefix = _DONE.get(status, "Procedure: ")
    not_done = words.concept(scene.get("statusReason"))
    who = words.first(scene.get("performer")).get("actor")
    why = reasons(scene)
    return Rendering(
        title=named,
        headline=prefix
        + named
        + words.in_brackets(
            words.joined((shown, when)),
            why and f"for {why}",
            not_done and f"because: {not_done}",
        ),
        lines=[
            ("Outcome", words.concept(scene.get("outcome"))),
            ("Complications", words.concepts(scene.get("complication"))),
            ("Follow-up", words.concepts(scene.get("followUp"))),
            ("Body site", words.concepts(scene.get("bodySite"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("By", scene.name(who)),
            ("Place", scene.name(scene.get("location"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=dates.when(scene.resource, "performed"),
        encounter=encounter_of(scene),
        author=scene.name(who),
        author_role=scene.role(who),
    )


def family_member(scene: Scene) -> Rendering:
    """A relative's illnesses: never the patient's own, so the relation comes first."""
    relation = relations.relation(scene.get("relationship")) or "relative"
    name = words.text(scene.get("name"))
    conditions = words.joined(map(_illness, words.each(scene.get("condition"))), "; ")
    when = dates.text_of(scene.get("date"))
    return Rendering(
        title=f"Family history: {relation}",
        headline=f"Family history, {relation}: {conditions or _not_known(scene)}"
        + words.in_brackets(_death(scene), dates.day(when) and f"recorded {dates.day(when)}"),
        lines=[
            ("Name", name if name.lower() != relation.lower() else ""),
            ("Sex", words.concept(scene.get("sex"))),
            ("Born", typed.value_of(scene.resource, "born")),
            ("Age", typed.value_of(scene.resource, "age")),
            ("Status", words.text(scene.get("status"))),
            ("Note", words.notes_text(scene.get("note"))),
        ],
        code=words.code_of(scene.get("relationship")),
        status=words.text(scene.get("status")),
        effective=when,
    )


def _not_known(scene: Scene) -> str:
    why = words.concept(scene.get("dataAbsentReason"))
    is_unknown = why or scene.get("status") == "health-unknown"
    return f"not known{words.in_brackets(why)}" if is_unknown else "no illness recorded"


def _illness(condition: Mapping[str, Any]) -> str:
    onset = typed.value_of(condition, "onset")
    note = words.notes_text(condition.get("note"))
    outcome = words.concept(condition.get("outcome"))
    died = "contributed to death" if condition.get("contributedToDeath") is True else ""
    named = modifier(condition) + words.concept(condition.get("code"))
    return named + words.in_brackets(onset and f"onset {onset}", outcome, died, note)


def _death(scene: Scene) -> str:
    if scene.get("deceasedBoolean") is True:
        return "deceased"
    when = typed.value_of(scene.resource, "deceased")
    return f"died {when}" if when and scene.get("deceasedBoolean") is None else ""


def device(scene: Scene) -> Rendering:
    """A device that the patient has or uses."""
    names = words.joined(words.text(n.get("name")) for n in words.each(scene.get("deviceName")))
    named = words.concept(scene.get("type")) or names or "Device that is not named"
    when = dates.text_of(scene.get("manufactureDate"))
    status = words.text(scene.get("status"))
    return Rendering(
        title=named,
        headline=f"Device: {named}{words.in_brackets(status)}",
        lines=[
            ("Names", names),
            ("Manufacturer", words.text(scene.get("manufacturer"))),
            ("Made", dates.day(when)),
            ("Note", words.notes_text(scene.get("note"))),
            ("Code", words.codes_line(scene.get("type"))),
        ],
        code=words.code_of(scene.get("type")),
        status=status,
    )
