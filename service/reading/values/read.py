"""A text's values: dates, amounts, spans, frequencies and whatever else can be compared exactly."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from service.reading.assertions import Value
from service.reading.values.clock import take_clock
from service.reading.values.dates import date_names, take_date, take_iso
from service.reading.values.lists import number_words, phrases, words
from service.reading.values.order import order_words, take_order
from service.reading.values.people import take_names
from service.reading.values.phrases import take_phrase
from service.reading.values.quantities import take_quantity
from service.reading.values.roles import with_roles
from service.reading.values.scan import Scan, rounded, scan

LONGEST = 2_000  # characters read at once: what a value is of stands nearer
_STEPS = (take_phrase, take_order, take_date, take_clock, take_quantity)


def values(text: str, on: str = "") -> list[Value]:
    """In order of their place. `on`: the ISO date of the note, by which "yesterday" is a date."""
    if len(text) <= LONGEST:
        return list(_values(text, on))
    return [
        Value(v.what, v.value, v.said, v.per, v.comparator, v.start + start, v.end + start)
        for start, piece in _pieces(text)
        for v in _values(piece, on)
    ]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text longer than any phrase in pieces, cut between words: what repeats is read once."""
    start = 0
    while start < len(text):
        end = start + LONGEST
        if end < len(text):
            space = text.rfind(" ", start + LONGEST // 2, end)
            end = space + 1 if space > 0 else end
        yield start, text[start:end]
        start = end


@lru_cache(maxsize=4_096)
def _values(text: str, on: str) -> tuple[Value, ...]:
    here = scan(text, on)
    take_iso(here)
    take_names(here)
    starts, at = _starts(), 0
    for number, word in enumerate(here.words):
        key = word.key
        if number >= at and (key in starts or key[0].isdecimal() or _is_every(key)):
            at = _step(here, number)
    with_roles(here)
    return tuple(sorted(here.found, key=lambda value: (value.start, -value.end)))


def _step(here: Scan, at: int) -> int:
    """Take what begins at this word; the word after it."""
    if here.taken[at]:
        return at
    for take in _STEPS:
        if (end := take(here, at)) != at:
            return end
    return at


@cache
def _starts() -> frozenset[str]:
    """The words without a digit that a value can begin with."""
    return frozenset((*phrases(), *number_words(), *order_words(), *date_names(), *words("starts")))


def _is_every(key: str) -> bool:
    """ "q6h"."""
    return key[0] == "q" and key[1:2].isdecimal()


def daily_total(found: list[Value]) -> Value | None:
    """The first dose times its frequency: 50 mg twice daily is 100 mg a day; "3 mg in the morning
    and 2 mg at night" is 5 mg. None without both."""
    doses = [each for each in found if each.what == "dose" and isinstance(each.value, tuple)]
    if not doses:
        return None
    dose = doses[0]
    if dose.per == "day":
        return dose
    often = [v for v in found if v.what == "frequency" and isinstance(v.value, tuple)]
    rates = [each.value[0] for each in often if each.value[0]]  # type: ignore[index]
    if dose.per or not rates:
        return None
    if (split := _split_total(doses, often)) is not None:
        return split
    match dose.value:
        case (kind, *amounts):
            numbers = (rounded(float(str(amount)) * rates[0]) for amount in amounts)
            return replace(dose, value=(kind, *numbers), per="day")
    return None


def _split_total(doses: list[Value], often: list[Value]) -> Value | None:
    """Of doses each at its part of the day the sum; of one dose at several, so often it."""
    parts = [v.value for v in often if v.value[1:] != ("",)]  # type: ignore[index]
    is_split = len(parts) == len(often) == len(set(parts)) > 1
    told = [v.value for v in doses]
    amounts = [v[1] for v in told if isinstance(v, tuple) and len(v) == 2]
    if not is_split or len(amounts) != len(doses) or len({v[0] for v in told}) > 1:  # type: ignore[index]
        return None
    if len(doses) not in (1, len(parts)):
        return None
    total = sum(map(float, amounts)) * len(parts) / len(doses)
    return replace(doses[0], value=(told[0][0], rounded(total)), per="day")  # type: ignore[index]
