"""What was done or found: procedures, reports, studies."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.reading.assertions import Act, Assertion, Kind, Time, Value
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame, frame_of, indications, status_of, text_value
from service.reading.resources.naming import concept_text, lead, named
from service.reading.resources.observations import frame_of_result, held_results
from service.reading.resources.source import Source
from service.reading.resources.tables import doing


def procedure(source: Source) -> Iterator[Assertion]:
    """A procedure or therapy: done, under way, planned, refused."""
    frame = frame_of(source, dates.when(source.resource, "performed"))
    reason = words.concept(source.get("statusReason"))
    frame = frame.done(doing("given_status", status_of(source)), reason)
    more = (
        *text_value("reason", reason),
        *text_value("outcome", words.concept(source.get("outcome"))),
        *indications(source),
        *sites(source),
    )
    for each in named(concept_text(source.get("code")), Kind.PROCEDURE):
        yield frame.names(source, each, *more)
    for found in words.each(source.get("complication")):
        for each in named(concept_text(found), Kind.PROBLEM):
            yield replace(frame, act=Act.NONE).names(source, each)


def sites(source: Source) -> Iterator[Value]:
    for element in words.each(source.get("bodySite")):
        yield from text_value("site", words.concept(element))


def report(source: Source) -> Iterator[Assertion]:
    """That it was done and how final it is, its coded conclusions and its results."""
    frame = frame_of_result(source)
    done = replace(frame, act=Act.TAKEN, time=Time.PAST)
    for each in named(concept_text(source.get("code")), Kind.PROCEDURE):
        yield done.names(source, each)
    for code in words.each(source.get("conclusionCode")):
        yield from concluded(source, frame, concept_text(code))
    yield from held_results(source, "result")


def concluded(source: Source, frame: Frame, name: str) -> Iterator[Assertion]:
    """A diagnosis or finding by its name, with what its first words say of it."""
    first = lead(name)
    for each in named(first.rest, Kind.PROBLEM):
        yield led(frame, first).names(source, each)


def imaging(source: Source) -> Iterator[Assertion]:
    """That pictures were taken."""
    frame = frame_of(source, dates.text_of(source.get("started")))
    done = replace(frame, act=Act.TAKEN, time=Time.PAST)
    name = words.concepts(source.get("procedureCode")) or words.text(source.get("description"))
    for each in named(name, Kind.PROCEDURE):
        yield done.names(source, each, *indications(source))
