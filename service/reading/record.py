"""A whole record read: its elements from their JSON, its prose as notes are read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from service.chart.models import SourceRecord
from service.chart.render.dates import known_day
from service.fhir import wire
from service.reading.assertions import Assertion
from service.reading.layout import Place, Section, Structure, Unit
from service.reading.orders.find import orders_in
from service.reading.read import read_text
from service.reading.reading import Reading
from service.reading.resources import prose_places, read_resource

READER = 8  # of another number: what was read before is read again, in the background

Find = Callable[[str], Mapping[str, Any] | None]


def local_day(effective: str, zone: tzinfo) -> str:
    """The day on which it was where the site is: a FHIR date as written, an instant in its zone."""
    if len(effective) <= 10:
        return known_day(effective)
    try:
        at = datetime.fromisoformat(effective)
        return at.astimezone(zone).date().isoformat() if at.tzinfo else known_day(effective)
    except (ValueError, OverflowError):  # the first and the last day that a clock can tell
        return known_day(effective)


def read_record(
    record: SourceRecord, *, zone: tzinfo = UTC, find: Find = lambda _: None
) -> Reading:
    """Everything that a record version says. `zone` is the site's, by which an instant has its
    day; `find` gives what "Type/id" names, as far as held.

    A note is read below the lines that we put before it; of any other resource, its elements, and
    what somebody wrote in sentences. Offsets are into `record.text`.
    """
    resource = wire.parse(record.raw)
    day = local_day(record.effective, zone)
    text = record.text
    parts = [_elements(resource, record, find)] if isinstance(resource, Mapping) else []
    for place, section in _prose(resource, record):
        read = read_text(text[place.start : place.end], on=day, section=section)
        parts.append(_moved(read, place.start, sum(len(p.structure.units) for p in parts)))
    return Reading(
        text,
        Structure(
            tuple(unit for part in parts for unit in part.structure.units),
            tuple(gap for part in parts for gap in part.structure.gaps),
        ),
        tuple(a for part in parts for a in part.assertions),
        tuple(orders_in(text)),
    )


def _elements(resource: Mapping[str, Any], record: SourceRecord, find: Find) -> Reading:
    """What the elements say, all of it in one unit, the headline; none for a mere note. The day
    of reading is not told: what is kept must be as true tomorrow."""
    known = record.refers_to or {}
    said = read_resource(
        resource, record.text, find=lambda written: find(known.get(written, written))
    )
    if not said:
        return Reading(record.text, Structure(()), ())
    end = record.text.find("\n")
    head = Place(0, end if end >= 0 else len(record.text))
    return Reading(record.text, Structure((Unit(head, (head,)),)), said)


def _prose(resource: object, record: SourceRecord) -> Iterator[tuple[Place, Section]]:
    if record.is_note:
        start = record.text.find("\n\n")
        yield Place(start + 2 if start >= 0 else 0, len(record.text)), Section.OTHER
    elif isinstance(resource, Mapping):
        yield from prose_places(resource, record.text)


def _moved(read: Reading, by: int, units: int) -> Reading:
    """The same with its offsets and unit numbers in a longer text."""
    structure = Structure(
        tuple(_moved_unit(unit, by, units) for unit in read.structure.units), read.structure.gaps
    )
    return Reading(read.text, structure, tuple(_moved_said(a, by, units) for a in read.assertions))


def _moved_unit(unit: Unit, by: int, units: int) -> Unit:
    return replace(
        unit,
        place=_moved_place(unit.place, by),
        parts=tuple(_moved_place(part, by) for part in unit.parts),
        header=_moved_place(unit.header, by) if unit.header else None,
        answers=unit.answers + units if unit.answers >= 0 else -1,
        list_of=unit.list_of + units if unit.list_of >= 0 else -1,
    )


def _moved_place(place: Place, by: int) -> Place:
    return Place(place.start + by, place.end + by)


def _moved_said(a: Assertion, by: int, units: int) -> Assertion:
    values = tuple(replace(v, start=v.start + by, end=v.end + by) for v in a.values)
    return replace(a, start=a.start + by, end=a.end + by, unit=a.unit + units, values=values)
