"""Visits, stays and episodes of care."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.reading.assertions import Act, Assertion, Concept, Kind, Time, Value
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame, frame_of, status_of, text_value
from service.reading.resources.naming import concept_text, lead, named
from service.reading.resources.source import Source, codes
from service.reading.resources.tables import table


def encounter(source: Source) -> Iterator[Assertion]:
    """The visit by its class, then its reasons and diagnoses, then how a stay ended."""
    frame = _timed(source, frame_of(source, dates.period_start(source.get("period"))))
    known = table("visits.toml")["classes"]
    kind = next((known[c] for c in codes(source.get("class")) if c in known), "visit")
    more = (*_bounds(source), *text_value("item", words.concepts(source.get("type"))))
    for each in named(kind, Kind.EVENT)[:1]:
        yield frame.tell(each.concept, source.headline, *more)
    reasons = [concept_text(c) for c in words.each(source.get("reasonCode"))]
    diagnoses = [source.scene.name(d.get("condition")) for d in words.each(source.get("diagnosis"))]
    for role, names in (("reason", reasons), ("diagnosis", diagnoses)):
        yield from _about(source, frame, names, role)
    yield from _discharge(source, frame)


def _timed(source: Source, frame: Frame) -> Frame:
    """Past once it is over; planned before it begins."""
    told = table("visits.toml")["status"].get(status_of(source))
    if told is None:
        return frame
    act, time = told
    return replace(frame, act=Act(act), time=Time(time))


def _bounds(source: Source) -> Iterator[Value]:
    period = words.first(source.get("period"))
    for name, what in (("start", "from"), ("end", "until")):
        if when := dates.known_day(period.get(name)):
            yield Value(what, when, when)


def _about(source: Source, frame: Frame, names: list[str], role: str) -> Iterator[Assertion]:
    bare = replace(frame, act=Act.NONE, time=Time.NOW)
    for name in names:
        first = lead(name)
        for each in named(first.rest, Kind.PROBLEM):
            value = Value("role", role, role)
            yield led(bare, first).names(source, each, value)


def _discharge(source: Source, frame: Frame) -> Iterator[Assertion]:
    """Where to and how; "against medical advice" and "expired" are events of their own."""
    stay = words.first(source.get("hospitalization"))
    said = words.concept(stay.get("dischargeDisposition"))
    until = dates.known_day(words.first(source.get("period")).get("end"))
    if said:
        to = Value("item", said.lower(), said)
        concept = Concept(Kind.EVENT, "discharge")
        time = Time.PLANNED if frame.time is Time.NOW else frame.time
        yield replace(frame, time=time, on=until or frame.on).tell(concept, source.place(said), to)


def episode(source: Source) -> Iterator[Assertion]:
    """A stretch of care for a problem."""
    frame = _timed(source, frame_of(source, dates.period_start(source.get("period"))))
    name = words.concepts(source.get("type")) or "episode of care"
    for each in named(name, Kind.EVENT)[:1]:
        yield frame.tell(each.concept, source.headline, *_bounds(source))
    names = [source.scene.name(d.get("condition")) for d in words.each(source.get("diagnosis"))]
    yield from _about(source, frame, names, "diagnosis")
