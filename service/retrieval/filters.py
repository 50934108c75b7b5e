"""Which records a section may draw on, and how that is said."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from service.chart.models import SourceRecord
from service.retrieval.evidence import SectionQuery
from service.retrieval.periods import Period
from service.retrieval.visits import day_of

_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d])")


def passes(query: SectionQuery, record: SourceRecord) -> bool:
    """Whether the record is within every filter of the query. An unknown date is within."""
    return (
        _among(record.resource_type, query.record_types)
        and _among(record.category, query.categories)
        and _among(record.status, query.statuses)
        and (not query.codes or _has_code(record.code, query.codes))
        and _is_since(day_of(record), query.since)
    )


def is_of_period(period: Period, record: SourceRecord, said: str) -> bool:
    """Whether a passage may answer for the period that was asked for.

    A coded record's date is that of its fact, and decides alone. A note tells of anything up to
    its own day, so one written later may answer too; one written before the period does if it
    names a year of it.
    """
    if record.effective_at is None or is_dated_in(period, record):
        return True
    if not record.is_note:
        return False
    day = day_of(record)
    if period.since is None or (day and day >= period.since):
        return True
    return any(_is_within_years(period, int(year)) for year in _YEAR.findall(said))


def is_dated_in(period: Period, record: SourceRecord) -> bool:
    day = day_of(record)
    if day is None:
        return False
    after = period.since is None or day >= period.since
    return after and (period.until is None or day < period.until)


def _is_within_years(period: Period, year: int) -> bool:
    after = period.since is None or year >= period.since.year
    return after and (period.until is None or year <= (period.until - timedelta(days=1)).year)


def looked_for(query: SectionQuery, records: int) -> str:
    """What was sought and among how much, for a reader who wonders at an empty section."""
    sought = [
        " or ".join(query.record_types) or "any record",
        _named("category", query.categories),
        _named("code", query.codes),
        _named("status", query.statuses),
        _named("under", query.headings),
        f'about "{query.words.strip()}"' if query.words.strip() else "",
        f"since {query.since.date().isoformat()}" if query.since else "",
        query.period.says,
    ]
    among = f"among {records} record{'' if records == 1 else 's'}"
    return ", ".join([part for part in sought if part] + [among])


def _named(what: str, values: tuple[str, ...]) -> str:
    return f"{what} {' or '.join(values)}" if values else ""


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return True
    return value.casefold() in _folded(wanted)


@lru_cache(maxsize=256)
def _folded(wanted: tuple[str, ...]) -> frozenset[str]:
    """Once a filter, not once a record."""
    return frozenset(each.casefold() for each in wanted)


def _has_code(code: str, wanted: tuple[str, ...]) -> bool:
    return code in wanted or code.rsplit("|", 1)[-1] in wanted


def _is_since(day: datetime | None, since: datetime | None) -> bool:
    """By the day: a record of the day on which the period begins is within it."""
    return day is None or since is None or day.date() >= since.date()
