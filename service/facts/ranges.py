"""What a result may be: by its own range, else by what an adult has."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from service.facts.fact import Fact
from service.reading.assertions import Value

_NUMBER = re.compile(r"(?:^-)?\d+(?:\.\d+)?")
_UNIT = re.compile(r"^[<>=≤≥~\s]*-?[\d.,]*\d(?:/\d+)?(.*)$", re.DOTALL)
_POWER = re.compile(r"^x?10[\^e*]?(?=\d+/)")


class Bounds(NamedTuple):
    """The least and the most; None where it has none."""

    low: float | None = None
    high: float | None = None


def is_outside(number: float, bounds: Bounds, comparator: str = "") -> bool:
    """ "Below 15" is outside where 15 is the least; "below 100" says nothing of a most of 30."""
    low, high = bounds
    is_low = low is not None and (number < low or (comparator == "<" and number == low))
    is_high = high is not None and (number > high or (comparator == ">" and number == high))
    return (is_low and not comparator.startswith(">")) or (
        is_high and not comparator.startswith("<")
    )


def own(fact: Fact) -> tuple[float, Bounds] | None:
    """The newest result and its own range in one unit; None where it has none, or several."""
    ranges = [v for v in fact.values if v.what == "range"]
    if len(ranges) != 1:
        return None
    result, given = fact.values[0], ranges[0]
    numbers, ends = _numbers(result), _numbers(given)
    if _kind(result) != _kind(given) or not _kind(result):
        if unit_of(given.said.rpartition(" to ")[2]) not in ("", unit_of(result.said)):
            return None
        numbers, ends = _written(result), _numbers(given)
    return (numbers[0], _bounds(ends, given.comparator)) if numbers and ends else None


def usual(key: str, result: Value) -> tuple[float, Bounds] | None:
    """The number as it is written and what an adult has, in a unit that is known of it."""
    unit = unit_of(result.said)
    for number in _written(result):
        for row in table()["ranges"].get(key, ()):
            if unit in row["units"] if unit else _fits(row, number):
                return number, Bounds(row.get("low"), row.get("high"))
    return None


def _fits(row: Mapping[str, Any], number: float) -> bool:
    return bool(row.get("from", 0) <= number < row.get("to", float("inf")))


def unit_of(said: str) -> str:
    """As the table writes units: "10*3/ul" of "x10^3/µL"."""
    found = _UNIT.match(said)
    said = re.sub(r"[\s\[\]{}_()]", "", found[1].lower() if found else "")
    said = said.replace("μ", "u").replace("µ", "u").replace("mcg", "ug")
    return _POWER.sub("10*", said)


def _kind(value: Value) -> str:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return kind if isinstance(kind, str) else ""


def _numbers(value: Value) -> list[float]:
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    return [float(p) for p in parts if isinstance(p, int | float) and not isinstance(p, bool)]


def _written(value: Value) -> list[float]:
    """As it is written, whatever the unit."""
    found = _NUMBER.search(value.said.replace(",", ""))
    return [float(found[0])] if found else []


def _bounds(ends: Sequence[float], comparator: str) -> Bounds:
    if len(ends) > 1:
        return Bounds(ends[0], ends[1])
    return Bounds(low=ends[0]) if comparator.startswith(">") else Bounds(high=ends[0])


@cache
def table() -> Mapping[str, Any]:
    path = Path(__file__).parent / "data" / "ranges.toml"
    return tomllib.loads(path.read_text("utf-8"))
