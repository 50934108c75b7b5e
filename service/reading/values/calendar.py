"""Days reckoned from the day of the note. Partial dates are ISO without their end ("2026-03")."""

from calendar import monthrange
from datetime import date, timedelta

AHEAD = 92  # days: a month without its year lies in the past, unless it comes within this


def iso(text: str) -> date | None:
    """The day of an ISO date or instant; None where it has none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def moved(on: str, days: float) -> str:
    """The day so many days on; "+14d" where the day of the note is not known."""
    day = iso(on)
    if day is None or abs(days) > 60_000:
        return f"{days:+.6g}d"
    try:
        return (day + timedelta(days=round(days))).isoformat()
    except OverflowError:
        return f"{days:+.6g}d"


def shifted(on: str, unit: str, steps: int) -> str:
    """The month or year so many on; for a week the day."""
    day = iso(on)
    if day is None:
        return f"{steps:+d}{unit}"
    if unit == "week":
        return (day + timedelta(days=7 * steps)).isoformat()
    if unit == "year":
        return str(day.year + steps)
    months = day.year * 12 + day.month - 1 + steps
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def of_parts(
    year: int | None, month: int | None, day: int | None, on: str, *, ahead: int = AHEAD
) -> str | None:
    """ISO of what is known; a year that is not told is reckoned from `on`, at most `ahead` days
    after it. None for the 31st of February."""
    if month is not None and not 1 <= month <= 12:
        return None
    if year is not None and year < 100:
        year += 2000 if year < 70 else 1900
    if month is None:
        return f"{year:04d}" if year is not None else None
    year = year if year is not None else _year_of(month, day, on, ahead)
    if day is not None and not 1 <= day <= monthrange(year or 2000, month)[1]:
        return None
    head = f"{year:04d}-{month:02d}" if year is not None else f"--{month:02d}"
    return head if day is None else f"{head}-{day:02d}"


def _year_of(month: int, day: int | None, on: str, ahead: int) -> int | None:
    note = iso(on)
    if note is None:
        return None
    try:
        there = date(note.year, month, day or 1)
    except ValueError:
        return note.year
    if (there - note).days > ahead:
        return note.year - 1
    if (there - note).days < AHEAD - 365:
        return note.year + 1
    return note.year


def weekday(on: str, number: int, steps: int) -> str:
    """The Monday (0) before (-1: at the latest the day before) or after (1) the day of the note;
    0: that day itself or the last one before it."""
    day = iso(on)
    if day is None:
        return f"--weekday-{number}"
    back = (day.weekday() - number) % 7
    if steps > 0:
        return (day + timedelta(days=7 - back if back else 7)).isoformat()
    return (day - timedelta(days=back or (7 if steps < 0 else 0))).isoformat()
