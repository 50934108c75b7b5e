"""Which of several: "third admission", "2nd episode"."""

from functools import cache

from service.reading.assertions import Value
from service.reading.values.lists import is_thing, load, words
from service.reading.values.scan import Scan

_NEAR = 3  # words between an order and what is counted: "third inpatient psychiatric admission"
_ENDS = ("st", "nd", "rd", "th")


@cache
def order_words() -> dict[str, float]:
    ordinals = load("units.toml")["numbers"]["ordinals"].split()
    return {word: float(number) for number, word in enumerate(ordinals, 1)}


def take_order(scan: Scan, at: int) -> int:
    """Take an order before what it counts; the word after, `at` where none begins here."""
    key, end = scan.key(at), at + 1
    number = order_words().get(key)
    if number is None and key.isdecimal() and scan.key(end) in _ENDS:
        number, end = float(key), end + 1
    if number is None or not scan.free(at) or not _counts(scan, end):
        return at
    said, first, last = scan.said(at, end)
    scan.found.append(Value("order", number, said, "", "", first, last))
    scan.take(at, end)
    return end


def _counts(scan: Scan, at: int) -> bool:
    """ "First episode", not "first seen", "second opinion" or "third party"."""
    for here in range(at, at + _NEAR):
        key = scan.key(here)
        if key in words("ordered") or (is_thing(key) and not scan.taken[here]):
            return True
        if not key.isalpha() or key in ("the", "of", "a", "and", "to", "for", "in", "was", "is"):
            return False
    return False
