"""Which encounters were visits and which were stays, and when the last of each was."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from service.chart.models import SourceRecord
from service.chart.render.dates import instant

# Encounter.class codes (v3-ActCode); where an EHR sends its own, the words of its kind decide.
_STAY_CLASSES = ("IMP", "ACUTE", "NONAC", "OBSENC", "SS")
_STAY_WORDS = re.compile(r"\b(inpatient|admission|admitted|hospital stay|hospitali[sz]ation)", re.I)
_NOT_HELD = ("planned", "cancelled", "entered-in-error")
_GOES_ON = ("in-progress", "arrived", "triaged", "onleave")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}")
_END = re.compile(r"\b(?:to|until) (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Stay:
    """Days of an admission; `end` is None while it goes on or nobody wrote it down."""

    start: datetime
    end: datetime | None


def held(records: Iterable[SourceRecord]) -> list[SourceRecord]:
    """The encounters that took place and are dated, oldest first."""
    found = [
        r
        for r in records
        if r.resource_type == "Encounter" and r.effective_at and r.status not in _NOT_HELD
    ]
    return sorted(found, key=lambda r: r.effective_at or datetime.min.replace(tzinfo=UTC))


def kind_of(encounter: SourceRecord) -> str:
    """What kind of contact it was: its title and the head of its headline, not its reason."""
    return f"{encounter.title}\n{encounter.headline.split(':')[0]}"


def is_stay(encounter: SourceRecord) -> bool:
    by_words = bool(_STAY_WORDS.search(kind_of(encounter)))
    return encounter.category in _STAY_CLASSES or by_words


def visited(records: Iterable[SourceRecord]) -> list[SourceRecord]:
    """The visits that are over, oldest first: the one that a summary is drafted for has begun
    when the patient is checked in, and nothing is counted from it."""
    return [r for r in held(records) if not is_stay(r) and r.status not in _GOES_ON]


def last_visit(records: Iterable[SourceRecord]) -> datetime | None:
    """The day of the last outpatient visit that took place; of any visit where none was."""
    visits = visited(records)
    quiet = [r for r in visits if r.category != "EMER"] or visits
    return day_of(quiet[-1]) if quiet else None


def last_stay(records: Iterable[SourceRecord]) -> Stay | None:
    stays = [r for r in held(records) if is_stay(r)]
    start = day_of(stays[-1]) if stays else None
    return Stay(start, end_of(stays[-1])) if start else None


def end_of(stay: SourceRecord) -> datetime | None:
    """The day on which a stay ended; None while it goes on and where no end is recorded.

    The headline closes with the period in days, one date alone where it began and ended on one
    day; the line of the exact period has one moment alone where the end is not known.
    """
    if stay.status in _GOES_ON:
        return None
    first, *rest = stay.text.splitlines() or [""]
    told = first.rpartition("(")[2] if first.endswith(")") else ""
    near = [told, *(line for line in rest if line.lower().startswith("period"))]
    ends = _END.findall("\n".join(near)) or ([] if "since" in told else _DATE.findall(told))
    return max((day for end in ends if (day := instant(end))), default=None)


def day_of(record: SourceRecord) -> datetime | None:
    """Midnight (UTC) of the day that the record writes, by which days and periods are compared.

    A visit at 16:30 in California is on the next day in UTC; its notes may have a date alone.
    """
    at = instant(record.effective[:10]) or record.effective_at
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if at else None
