"""The parts of a value: its numbers, its unit, the span that it may lie in."""

import re
from functools import partial

from service.reading.assertions import Value

ABOUT = 0.1  # "about 5"
_PLAIN = frozenset(("", "ratio", "from", "by", "target", "not"))


def digits_of(value: Value) -> float | None:
    """The number as it is written."""
    match = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", value.said)
    return float(match[0].replace(",", "")) if match else None


def flat(value: Value) -> tuple[object, ...]:
    """The parts of a value, ("from", ("mass", 0.1)) as "from", "mass" and 0.1."""
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    return tuple(p for part in parts for p in (part if isinstance(part, tuple) else (part,)))


def kind_of(value: Value) -> object:
    """Its unit, "" for a number alone."""
    names = [p for p in flat(value) if isinstance(p, str) and p not in _PLAIN]
    return names[0] if names else ""


def numbers_of(value: Value, *, is_written: bool) -> set[float]:
    numbers = [p for p in flat(value) if isinstance(p, float)]
    if "ratio" in flat(value):
        numbers = numbers[:1]
    written = digits_of(value) if is_written else None
    return {*numbers} if written is None else {*numbers, written}


def number_of(value: Value) -> float | None:
    match value.value:
        case float(number) | ("ratio", float(number), _):
            return number
    return None


def unit_of(value: Value) -> object:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return (kind if isinstance(kind, str) else "", value.per)


def lacks_unit(value: Value) -> bool:
    """A dose without its unit: "15 qhs"."""
    return isinstance(value.value, tuple) and value.value[0] == ""


def bounds(value: Value) -> tuple[float, float] | None:
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
    slack = ABOUT * abs(high) if value.comparator == "~" else 0.0
    return low - slack, high + slack


def near(a: Value, b: Value, tolerance: float) -> bool:
    one, other = flat(a), flat(b)
    if not isinstance(a.value, tuple) or len(one) != len(other):
        return False
    about = ABOUT if "~" in (a.comparator, b.comparator) else tolerance
    is_amount = any(isinstance(part, float) for part in one)
    return is_amount and all(map(partial(is_near, about=about), one, other))


def is_near(x: object, y: object, about: float) -> bool:
    if isinstance(x, float) and isinstance(y, float):
        return abs(x - y) <= about * max(abs(x), abs(y))
    return x == y


def are_opposed(one: str, other: str) -> bool:
    """ "Below 60" beside "above 60", "until May" beside "since May"."""
    return bool(one and other) and {one[0], other[0]} == {"<", ">"}
