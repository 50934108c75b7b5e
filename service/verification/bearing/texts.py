"""Free texts and records as sources of a pool, read."""

from datetime import UTC, tzinfo
from functools import lru_cache

from service.chart.models import SourceRecord
from service.reading.read import read_statement, read_text
from service.reading.reading import Reading
from service.reading.record import local_day, read_record
from service.verification.bearing.pool import Held, Source


@lru_cache(maxsize=32)  # statements and omissions are both looked for in it
def of_text(id: str, text: str, date: str = "") -> Source:
    return Source(id, text, read_text(text, on=date), date)


def of_record(record: SourceRecord, zone: tzinfo = UTC) -> Source:
    """Offsets are into the record's text."""
    return of_reading(record, read_record(record, zone=zone), zone)


def of_reading(record: SourceRecord, reading: Reading, zone: tzinfo = UTC) -> Source:
    """A record that was read before."""
    day = local_day(record.effective, zone)
    return Source(record.resource_ref, record.text, reading, day, record.id)


def of_line(unit: Held) -> Source:
    """A unit by itself, as a statement of the same words is read."""
    day = unit.source.date
    return Source(unit.source.id, unit.text, read_statement(unit.text, on=day), day)
