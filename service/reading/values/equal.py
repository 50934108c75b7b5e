"""Do two values say the same?"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from service.reading.assertions import Value
from service.reading.values.dates import readings
from service.reading.values.parts import (
    are_opposed,
    digits_of,
    is_near,
    lacks_unit,
    near,
    number_of,
)

_CLOSE = 0.006  # rounding between units
SPAN = 0.09  # four weeks are told as a month, twelve as three
_PARTS = {"7": 1.0, "52": 7.0, "12": 30.4375}
_TWO_RELEASES = ({"sr", "xl"}, {"sr", "xr"})  # twice and once a day: two products
_HALF = re.compile(r"[ap]\.?m|morning|evening|afternoon|^0", re.IGNORECASE)


def same(a: Value, b: Value) -> bool:
    """Equal as values: one unit, one part of the day, dates as far as both are told."""
    if are_opposed(a.comparator, b.comparator):
        return False
    if a.what == b.what == "date":
        about = "~" in (a.comparator, b.comparator)
        return any(_same_date(one, it, about=about) for one in readings(a) for it in readings(b))
    if "" in (a.said, b.said) or a.said.casefold() == b.said.casefold():
        return a.value == b.value and a.per == b.per
    if compare := _SAME.get(frozenset((a.what, b.what))):
        return compare(a, b)
    if a.what != b.what or a.per != b.per:
        return False
    if _is_computed(a) or _is_computed(b):
        return near(a, b, _CLOSE) or is_near(_digits(a), _digits(b), _CLOSE)
    if lacks_unit(a) or lacks_unit(b):
        return digits_of(a) == digits_of(b)
    return a.value == b.value or (_written_unit(a) != _written_unit(b) and near(a, b, _CLOSE))


def _digits(value: Value) -> float:
    found = re.search(r"\d+(?:\.\d+)?", value.said)
    return float(found[0]) if found else 0.0


def _is_computed(value: Value) -> bool:
    """ "4.335269264430251" was never measured so: it is told with fewer places."""
    return re.search(r"\.\d{4}", value.said) is not None


def _written_unit(value: Value) -> str:
    """As it is written: between two writings of one unit nothing is rounded."""
    return re.sub(r"[\W\d]", "", value.said).casefold()


def _as_span(value: Value) -> Value:
    """ "6/12" is a day of June or six months."""
    match = re.fullmatch(r"(\d{1,2})/(7|52|12)", value.said)
    return replace(value, value=("days", float(match[1]) * _PARTS[match[2]])) if match else value


def _same_time(a: Value, b: Value) -> bool:
    """Half past four and 16:30, unless both tell the half of the day."""
    one, other = int(str(a.value)), int(str(b.value))
    if one == other:
        return True
    return (one - other) % 720 == 0 and not (_tells_half(a) and _tells_half(b))


def _tells_half(value: Value) -> bool:
    return bool(_HALF.search(value.said)) or int(str(value.value)) >= 780


def _same_frequency(one: object, other: object) -> bool:
    match one, other:
        case (float(a), str(x)), (float(b), str(y)):
            rates = not (a and b) or abs(a - b) <= SPAN * max(a, b)
            parts = x == y or "" in (x, y)
            return rates and parts and (bool(a) == bool(b) or x == y)
    return one == other


def _same_date(one: str, other: str, *, about: bool) -> bool:
    """Told as far as both are; about a day is within a week, about a month the next, a year two."""
    if _covers(one, other):
        return True
    if not about or not (one[:1].isdecimal() and other[:1].isdecimal()):
        return False
    length = min(len(one), len(other), 10)
    if length == 10:
        return _days_apart(one, other) <= 6
    if length == 7:
        months = [int(each[:4]) * 12 + int(each[5:7]) for each in (one, other)]
        return abs(months[0] - months[1]) <= 1
    return length == 4 and abs(int(one[:4]) - int(other[:4])) <= 2


def _covers(one: str, other: str) -> bool:
    """2026-03 covers 2026-03-14; "--03-14" covers it in every year."""
    if one.startswith("--0") or one.startswith("--1"):
        other = "-" + other[4:] if other[:1].isdecimal() else other
    elif other.startswith(("--0", "--1")):
        one = "-" + one[4:]
    return one.startswith(other) or other.startswith(one)


def _days_apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _same_number(a: Value, b: Value) -> bool:
    return number_of(a) == number_of(b) is not None


def _same_length(a: Value, b: Value) -> bool:
    """Also where one is written as a part of a week, month or year: "6/12"."""
    one, other = (each if each.what == "duration" else _as_span(each) for each in (a, b))
    return near(one, other, SPAN)


def _same_form(a: Value, b: Value) -> bool:
    is_other = {a.said.casefold(), b.said.casefold()} in _TWO_RELEASES
    return a.value == b.value and not is_other


def _same_rate(a: Value, b: Value) -> bool:
    return _same_frequency(a.value, b.value)


_NUMBERED = ("number", "count", "score")
_SAME: dict[frozenset[str], Callable[[Value, Value], bool]] = {
    **{frozenset((one, other)): _same_number for one in _NUMBERED for other in _NUMBERED},
    **{frozenset((each, "duration")): _same_length for each in ("date", "score", "duration")},
    frozenset(("frequency",)): _same_rate,
    frozenset(("time",)): _same_time,
    frozenset(("form",)): _same_form,
}
