"""What runs in the family: never the patient's own."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, relations, words
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame, frame_of, modified, person
from service.reading.resources.naming import concept_text, lead, named
from service.reading.resources.quantities import bounds, quantity
from service.reading.resources.source import Element, Source


def family_member(source: Source) -> Iterator[Assertion]:
    """Each illness of the relative, and that the relative died."""
    relation = person(relations.relation(source.get("relationship")) or "relative")
    frame = frame_of(source, dates.text_of(source.get("date")))
    frame = replace(frame, subject=relation, time=Time.EVER)
    if source.get("status") == "health-unknown" or source.get("dataAbsentReason"):
        frame = frame.said(Polarity.UNKNOWN)
    illnesses = words.each(source.get("condition"))
    if not illnesses:
        unknown = frame.said(Polarity.UNKNOWN)
        yield unknown.tell(Concept(Kind.PROBLEM, "any"), source.headline)
    for illness in illnesses:
        yield from _illness(source, modified(frame, illness), illness)
    if source.get("deceasedBoolean") is True or _died(source):
        yield frame.tell(Concept(Kind.EVENT, "death"), source.headline)


def _died(source: Source) -> bool:
    return any(n.startswith("deceased") and n != "deceasedBoolean" for n in source.resource)


def _illness(source: Source, frame: Frame, illness: Element) -> Iterator[Assertion]:
    name = concept_text(illness.get("code"))
    first = lead(name)
    for each in named(first.rest, Kind.PROBLEM):
        more = list(_values(source, illness))
        told = replace(led(frame, first), subject=frame.subject, time=Time.EVER)
        yield told.names(source, each, *more)


def _values(source: Source, illness: Element) -> Iterator[Value]:
    yield from quantity(source, illness.get("onsetAge"), "age", per="onset")
    yield from bounds(source, illness.get("onsetRange"), "age", per="onset")
    if illness.get("contributedToDeath") is True:
        yield Value("outcome", "death", "contributed to death")
    if outcome := words.concept(illness.get("outcome")):
        yield Value("outcome", outcome.lower(), outcome)
