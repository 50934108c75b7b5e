"""Time phrases in a question: "since last visit", "before 2024", "in the last 6 months"."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.chart.models import SourceRecord
from service.retrieval.visits import last_stay, last_visit

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WHEN = (
    rf"(?:(?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d-\d\d|\d{{1,2}}/\d{{1,2}}/(?:19|20)\d\d"
    rf"|{_MONTH} \d{{1,2}},? (?:19|20)\d\d|\d{{1,2}} {_MONTH} (?:19|20)\d\d"
    rf"|{_MONTH},? (?:19|20)\d\d|(?:19|20)\d\d)(?![\d/])"
)
_UNITS = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "couple of": 2,
    "few": 3,
}
_COUNT = rf"(?P<count>\d{{1,9}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>day|week|month|year)s?"


@dataclass(frozen=True)
class Period:
    """From `since` on, before `until`; both open when None. `says` is how it was understood.

    `is_named_day`: the question names a day or month rather than a range; that is no limit, as a
    later note may tell of it. `forms` are the ways in which notes write that day.
    """

    since: datetime | None = None
    until: datetime | None = None
    says: str = ""
    is_named_day: bool = False
    forms: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing is left out because of it."""
        return self.is_named_day or (self.since is None and self.until is None)


EVER = Period()


@dataclass(frozen=True)
class Asked:
    """A question apart from its time phrase. `words` keep the rest, never nothing."""

    words: str
    period: Period = EVER


@dataclass(frozen=True)
class _Told:
    """What a phrase is read against: the chart's encounters and today."""

    records: Sequence[SourceRecord]
    today: datetime


_Reader = Callable[[re.Match[str], _Told], Period | None]


def read_period(question: str, records: Sequence[SourceRecord], *, today: datetime) -> Asked:
    """The period that a question names, and the question without it.

    A phrase that this chart gives no meaning to ("since the last visit" where no visit is
    recorded) stays words: the whole chart is searched, never less than was asked.
    """
    told = _Told(records, today)
    for pattern, reader in _PHRASES:
        found = pattern.search(question)
        period = reader(found, told) if found else None
        if found and period:
            rest = " ".join(f"{question[: found.start()]} {question[found.end() :]}".split())
            kept = question if period.is_named_day else rest.strip(" ,.;?")
            return Asked(kept or question, period)
    return Asked(question)


def _since_visit(_: re.Match[str], told: _Told) -> Period | None:
    at = last_visit(told.records)
    return Period(at, None, f"since the visit of {at:%Y-%m-%d}") if at else None


def _in_stay(_: re.Match[str], told: _Told) -> Period | None:
    stay = last_stay(told.records)
    if stay is None:
        return None
    until = stay.end + timedelta(days=1) if stay.end else None
    return Period(stay.start, until, f"during the admission of {stay.start:%Y-%m-%d}")


def _after_stay(_: re.Match[str], told: _Told) -> Period | None:
    stay = last_stay(told.records)
    if stay is None or stay.end is None:
        return None
    return Period(stay.end, None, f"since the discharge of {stay.end:%Y-%m-%d}")


def _before_stay(_: re.Match[str], told: _Told) -> Period | None:
    stay = last_stay(told.records)
    if stay is None:
        return None
    return Period(None, stay.start, f"before the admission of {stay.start:%Y-%m-%d}")


def _last_so_many(found: re.Match[str], told: _Told) -> Period | None:
    said = (found.groupdict().get("count") or "one").casefold()
    count = int(said) if said.isdigit() else _NUMBERS[said]
    try:
        days = timedelta(days=round(count * _UNITS[found["unit"].casefold()]))
        since = told.today.replace(hour=0, minute=0, second=0, microsecond=0) - days
    except OverflowError:  # longer ago than there are dates
        return None
    return Period(since, None, f"since {since:%Y-%m-%d}")


def _between(found: re.Match[str], _: _Told) -> Period | None:
    start, end = _days(found["from"]), _days(found["to"])
    if not start or not end:
        return None
    return Period(start[0], end[1], f"from {start[0]:%Y-%m-%d} to before {end[1]:%Y-%m-%d}")


def _bounded(found: re.Match[str], _: _Told) -> Period | None:
    days = _days(found["when"])
    if not days:
        return None
    start, end = days
    match found["side"].casefold().split()[0]:
        case "before" | "until" | "till" | "prior" | "earlier":
            return Period(None, start, f"before {start:%Y-%m-%d}")
        case "after" | "later":
            return Period(end, None, f"since {end:%Y-%m-%d}")
        case "since" | "from":
            return Period(start, None, f"since {start:%Y-%m-%d}")
    says = f"from {start:%Y-%m-%d} to before {end:%Y-%m-%d}"
    is_named = end - start < timedelta(days=360)
    return Period(start, end, says, is_named, _forms(start, end) if is_named else ())


def _forms(start: datetime, end: datetime) -> tuple[str, ...]:
    """2026-04-18 is also written 4/18/26, 4/18 and April 18."""
    if end - start > timedelta(days=1):
        return f"{start:%Y-%m}", f"{start:%B}", f"{start.month}/{start:%Y}"
    day = f"{start.month}/{start.day}"
    return (
        f"{start:%Y-%m-%d}",
        f"{start:%m/%d/%Y}",
        f"{day}/{start:%y}",
        f"{day}/{start:%Y}",
        day,
        f"{start:%B} {start.day}",
    )


def _days(said: str) -> tuple[datetime, datetime] | None:
    """The first day of a written date, month or year, and the day after it."""
    plain = said.casefold().replace(",", "").replace(".", "")
    numbers = [int(n) for n in re.findall(r"\d+", plain)]
    year = next((n for n in numbers if n > 1000), None)
    if year is None:
        return None
    named = re.search(_MONTH, plain)
    month = _MONTHS.index(named[0][:3]) + 1 if named else None
    others = [n for n in numbers if n != year]
    if month is None and others:  # 2024-03-01 and 3/1/2024 both name the month first
        month, *others = others
    day = others[0] if others else None
    try:
        return _span(year, month, day)
    except ValueError:
        return None


def _span(year: int, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day:
        return start, start + timedelta(days=1)
    length = monthrange(year, month)[1] if month else (366 if monthrange(year, 2)[1] == 29 else 365)
    return start, start + timedelta(days=length)


def _phrase(pattern: str, reader: _Reader) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(rf"\b{pattern}", re.IGNORECASE), reader


_STAY = (
    r"(?:the |his |her |their |this |that )?(?:last |latest |most recent |recent |current )?"
    r"(?:admission|hospital(?:i[sz]ation| stay)|inpatient stay)\b"
)
# Written dates first: "in the last 2 weeks" may be the name of a questionnaire's item.
_PHRASES = (
    _phrase(
        rf"(?:between|from) (?P<from>{_WHEN}) (?:and|to|until|till|through) (?P<to>{_WHEN})",
        _between,
    ),
    _phrase(
        rf"(?P<side>before|until|till|prior to|earlier than|after|later than|since|from|in|on"
        rf"|during) (?:the year |the month of )?(?P<when>{_WHEN})",
        _bounded,
    ),
    _phrase(
        r"since (?:the |his |her |their |my |our )?(?:last|previous|latest|most recent)"
        r" (?:outpatient |clinic )?(?:visit|appointment|encounter|session)\b",
        _since_visit,
    ),
    _phrase(rf"(?:during|in|throughout) {_STAY}", _in_stay),
    _phrase(rf"(?:before|prior to) {_STAY}", _before_stay),
    _phrase(
        rf"(?:(?:since|after) (?:the |his |her |their )?(?:last )?discharge\b"
        rf"|after {_STAY})",
        _after_stay,
    ),
    _phrase(
        rf"(?:(?:in|over|within|during|for) )?(?:the )?(?:last|past|previous) {_COUNT}"
        rf" {_UNIT}\b",
        _last_so_many,
    ),
    _phrase(rf"(?:in|over|within|during) (?:the )?(?:last|past) {_UNIT}\b", _last_so_many),
)
