"""Times told from a record's own date ("3 weeks ago", "last Tuesday", "since March") as dates."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from service.verification.facts import Date, Fact
from service.verification.patterns import MONTH_NAMES, MONTHS, NUMBER_WORDS

_COUNT = rf"(\d{{1,3}}|{'|'.join(NUMBER_WORDS)})"
_AGO = re.compile(rf"\b{_COUNT}\s+(day|week|month|year)s?\s+ago\b", re.IGNORECASE)
_DAY = re.compile(r"\b(today|tonight|yesterday|last night|tomorrow)\b", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b(?:last|this past|on|since)\s+({'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:last|since|in|until)\s+((?:{MONTH_NAMES})[a-z]*)\b(?!\s+\d)", re.I)
_FROM_TODAY = {"today": 0, "tonight": 0, "yesterday": -1, "last night": -1, "tomorrow": 1}
_ROUND_WEEK = 3  # days: "three weeks ago" is said of a day so far from it


@lru_cache(maxsize=8_192)
def resolved(text: str, day: str) -> tuple[Fact, ...]:
    """The dates that a text of a record of that day (ISO 8601) tells of; none for other days."""
    try:
        of = date.fromisoformat(day[:10])
    except ValueError:
        return ()
    return (*_days(text, of), *_ago(text, of), *_months(text, of))


def _days(text: str, of: date) -> Iterator[Fact]:
    for match in _DAY.finditer(text):
        yield _fact(match, of + timedelta(days=_FROM_TODAY[match[1].lower()]))
    for match in _WEEKDAY.finditer(text):
        back = (of.weekday() - _WEEKDAYS.index(match[1].lower())) % 7 or 7
        yield _fact(match, of - timedelta(days=back))


def _ago(text: str, of: date) -> Iterator[Fact]:
    for match in _AGO.finditer(text):
        count, unit = _number(match[1]), match[2].lower()
        if unit in ("month", "year"):
            months = of.year * 12 + of.month - 1 - count * (12 if unit == "year" else 1)
            if months > 12:
                yield _fact(match, (months // 12, months % 12 + 1, None))
            continue
        middle = of - timedelta(days=count * (7 if unit == "week" else 1))
        near = sorted(range(-_ROUND_WEEK, _ROUND_WEEK + 1), key=abs) if unit == "week" else [0]
        yield from (_fact(match, middle + timedelta(days=each)) for each in near)


def _months(text: str, of: date) -> Iterator[Fact]:
    """A month without its year is the last one before the record."""
    for match in _MONTH.finditer(text):
        month = MONTHS[match[1][:3].lower()]
        yield _fact(match, (of.year - (month > of.month), month, None))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBER_WORDS[word.lower()]


def _fact(match: re.Match[str], day: date | Date) -> Fact:
    value = (day.year, day.month, day.day) if isinstance(day, date) else day
    written = "-".join(f"{part:02}" for part in value if part is not None)
    return Fact("date", value, f"{' '.join(match[0].split())} ({written})")
