"""Orders, statements, administrations and dispenses of medicines."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.chart.render.scene import name_of
from service.reading.assertions import Act, Assertion, Kind, Polarity, Time, Value
from service.reading.resources.dosages import Step, steps
from service.reading.resources.frame import (
    Frame,
    frame_of,
    indications,
    status_of,
    text_value,
)
from service.reading.resources.naming import Named, concept_text, named
from service.reading.resources.quantities import quantity
from service.reading.resources.source import Element, Source, codes
from service.reading.resources.tables import doing
from service.reading.resources.written import strength_of, values_of

_TAKEN = (Act.PRESCRIBED, Act.TAKEN)


def request(source: Source) -> Iterator[Assertion]:
    """An order; a proposal, plan or option is none; "do not give" is one to avoid."""
    frame = frame_of(source, dates.text_of(source.get("authoredOn")), teller=_reporter(source))
    frame = frame.done(doing("medicine_status", status_of(source)))
    frame = frame.intended(words.text(source.get("intent")).lower())
    if source.get("doNotPerform") is True:
        frame = replace(frame, act=Act.AVOID)
    supply = words.first(source.get("dispenseRequest"))
    until = dates.day(words.first(supply.get("validityPeriod")).get("end"))
    frame = frame.with_(*text_value("intent", words.text(source.get("intent"))), *_why(source))
    yield from _told(source, frame, source.get("dosageInstruction"), until)


def statement(source: Source) -> Iterator[Assertion]:
    """What the patient is said to take, or not to take."""
    when = dates.when(source.resource, "effective") or dates.text_of(source.get("dateAsserted"))
    frame = frame_of(source, when, teller=source.get("informationSource"))
    frame = frame.done(doing("statement_status", status_of(source)), _reason(source))
    until = dates.day(words.first(source.get("effectivePeriod")).get("end"))
    yield from _told(source, frame.with_(*_why(source)), source.get("dosage"), until)


def administration(source: Source) -> Iterator[Assertion]:
    """A dose given, refused, held or stopped."""
    frame = frame_of(source, dates.when(source.resource, "effective"))
    frame = frame.done(doing("given_status", status_of(source)), _reason(source))
    if frame.act is Act.TAKEN and frame.time is Time.PAST and _is_so(frame):
        frame = replace(frame, act=Act.ONCE)
    given = words.first(source.get("dosage"))
    as_dosage = {**given, "doseAndRate": [_rates(given)]}
    yield from _told(source, frame.with_(*_why(source)), [as_dosage] if given else [], "")


def _is_so(frame: Frame) -> bool:
    return frame.polarity is Polarity.AFFIRMED


def _rates(given: Element) -> dict[str, object]:
    return {"doseQuantity": given.get("dose")} | {
        name: given[name] for name in ("rateQuantity", "rateRatio") if name in given
    }


def dispense(source: Source) -> Iterator[Assertion]:
    """A medicine handed out, or not collected."""
    when = dates.text_of(source.get("whenHandedOver")) or dates.text_of(source.get("whenPrepared"))
    frame = frame_of(source, when).done(doing("dispense_status", status_of(source)))
    supply = (
        *text_value("event", "dispensed" if status_of(source) == "completed" else ""),
        *quantity(source, source.get("quantity"), "quantity"),
        *quantity(source, source.get("daysSupply"), "duration"),
    )
    yield from _told(
        source, frame.with_(*supply, *_why(source)), source.get("dosageInstruction"), ""
    )


def medication(source: Source) -> Iterator[Assertion]:
    """What a medicine is: its strength, form and ingredients; nothing of who takes it."""
    frame = frame_of(source, "")
    name = concept_text(source.get("code"))
    parts = [
        concept_text(i.get("itemCodeableConcept")) for i in words.each(source.get("ingredient"))
    ]
    for said in (name, *parts):
        for each in named(said, Kind.MEDICINE):
            yield frame.names(source, each, *strength_of(source, said))


def immunization(source: Source) -> Iterator[Assertion]:
    """A vaccine given, or not given and why."""
    frame = frame_of(source, dates.when(source.resource, "occurrence"))
    frame = frame.done(doing("given_status", status_of(source)), _reason(source))
    name = concept_text(source.get("vaccineCode"))
    for each in named(name, Kind.MEDICINE):
        yield frame.with_(*_why(source)).names(source, each)


def name_and_codes(source: Source) -> str:
    """The medicine's name: coded, contained, held, displayed, else by its identifier."""
    given = source.get("medicationCodeableConcept") or source.get("medication")
    reference = words.first(source.get("medicationReference"))
    if given is None and reference:
        found = source.scene.target(reference)
        given = (found or {}).get("code")
        name = concept_text(given) or (name_of(found, source.scene) if found else "")
        name = name or words.text(reference.get("display"))
        return name or words.text(words.first(reference.get("identifier")).get("value"))
    return concept_text(given) or next(codes(given), "")


def _told(source: Source, frame: Frame, dosage: object, until: str) -> Iterator[Assertion]:
    """One assertion for each thing that the name names and each step of its dosage."""
    name = name_and_codes(source)
    things = [(each, _strengths(source, name, each)) for each in named(name, Kind.MEDICINE)]
    for number, step in enumerate(steps(source, dosage) or [Step(())]):
        ended = _ended(source, frame, step.until or until)
        if step.is_as_needed and frame.act in _TAKEN:
            ended = replace(ended, act=Act.AS_NEEDED)
        told = (*step.values, *_written(source, step))
        for each, strengths in things:
            yield ended.names(source, each, *told, *strengths, clause=number)


def _strengths(source: Source, name: str, each: Named) -> tuple[Value, ...]:
    """What the name says behind this medicine, up to the next: 300 mg of one, 5 mg of the other."""
    found = tuple(strength_of(source, name))
    all_named = [n.said for n in named(name, Kind.MEDICINE)]
    if len(all_named) < 2 or not found:
        return found
    first = source.place(name)[0]
    starts = sorted(first + name.find(said) for said in all_named)
    mine = first + name.find(each.said)
    end = next((at for at in starts if at > mine), len(source.text))
    return tuple(v for v in found if mine <= v.start < end or v.what in ("route", "form"))


def _written(source: Source, step: Step) -> list[Value]:
    """What the dosage's text says of what its codes leave out."""
    known = {value.what for value in step.values if value.comparator != "<="}
    return [v for v in values_of(source, step.said) if v.what not in known]


def _ended(source: Source, frame: Frame, until: str) -> Frame:
    """With the day it is bounded to; what ended before the day of reading is past."""
    if not until:
        return frame
    frame = frame.with_(Value("until", until, until))
    is_over = bool(source.on) and until < source.on and frame.time is Time.NOW
    return replace(frame, time=Time.PAST) if is_over else frame


def _why(source: Source) -> Iterator[Value]:
    """For what, and why it ended, was held or was not done."""
    yield from indications(source)
    yield from text_value("reason", _reason(source))


def _reason(source: Source) -> str:
    """Why it has its status, by whichever element the type has for it."""
    given = source.get("statusReason") or source.get("statusReasonCodeableConcept")
    return words.concepts(given)


def _reporter(source: Source) -> object:
    """Who reported it, where it was reported and not ordered here."""
    if source.get("reportedBoolean") is True:
        return {"type": "Patient"}
    return source.get("reportedReference") or source.get("requester")
