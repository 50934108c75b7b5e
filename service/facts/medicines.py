"""Medicines: one course a medicine whatever it is called, with its changes and how it stands."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from service.facts.courses import (
    Course,
    doses_differ,
    is_of_one_dose,
    is_order,
    is_taking,
    order_rows,
    verdict,
)
from service.facts.doses import ORDER, with_events
from service.facts.fact import Change, Fact, FactKind, Standing, newest_first
from service.facts.general import with_general
from service.facts.said import LOOKED_FOR, VACCINE, Chart, Said, by_key, name_of
from service.reading.assertions import Act, Certainty, Kind, Time, Value
from service.reading.lexicon.relations import wider

_SHOWN = ("dose", "strength", "rate", "frequency", "time", "route", "form", "indication")
_WHY = ("reason", "instruction")
_FORMS = frozenset(("long-acting-injectable",))
_CAUSES = frozenset(("cause", "causes", "precipitant", "precipitants", "trigger", "triggers"))
_STEPS = {
    Act.STARTED: "started",
    Act.INCREASED: "increased",
    Act.REDUCED: "reduced",
    Act.CONTINUED: "continued",
    Act.TAPER: "tapered",
    Act.ONCE: "given once",
    Act.STOPPED: "stopped",
    Act.HELD: "held",
    Act.DECLINED: "refused",
    Act.MISSED: "missed",
    Act.NOT_FILLED: "not filled",
    Act.AVOID: "not to be given",
}
OF_A_DOSE = (Act.STOPPED, Act.HELD)
_RESPONSES = {
    "respons": "response",
    "respond": "response",
    "benefit": "benefit",
    "effectiv": "effective",
    "ineffectiv": "ineffective",
    "toler": "tolerance",
    "help": "helped",
}


def medicine_facts(chart: Chart) -> Iterator[Fact]:
    """A fact for each course; orders that stand side by side in different doses are two."""
    found = medicines_of(chart)
    broad = frozenset(each for key in found for each in wider(key)) - {""}
    for key, said in found.items():
        if key in broad and any(map(is_taking, said)) and not any(map(is_order, said)):
            continue  # "an antidepressant" is the one that is named
        told = [each for each in said if each.a.time is not Time.IF or each.a.act is Act.AVOID]
        forbidden = [each for each in told if each.a.act is Act.AVOID]
        others = [each for each in told if each.a.act is not Act.AVOID]
        if forbidden:
            yield _forbidden(key, forbidden)
        if any(each.a.act is not Act.NONE or not each.is_affirmed for each in others):
            yield from _courses(key, others, chart)  # a mere mention is nothing of the patient's


def medicines_of(chart: Chart) -> dict[str, list[Said]]:
    """By medicine, without what was only looked for in blood or urine, and without the class or
    form that an order's name gives beside the medicine itself."""
    said = [e for e in chart.of[Kind.MEDICINE] if e.record.type not in (*LOOKED_FOR, VACCINE)]
    said = [each for each in said if not _is_cause(each)]
    beside: dict[tuple[str, int], set[str]] = {}
    for each in said:
        if not each.record.is_note:
            beside.setdefault((each.record.id, each.a.clause), set()).add(each.a.concept.key)
    own = (e for e in said if not _is_class(e, beside.get((e.record.id, e.a.clause), ())))
    return with_general(with_events(by_key(own), chart), chart)


def _is_cause(said: Said) -> bool:
    """Is it blamed for something: "Precipitants: surgery, oxycodone"? That is no course of it."""
    line = said.record.text[: said.a.start].rpartition("\n")[2]
    label = line.rpartition(". ")[2].rpartition(":")[0].rpartition(":")[2]
    return label.strip(" -*•").casefold() in _CAUSES


def _is_class(said: Said, beside: Collection[str]) -> bool:
    key = said.a.concept.key
    if said.record.is_note or len(beside) < 2:
        return False
    return key in _FORMS or any(key in wider(other) for other in beside)


def _courses(key: str, said: Sequence[Said], chart: Chart) -> Iterator[Fact]:
    rows = order_rows(said)
    if len(rows) < 2:
        yield _course(key, verdict(said), chart)
        return
    ordered = {id(each) for row in rows for each in row}
    rest = [each for each in said if id(each) not in ordered]
    for row in rows:
        fitting = [each for each in rest if _fits(each, row, rows)]
        course = verdict(sorted([*fitting, *row], key=lambda each: (each.day, each.record.on)))
        yield _course(key, course, chart)


def _fits(said: Said, row: Sequence[Said], rows: Sequence[Sequence[Said]]) -> bool:
    """What names a dose belongs to the order of that dose; what names none, to all."""
    if not said.value("dose") or all(doses_differ(said, other[-1]) for other in rows):
        return True
    return not doses_differ(said, row[-1])


def _course(key: str, course: Course, chart: Chart) -> Fact:
    shown = _values(course)
    return Fact(
        FactKind.MEDICINE,
        key,
        name_of(key),
        course.standing,
        course.why,
        course.status,
        Certainty.SURE if course.deciding.is_sure else Certainty.POSSIBLE,
        course.since,
        course.until,
        course.deciding.day,
        (*shown, *_effects(course.said, chart)),
        tuple(_history(course.said)),
        newest_first(each.source for each in course.said),
    )


def _values(course: Course) -> Iterator[Value]:
    """Of each name those of the newest that has it; all steps of one order."""
    telling = course.taking or course.said
    for what in _SHOWN:
        newest = next((each for each in reversed(telling) if each.value(what)), None)
        if newest is not None:
            yield from _same_record(telling, newest, what)
    for what in _WHY:
        if (said := course.deciding.value(what)) is not None:
            yield said


def _same_record(telling: Sequence[Said], newest: Said, what: str) -> Iterator[Value]:
    """The steps of an order are told together; of a note the one place."""
    steps = [
        each
        for each in telling
        if each is newest or (each.record is newest.record and not each.record.is_note)
    ]
    found = [value for each in steps for value in each.a.values if value.what == what]
    yield from {(v.value, v.per, v.comparator): v for v in found}.values()


def _history(said: Iterable[Said]) -> Iterator[Change]:
    """What was done when, and each new dose."""
    dose: Said | None = None
    for each in said:
        act = each.a.act
        is_new = each.value("dose") is not None and (dose is None or doses_differ(each, dose))
        if each.value("dose") is not None:
            dose = each
        step = _STEPS.get(act) if each.is_affirmed and act is not Act.CONTINUED else None
        if step is None and each.is_negated and act in (Act.NONE, Act.TAKEN):
            step = "not taken"
        if step is None and not is_new:
            continue
        values = tuple(v for v in each.a.values if v.what in (*_SHOWN, *_WHY, "change"))
        what = _planned(each, step or "at this dose")
        yield Change(each.day, what, values, each.source)


def _planned(said: Said, what: str) -> str:
    if said.a.time is Time.PLANNED:
        return f"planned: {what}"
    if said.a.act is Act.ONCE and said.record.type == ORDER:
        return "ordered once"
    if said.a.act in OF_A_DOSE and is_of_one_dose(said):
        return f"dose {what}"
    return f"{what} by {said.by}" if what == "stopped" and said.by else what


def _effects(said: Iterable[Said], chart: Chart) -> Iterator[Value]:
    """Harm that is laid to the medicine, and how it is said to work."""
    found: dict[str, Value] = {}
    for each in said:
        beside = chart.together[each.record.id, each.a.unit, each.a.clause]
        if each.a.role == "cause":
            for other in beside:
                if other.a.role == "effect" and other.is_affirmed:
                    key = other.a.concept.key
                    value = Value("adverse-effect", key, other.words or name_of(key))
                    found.setdefault(key, replace(value, start=other.a.start, end=other.a.end))
        for word in sorted(each.a.words):
            if (response := _RESPONSES.get(word)) and each.is_affirmed:
                found.setdefault(response, Value("response", response, response))
    yield from found.values()


def _forbidden(key: str, said: Sequence[Said]) -> Fact:
    newest = said[-1]
    reason = newest.told("reason")
    why = f"not to be given{f': {reason}' if reason else ''}"
    return Fact(
        FactKind.MEDICINE,
        key,
        name_of(key),
        Standing.REFUTED,
        f"{why}, said on {newest.day}" if newest.day else why,
        "not to be given",
        since=said[0].day,
        on=newest.day,
        values=tuple(v for v in newest.a.values if v.what == "reason"),
        sources=newest_first(each.source for each in said),
    )
