"""Dated entries: the date at the beginning of an entry as an ISO date."""

import re
from datetime import date

from service.reading.layout import Place

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMES = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ISO = r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
_SLASH = r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y2>\d{4}|\d{2})"
_WORDS = rf"(?P<d3>\d{{1,2}})(?:st|nd|rd|th)? (?P<m3>{_NAMES}),? (?P<y3>\d{{4}})"
_WORDS_US = rf"(?P<m4>{_NAMES}) (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})"
_DATE = re.compile(rf"(?<![\d.])(?:{_ISO}|{_SLASH}|{_WORDS}|{_WORDS_US})(?![\d])", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:[\[(*]{0,3}(?:(?:note|entry|seen|visit|late entry|addendum|date|dated|on|written)"
    r"(?: (?:of|for|on|from|date))?:? )?)"
    rf"(?P<date>{_DATE.pattern})"
    r"(?:[ T,]{0,2}(?:at )?\d{1,2}:?\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: ?h(?:rs)?)?)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[^\]\n]{0,60}\][ :.-]*|[)*]{0,3}(?:[.:;,]|\s+-|-(?=\s)|$)[\s*-]*|\s+(?=[A-Z*(\[])|\s*$"
)


def entry_head(text: str, start: int, end: int) -> tuple[Place, str] | None:
    """The date that begins an entry (with its time and marks, and the author in its bracket)."""
    if not (text[start].isdecimal() or text[start] in "[(*" or text[start].isalpha()):
        return None
    found = _HEAD.match(text, start, min(end, start + 80))
    if not found or not (iso := iso_date(found["date"])):
        return None
    is_bracketed = text[start] == "["
    after = _AFTER.match(text, found.end(), end)
    if not after or (is_bracketed and "]" not in text[found.end() : after.end()]):
        return None
    return Place(start, after.end()), iso


def iso_date(said: str) -> str:
    """The first full date of the words; "" where there is none. 3/4/2026 is of March."""
    found = _DATE.search(said)
    if not found:
        return ""
    told = found.groupdict()
    if told["a"]:
        first, second = int(told["a"]), int(told["b"])
        month, day = (second, first) if first > 12 else (first, second)
        return _iso(told["y2"], month, day)
    year = told["y1"] or told["y3"] or told["y4"]
    name = (told["m3"] or told["m4"] or "")[:3].casefold()
    month = int(told["m1"]) if told["m1"] else _MONTHS.index(name) + 1
    return _iso(year, month, int(told["d1"] or told["d3"] or told["d4"]))


def _iso(year: str, month: int, day: int) -> str:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(full, month, day).isoformat()
    except ValueError:
        return ""
