"""The unit of a number, and the value that the two make."""

from typing import NamedTuple

from service.reading.assertions import Value
from service.reading.values.lists import is_result, per_units, units
from service.reading.values.numbers import number_at
from service.reading.values.scan import Scan, rounded


class Unit(NamedTuple):
    """What a number is of; `end` is the word after it, `per` what it is for each of."""

    what: str
    kind: str
    factor: float
    per: str
    end: int


_MOST_LITERS = 10
_BEHIND_FLAG = frozenset(("", "(", ")", "[", "]", ",", ";", ".", "ref", "low", "|"))
PLAIN = Unit("number", "", 1.0, "", 0)
_PER_WORDS = ("/", "per")


def unit_at(scan: Scan, at: int) -> Unit | None:
    """The unit that begins at this word, with what follows its slash."""
    key = scan.key(at)
    if key == "°" and scan.key(at + 1) in ("c", "f"):
        kind = "celsius" if scan.key(at + 1) == "c" else "fahrenheit"
        return Unit("level", kind, 1.0, "", at + 2)
    if key == "mm" and scan.key(at + 1) in ("hg", "["):
        return Unit("level", "pressure", 1.0, "", at + 2)
    if scan.key(at + 1) == "/" and (found := units().get(f"{key}/{scan.key(at + 2)}")):
        return Unit("level", found[1], found[2], "", at + 3)
    found = units().get(key)
    if found is None or not scan.free(at):
        return None
    if key == "l" and _is_flag(scan, at):
        return None
    if key == "c" or (key in ("f", "u", "l", "g", "d", "y", "m") and _is_other(scan, at)):
        return None if key != "c" else _celsius(scan, at)
    what, kind, factor = found
    per, end = _per(scan, at + 1)
    return Unit("level" if what == "ratio" else what, kind, factor, per, end)


def _is_flag(scan: Scan, at: int) -> bool:
    """ "131 L (135-145)", "Hb 10.1 L": low, no liters, behind a result or too many of them."""
    word = scan.words[at]
    if scan.text[word.start : word.end] != "L" or scan.text[word.start - 1].isdecimal():
        return False
    is_end = scan.key(at + 1) in _BEHIND_FLAG
    number = number_at_before(scan, at)
    return is_end and (
        is_result(scan.key(at - 2)) or (number is not None and number > _MOST_LITERS)
    )


def _is_other(scan: Scan, at: int) -> bool:
    """ "34 F" is a woman of 34, "98.6 F" a temperature."""
    number = number_at_before(scan, at)
    return scan.key(at) == "f" and not (number is not None and 85 <= number <= 115)


def number_at_before(scan: Scan, at: int) -> float | None:
    found = number_at(scan, at - 1)
    return found[0] if found else None


def _celsius(scan: Scan, at: int) -> Unit | None:
    number = number_at_before(scan, at)
    is_warm = number is not None and 30 <= number <= 45
    return Unit("level", "celsius", 1.0, "", at + 1) if is_warm else None


def _per(scan: Scan, at: int) -> tuple[str, int]:
    """ "/kg/day", "per hour", "a day": joined by a space."""
    found = []
    while scan.key(at) in _PER_WORDS and (name := per_units().get(scan.key(at + 1))):
        found.append(name)
        at += 2
    return " ".join(found), at


def keep(scan: Scan, start: int, end: int, unit: Unit, *numbers: float) -> int:
    """One value of these words, in the plain unit."""
    factor, kind = unit.factor, unit.kind
    if kind == "fahrenheit":
        kind, numbers = "celsius", tuple((n - 32) / 1.8 for n in numbers)
    plain = tuple(rounded(number * factor) for number in numbers)
    if kind == "celsius":
        plain = tuple(round(number, 1) for number in plain)
    said, first, last = scan.said(start, end)
    value = (kind, *plain) if kind else (plain[0] if len(plain) == 1 else plain)
    scan.found.append(Value(unit.what, value, said, unit.per, "", first, last))
    scan.take(start, end)
    return end
