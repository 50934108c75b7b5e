"""FHIR dates as spans: "2024-03" is every millisecond of that month."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

Span = tuple[int, int]  # first and last millisecond since 1970 UTC, both included

ALWAYS: Span = (-(10**15), 10**15)  # ends of an open Period
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def span(text: str) -> Span:
    """The span that a FHIR date, dateTime or instant covers; no zone means UTC.

    Raises ValueError when the text is not one. A "+" that arrived as a space (an unescaped zone in
    a URL) is forgiven.
    """
    text = text.strip().replace(" ", "+")
    match = _DATE.fullmatch(text)
    if match:
        return _days(*(int(part) if part else None for part in match.groups()))
    start = datetime.fromisoformat(text)
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    return _milliseconds(start), _milliseconds(start) + _precision_ms(text) - 1


def period(value: dict[str, object]) -> Span:
    """The span of a Period; a missing end is open."""
    start, end = value.get("start"), value.get("end")
    low = span(str(start))[0] if start else ALWAYS[0]
    high = span(str(end))[1] if end else ALWAYS[1]
    return low, high


def instant(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def _days(year: int | None, month: int | None, day: int | None) -> Span:
    assert year is not None
    first = datetime(year, month or 1, day or 1, tzinfo=UTC)
    last_month = month or 12
    last_day = day or monthrange(year, last_month)[1]
    last = datetime(year, last_month, last_day, tzinfo=UTC) + timedelta(days=1)
    return _milliseconds(first), _milliseconds(last) - 1


def _precision_ms(text: str) -> int:
    clock = re.split(r"[Z+-]", text.partition("T")[2])[0]
    if "." in clock:
        return 1
    return 1000 if clock.count(":") == 2 else 60_000


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
