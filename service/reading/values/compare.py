"""Do two values say the same, and can they not both be so?"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial

from service.reading.assertions import Value
from service.reading.values.dates import readings

_CLOSE = 0.006  # rounding between units
_SPAN = 0.09  # four weeks are told as a month, twelve as three
_ABOUT = 0.1  # "about 5"
_FAR = 8.0  # times: what lasts so much longer is another thing
_PARTS = {"7": 1.0, "52": 7.0, "12": 30.4375}
_TWO_RELEASES = ({"sr", "xl"}, {"sr", "xr"})  # twice and once a day: two products
_PLAIN = frozenset(("", "ratio", "from", "by", "target", "not"))
_HALF = re.compile(r"[ap]\.?m|morning|evening|afternoon|^0", re.IGNORECASE)


def same(a: Value, b: Value) -> bool:
    """Equal as values: one unit, one part of the day, dates as far as both are told."""
    if _are_opposed(a.comparator, b.comparator):
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
        return _near(a, b, _CLOSE) or _is_near(_digits(a), _digits(b), _CLOSE)
    if _lacks_unit(a) or _lacks_unit(b):
        return digits_of(a) == digits_of(b)
    return a.value == b.value or (_unit_of(a) != _unit_of(b) and _near(a, b, _CLOSE))


def _digits(value: Value) -> float:
    found = re.search(r"\d+(?:\.\d+)?", value.said)
    return float(found[0]) if found else 0.0


def _is_computed(value: Value) -> bool:
    """ "4.335269264430251" was never measured so: it is told with fewer places."""
    return re.search(r"\.\d{4}", value.said) is not None


def _unit_of(value: Value) -> str:
    """As it is written: between two writings of one unit nothing is rounded."""
    return re.sub(r"[\W\d]", "", value.said).casefold()


def _are_opposed(one: str, other: str) -> bool:
    """ "Below 60" beside "above 60", "until May" beside "since May"."""
    return bool(one and other) and {one[0], other[0]} == {"<", ">"}


def _as_span(value: Value) -> Value:
    """ "6/12" is a day of June or six months."""
    match = re.fullmatch(r"(\d{1,2})/(7|52|12)", value.said)
    return replace(value, value=("days", float(match[1]) * _PARTS[match[2]])) if match else value


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
    if a.what != b.what or same(a, b) or _are_apart(a, b):
        return False
    if a.what == "date":
        return True
    if a.what == "frequency":
        return _frequencies_conflict(a.value, b.value)
    if a.comparator or b.comparator:
        return not _may_meet(a, b)
    if {_unit(a), _unit(b)} == {("mass", ""), ("units", "")}:
        return True
    if a.what == "level" and bool(_kind(a)) != bool(_kind(b)):
        return digits_of(a) != digits_of(b)  # a bare result is read in the unit of the other
    return _unit(a) == _unit(b) or _lacks_unit(a) or _lacks_unit(b)


def _are_apart(a: Value, b: Value) -> bool:
    """Told of two things, so that neither excludes the other: item 9 and item 3."""
    match a.what:
        case "item" | "stage":
            return _first(a) != _first(b)
        case "route":
            return _is_way(str(a.value), str(b.value))
        case "form":
            return _axis(str(a.value)) != _axis(str(b.value))
        case "duration":
            return not _is_comparable(a, b)
    return False


_SALTS = frozenset(("succinate", "tartrate"))
_RELEASES = frozenset(("extended-release", "immediate-release", "delayed-release"))
_INTO = frozenset(("intramuscular", "subcutaneous", "intravenous"))


def _first(value: Value) -> object:
    return value.value[0] if isinstance(value.value, tuple) else None


def _is_way(one: str, other: str) -> bool:
    """Is the one a word for the other as well? An injection goes into something."""
    return "injected" in (one, other) and not _INTO.isdisjoint((one, other))


def _axis(form: str) -> str:
    """Only forms of one axis exclude each other: a succinate may be of extended release."""
    return "salt" if form in _SALTS else "release" if form in _RELEASES else "shape"


_NUMBERS = frozenset(
    ["dose", "strength", "quantity", "count", "number", "score", "level", "change", "age"]
) | {"duration"}


def tells(a: Value, b: Value) -> bool:
    """Is it the same, or the same number in another role, one of the two without its unit?"""
    if same(a, b):
        return True
    kinds = {a.what, b.what}
    if _are_opposed(a.comparator, b.comparator):
        return False
    if not kinds <= _NUMBERS or a.per != b.per or "pressure" in (*_flat(a), *_flat(b)):
        return False
    one, other = _kind(a), _kind(b)
    if one and other and (one != other or _are_ranges(a, b)):
        return False
    is_written = not (one and other)
    return bool(_numbers(a, is_written=is_written) & _numbers(b, is_written=is_written))


def _are_ranges(a: Value, b: Value) -> bool:
    """ "2.5-5 mg" beside "5-10 mg": the 5 of both is not one dose."""
    return all(sum(isinstance(p, float) for p in _flat(each)) > 1 for each in (a, b))


def says_number(a: Value, b: Value) -> bool:
    """The same, or the same number where only one has its unit: "96" of a glucose of 96 mg/dL."""
    return same(a, b) or (a.what in _NUMBERS and b.what in _NUMBERS and _is_bare(a, b))


def _is_bare(a: Value, b: Value) -> bool:
    is_one = bool(_kind(a)) != bool(_kind(b))
    if not is_one or a.per != b.per:
        return False
    return bool(_numbers(a, is_written=True) & _numbers(b, is_written=True))


def digits_of(value: Value) -> float | None:
    """The number as it is written."""
    match = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", value.said)
    return float(match[0].replace(",", "")) if match else None


def _flat(value: Value) -> tuple[object, ...]:
    """The parts of a value, ("from", ("mass", 0.1)) as "from", "mass" and 0.1."""
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    return tuple(p for part in parts for p in (part if isinstance(part, tuple) else (part,)))


def _kind(value: Value) -> object:
    """Its unit, "" for a number alone."""
    names = [p for p in _flat(value) if isinstance(p, str) and p not in _PLAIN]
    return names[0] if names else ""


def _numbers(value: Value, *, is_written: bool) -> set[float]:
    numbers = [p for p in _flat(value) if isinstance(p, float)]
    if "ratio" in _flat(value):
        numbers = numbers[:1]
    written = digits_of(value) if is_written else None
    return {*numbers} if written is None else {*numbers, written}


def _is_comparable(a: Value, b: Value) -> bool:
    """Two nights are not said against two hours: one unit, or one number in two units."""
    one, other = _bounds(a), _bounds(b)
    if one is None or other is None or not (one[1] and other[1]):
        return True
    return digits_of(a) == digits_of(b) is not None or max(one[1], other[1]) < _FAR * min(
        one[1], other[1]
    )


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
        return any(digits_of(value) == other.value for other in bare)
    if value.what == "number" and len({other.value for other in with_unit}) == 1:
        return value.value == digits_of(with_unit[0])
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


def _number(value: Value) -> float | None:
    match value.value:
        case float(number) | ("ratio", float(number), _):
            return number
    return None


def _unit(value: Value) -> object:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return (kind if isinstance(kind, str) else "", value.per)


def _near(a: Value, b: Value, tolerance: float) -> bool:
    one, other = _flat(a), _flat(b)
    if not isinstance(a.value, tuple) or len(one) != len(other):
        return False
    about = _ABOUT if "~" in (a.comparator, b.comparator) else tolerance
    is_amount = any(isinstance(part, float) for part in one)
    return is_amount and all(map(partial(_is_near, about=about), one, other))


def _is_near(x: object, y: object, about: float) -> bool:
    if isinstance(x, float) and isinstance(y, float):
        return abs(x - y) <= about * max(abs(x), abs(y))
    return x == y


def _may_meet(a: Value, b: Value) -> bool:
    """ "At least 3" and 5 may both be so; "at most 3" and 5 may not."""
    if _unit(a) != _unit(b):
        return True
    if a.comparator == b.comparator != "~":
        return False  # two bounds of one kind are two bounds
    one, other = _bounds(a), _bounds(b)
    if _are_opposed(a.comparator, b.comparator) and one and other and {*one} & {*other}:
        return False
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
            if {x, y} == {"as-needed", "scheduled"} or (a and b and abs(a - b) > _SPAN * max(a, b)):
                return True
            return bool(x and y and x != y and {x, y} <= {"morning", "evening", "night", "noon"})
    return False


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
    return _number(a) == _number(b) is not None


def _same_length(a: Value, b: Value) -> bool:
    """Also where one is written as a part of a week, month or year: "6/12"."""
    one, other = (each if each.what == "duration" else _as_span(each) for each in (a, b))
    return _near(one, other, _SPAN)


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
