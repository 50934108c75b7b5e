"""A number as it is written: in digits, in words, as a fraction."""

import re

from service.reading.values.lists import number_words, units, words
from service.reading.values.scan import Scan, rounded

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_HALVES = {"half": 0.5, "quarter": 0.25, "third": 1 / 3}
_MANY = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6, "dozen": 12.0}
_FEW = {"dozen": 12.0, "couple": 2.0, "hundred": 100.0, "thousand": 1000.0}
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_MOST = 1e15
_MOST_GROUPS = 2  # of thousands: millions are counted in nothing


def digits(key: str) -> float | None:
    """1,200 is a thousand and more; 0,5 is a half; None for 3/7 and 14:30, and for more than
    anybody has of anything: such a number is none that can be reckoned with."""
    if _THOUSANDS.fullmatch(key):
        number = float(key.replace(",", ""))
    elif _PLAIN.fullmatch(key):
        number = float(key.replace(",", "."))
    else:
        return None
    return number if number < _MOST else None


def number_at(scan: Scan, at: int) -> tuple[float, int] | None:
    """The number that begins at this word and the word after it."""
    key = scan.key(at)
    if not scan.free(at):
        return None
    if key[:1].isdecimal():
        number = digits(key)
        if number is not None and (whole := _grouped(scan, at)):
            return whole
        return None if number is None else _and_part(scan, number, at + 1)
    if key in _SIGNS:
        return _SIGNS[key], at + 1
    if key in number_words():
        return _in_words(scan, at)
    return _of_a_few(scan, at)


def _grouped(scan: Scan, at: int) -> tuple[float, int] | None:
    """ "10 000 units": groups of three behind single spaces, and a unit behind them."""
    end, written = at + 1, scan.key(at)
    if len(written) > 3 or not written.isdecimal():
        return None
    while end <= at + _MOST_GROUPS and _is_group(scan, end):
        written, end = written + scan.key(end), end + 1
    is_amount = end > at + 1 and (units().get(scan.key(end)) or ("",))[0] == "dose"
    return (float(written), end) if is_amount else None


def _is_group(scan: Scan, at: int) -> bool:
    key = scan.key(at)
    if len(key) != 3 or not key.isdecimal():
        return False
    return scan.text[scan.words[at - 1].end : scan.words[at].start] in (" ", "\u00a0", "\u202f")


def _and_part(scan: Scan, number: float, at: int) -> tuple[float, int]:
    """ "1 1/2", "2 and a half", "5 thousand"."""
    key = scan.key(at)
    if key in _SIGNS:
        return number + _SIGNS[key], at + 1
    if key == "1/2" and number < 20:
        return number + 0.5, at + 1
    if scan.matches(("and", "a", "half"), at):
        return number + 0.5, at + 3
    if key in _MANY and key != "dozen":
        return number * _MANY[key], at + 1
    return rounded(number), at


def _in_words(scan: Scan, at: int) -> tuple[float, int]:
    number = number_words()[scan.key(at)]
    at += 1
    ones = number_words().get(scan.key(at), 0.0)
    if number >= 20 and 0 < ones < 10:
        number, at = number + ones, at + 1
    if scan.key(at) in _MANY:
        number, at = number * _MANY[scan.key(at)], at + 1
        if scan.key(at) == "and" and scan.key(at + 1) in number_words():
            rest, at = _in_words(scan, at + 1)
            return number + rest, at
    return _and_part(scan, number, at)


def _of_a_few(scan: Scan, at: int) -> tuple[float, int] | None:
    """ "half a", "a half", "a dozen", "a couple of", "1/2"."""
    key = scan.key(at)
    if key in ("a", "an") and _is_one(scan, at):
        return 1.0, at + 1
    if key == "half" and scan.matches(("a", "dozen"), at + 1):
        return 6.0, at + 3
    if key in _HALVES and scan.key(at + 1) in ("a", "an", "of"):
        return _HALVES[key], at + 2
    if key in ("half", "quarter") and scan.key(at + 1) in ("past", "to"):
        return _HALVES[key], at + 1
    if key == "half" and scan.key(at + 1) not in ("", "of"):
        return 0.5, at + 1
    if key in ("a", "an") and scan.key(at + 1) in _FEW:
        end = at + 2 + (scan.key(at + 2) == "of")
        return _FEW[scan.key(at + 1)], end
    return None


def _is_one(scan: Scan, at: int) -> bool:
    """ "For a week", "a month ago": one of them."""
    unit = units().get(scan.key(at + 1))
    if unit is None or unit[0] != "duration":
        return False
    if scan.matches(("and", "a", "half"), at + 2):
        return True
    return scan.key(at - 1) in words("for_one") or scan.key(at + 2) in words("later")
