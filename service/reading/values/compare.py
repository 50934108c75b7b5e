"""Can two values not both be so, and does one of several say what another says?"""

from collections.abc import Iterable
from dataclasses import replace

from service.reading.assertions import Value
from service.reading.values.equal import SPAN, same
from service.reading.values.parts import (
    are_opposed,
    bounds,
    digits_of,
    flat,
    kind_of,
    lacks_unit,
    numbers_of,
    unit_of,
)

_FAR = 8.0  # times: what lasts so much longer is another thing


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
    if {unit_of(a), unit_of(b)} == {("mass", ""), ("units", "")}:
        return True
    if a.what == "level" and bool(kind_of(a)) != bool(kind_of(b)):
        return digits_of(a) != digits_of(b)  # a bare result is read in the unit of the other
    return unit_of(a) == unit_of(b) or lacks_unit(a) or lacks_unit(b)


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
    if are_opposed(a.comparator, b.comparator):
        return False
    if not kinds <= _NUMBERS or a.per != b.per or "pressure" in (*flat(a), *flat(b)):
        return False
    one, other = kind_of(a), kind_of(b)
    if one and other and (one != other or _are_ranges(a, b)):
        return False
    is_written = not (one and other)
    return bool(numbers_of(a, is_written=is_written) & numbers_of(b, is_written=is_written))


def _are_ranges(a: Value, b: Value) -> bool:
    """ "2.5-5 mg" beside "5-10 mg": the 5 of both is not one dose."""
    return all(sum(isinstance(p, float) for p in flat(each)) > 1 for each in (a, b))


def says_number(a: Value, b: Value) -> bool:
    """The same, or the same number where only one has its unit: "96" of a glucose of 96 mg/dL."""
    return same(a, b) or (a.what in _NUMBERS and b.what in _NUMBERS and _is_bare(a, b))


def _is_bare(a: Value, b: Value) -> bool:
    is_one = bool(kind_of(a)) != bool(kind_of(b))
    if not is_one or a.per != b.per:
        return False
    return bool(numbers_of(a, is_written=True) & numbers_of(b, is_written=True))


def _is_comparable(a: Value, b: Value) -> bool:
    """Two nights are not said against two hours: one unit, or one number in two units."""
    one, other = bounds(a), bounds(b)
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
    with_unit = [each for each in bare if each.what == "dose" and not lacks_unit(each)]
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


def _may_meet(a: Value, b: Value) -> bool:
    """ "At least 3" and 5 may both be so; "at most 3" and 5 may not."""
    if unit_of(a) != unit_of(b):
        return True
    if a.comparator == b.comparator != "~":
        return False  # two bounds of one kind are two bounds
    one, other = bounds(a), bounds(b)
    if are_opposed(a.comparator, b.comparator) and one and other and {*one} & {*other}:
        return False
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])


def _frequencies_conflict(one: object, other: object) -> bool:
    match one, other:
        case (float(a), str(x)), (float(b), str(y)):
            if {x, y} == {"as-needed", "scheduled"} or (a and b and abs(a - b) > SPAN * max(a, b)):
                return True
            return bool(x and y and x != y and {x, y} <= {"morning", "evening", "night", "noon"})
    return False
