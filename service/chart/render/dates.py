"""FHIR dates: kept as written, read as instants, shown short."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=$|[T ]\d)")
_OVERLONG_FRACTION = re.compile(r"(\.\d{6})\d+")  # nanoseconds, from .NET and Java servers


@lru_cache(maxsize=4096)
def instant(written: str) -> datetime | None:
    """The instant in UTC at which a FHIR date begins; None when it cannot be read.

    "2024" and "2024-03" begin with their first day. A time without a zone, which FHIR forbids
    and vendors send, is taken as UTC. In the years 1 and 9999 systems put what has no date.
    """
    try:
        if partial := _PARTIAL.fullmatch(written):
            year, month, day = (int(part or 1) for part in partial.groups())
            at = datetime(year, month, day, tzinfo=UTC)
        else:
            at = datetime.fromisoformat(_OVERLONG_FRACTION.sub(r"\1", written))
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        return at if 1 < at.year < 9999 else None
    except (ValueError, OverflowError):
        return None


def text_of(value: object) -> str:
    """A FHIR date as written, "" for anything else."""
    return value.strip() if isinstance(value, str) else ""


def day(written: object) -> str:
    """The date part, in the time zone that it was written in: "2024-05-01", "2024-05", "2024".

    What is no date comes back whole: "in childhood".
    """
    found = _DAY.match(text := text_of(written))
    return found[0] if found else text


def known_day(written: object) -> str:
    """The date part of what can be read as a date, else ""."""
    found = _DAY.match(text := text_of(written))
    return found[0] if found and instant(text) else ""


def moment(written: object) -> str:
    """Date and, where given, time to the minute with its zone as written."""
    text = text_of(written)
    if len(date := day(text)) != 10 or len(text) < 16:
        return date
    zone = re.search(r"(Z|[+-]\d{2}:?\d{2})$", text)
    return f"{date} {text[11:16]}{' ' + zone[1] if zone else ''}"


def period(value: object) -> str:
    """ "2024-03-02 to 2024-05-01", "since 2024-03-02", "until 2024-05-01", or ""."""
    if not isinstance(value, Mapping):
        return ""
    start, end = day(value.get("start")), day(value.get("end"))
    if start and end:
        return start if start == end else f"{start} to {end}"
    if start:
        return f"since {start}"
    return f"until {end}" if end else ""


def period_start(value: object) -> str:
    """The start of a Period as written, else its end."""
    if not isinstance(value, Mapping):
        return ""
    return text_of(value.get("start")) or text_of(value.get("end"))


def when(resource: Mapping[str, Any], prefix: str) -> str:
    """A choice element such as effective[x] as written: dateTime, instant, period start, date."""
    for suffix in ("DateTime", "Instant", "Date"):
        if found := text_of(resource.get(prefix + suffix)):
            return found
    timing = resource.get(f"{prefix}Timing")
    events = timing.get("event") if isinstance(timing, Mapping) else None
    if isinstance(events, list) and events and text_of(events[0]):
        return text_of(events[0])
    return period_start(resource.get(f"{prefix}Period"))


def when_text(resource: Mapping[str, Any], prefix: str) -> str:
    """A choice element as people read it: a period, a day, or the words that stand for it."""
    said = period(resource.get(f"{prefix}Period")) or day(when(resource, prefix))
    return said or text_of(resource.get(f"{prefix}String"))
