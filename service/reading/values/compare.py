"""Do two values say the same, and can they not both be so?"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from service.reading.assertions import Value

_CLOSE = 0.006  # rounding between units
_SPAN = 0.09  # four weeks are told as a month, twelve as three
_ABOUT = 0.1  # "about 5"
_HALF = re.compile(r"[ap]\.?m|morning|evening|afternoon|^0", re.IGNORECASE)


def same(a: Value, b: Value) -> bool:
    """Equal as values: one unit, one part of the day, dates as far as both are told."""
    kinds = {a.what, b.what}
    if kinds == {"date"}:
        return _same_date(str(a.value), str(b.value), about="~" in (a.comparator, b.comparator))
    if "" in (a.said, b.said) or a.said.casefold() == b.said.casefold():
        return a.value == b.value and a.per == b.per
    if kinds == {"frequency"}:
        return _same_frequency(a.value, b.value)
    if kinds <= {"number", "count", "score"}:
        return _number(a) == _number(b) is not None
    if kinds == {"time"}:
        return _same_time(a, b)
    if kinds == {"duration"}:
        return _near(a, b, _SPAN)
    if a.what != b.what or a.per != b.per:
        return False
    if _lacks_unit(a) or _lacks_unit(b):
        return _said_number(a) == _said_number(b)
    return a.value == b.value or _near(a, b, _CLOSE)


def _lacks_unit(value: Value) -> bool:
    """A dose without its unit: "15 qhs"."""
    return isinstance(value.value, tuple) and value.value[0] == ""


def _same_time(a: Value, b: Value) -> bool:
    """Half past four and 16:30, unless both tell the half of the day."""
    one, other = int(str(a.value)), int(str(b.value))
    if one == other:
        return True
    return (one - other) % 720 == 0 and not (_tells_half(a) and _tells_half(b))


def _tells_half(value: Value) -> bool:
    return bool(_HALF.search(value.said)) or int(str(value.value)) >= 780


def conflicts(a: Value, b: Value) -> bool:
    """Of one kind, and they cannot both be so."""
    if a.what != b.what or same(a, b):
        return False
    if a.what == "date":
        return not _covers(str(a.value), str(b.value))
    if a.what == "frequency":
        return _frequencies_conflict(a.value, b.value)
    if a.comparator or b.comparator:
        return not _may_meet(a, b)
    if {_unit(a), _unit(b)} == {("mass", ""), ("units", "")}:
        return True
    return _unit(a) == _unit(b) or _lacks_unit(a) or _lacks_unit(b)


def agrees(value: Value, among: Iterable[Value]) -> bool:
    """Does one of these say the same? A bare 50 is 50 mg where nothing else has a unit."""
    others = list(among)
    if any(same(value, other) for other in others):
        return True
    if plain := _before_change(value):
        return agrees(plain, others)
    if value.what == "age":
        return any(other.what == "number" and other.value == value.value for other in others)
    if value.what not in ("number", "dose"):
        return False
    bare = [other for other in others if other.what in ("number", "dose")]
    with_unit = [each for each in bare if each.what == "dose" and not _lacks_unit(each)]
    if value.what == "number" and any(("", value.value) == each.value for each in bare):
        return True
    if value.what == "dose" and not with_unit:
        return any(_said_number(value) == other.value for other in bare)
    if value.what == "number" and len({other.value for other in with_unit}) == 1:
        return value.value == _said_number(with_unit[0])
    return False


def _before_change(value: Value) -> Value | None:
    """The value that a change began from: "from 17 to 11" says that it was 17."""
    match value.value:
        case ("from", tuple() | float() as before) if value.what == "change":
            kind = "number" if isinstance(before, float) else _what(before)
            return replace(value, what=kind, value=before)
    return None


def _what(plain: tuple[object, ...]) -> str:
    """What a plain value is of, by its kind."""
    kinds = {"weight": "quantity", "percent": "quantity", "length": "quantity"}
    levels = ("molar", "g/l", "u/l", "pressure", "celsius", "rate", "milliseconds")
    return "level" if plain[0] in levels else kinds.get(str(plain[0]), "dose")


def _said_number(value: Value) -> float | None:
    match = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", value.said)
    return float(match[0].replace(",", "")) if match else None


def _number(value: Value) -> float | None:
    match value.value:
        case float(number) | ("ratio", float(number), _):
            return number
    return None


def _unit(value: Value) -> object:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return (kind if isinstance(kind, str) else "", value.per)


def _near(a: Value, b: Value, tolerance: float) -> bool:
    match a.value, b.value:
        case (str(one), float(x)), (str(other), float(y)):
            about = _ABOUT if "~" in (a.comparator, b.comparator) else tolerance
            return one == other and abs(x - y) <= about * max(abs(x), abs(y))
    return False


def _may_meet(a: Value, b: Value) -> bool:
    """ "At least 3" and 5 may both be so; "at most 3" and 5 may not."""
    if _unit(a) != _unit(b):
        return True
    one, other = _bounds(a), _bounds(b)
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])


def _bounds(value: Value) -> tuple[float, float] | None:
    numbers = (
        [n for n in value.value if isinstance(n, float)]
        if isinstance(value.value, tuple)
        else [value.value]
        if isinstance(value.value, float)
        else []
    )
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    if value.comparator in ("<", "<="):
        return float("-inf"), high
    if value.comparator in (">", ">="):
        return low, float("inf")
    slack = _ABOUT * abs(high) if value.comparator == "~" else 0.0
    return low - slack, high + slack


def _same_frequency(one: object, other: object) -> bool:
    match one, other:
        case (float(a), str(x)), (float(b), str(y)):
            rates = not (a and b) or abs(a - b) <= _SPAN * max(a, b)
            parts = x == y or "" in (x, y)
            return rates and parts and (bool(a) == bool(b) or x == y)
    return one == other


def _frequencies_conflict(one: object, other: object) -> bool:
    match one, other:
        case (float(a), str(x)), (float(b), str(y)):
            if a and b and abs(a - b) > _SPAN * max(a, b):
                return True
            return bool(x and y and x != y and {x, y} <= {"morning", "evening", "night", "noon"})
    return False


def _same_date(one: str, other: str, *, about: bool) -> bool:
    if one == other:
        return True
    if about and len(one) == len(other) == 10:
        return _days_apart(one, other) <= 6
    return _covers(one, other)


def _covers(one: str, other: str) -> bool:
    """2026-03 covers 2026-03-14; "--03-14" covers it in every year."""
    if one.startswith("--0") or one.startswith("--1"):
        other = "-" + other[4:] if other[:1].isdigit() else other
    elif other.startswith(("--0", "--1")):
        one = "-" + one[4:]
    return one.startswith(other) or other.startswith(one)


def _days_apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
