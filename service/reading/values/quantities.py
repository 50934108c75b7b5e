"""A number with what it counts: amounts, levels, spans of time, ages, scores, bare numbers."""

from service.reading.assertions import Value
from service.reading.values.dates import take_span_from_now
from service.reading.values.fractions import span_name, take_fraction
from service.reading.values.lists import is_thing, number_words, units, words
from service.reading.values.numbers import number_at
from service.reading.values.scan import Scan
from service.reading.values.units import PLAIN, Unit, keep, unit_at

_ITEM_NEAR = 8  # words between an item and its score


def take_quantity(scan: Scan, at: int) -> int:
    """Take the number that begins at this word with its unit; the word after, or `at`."""
    if "/" in scan.key(at) and scan.free(at):
        return take_fraction(scan, at)
    if scan.key(at).startswith("1:") and scan.key(at)[2:].isdecimal() and scan.free(at):
        titer = Unit("level", "titer", 1.0, "", at + 1)  # "1:320"
        return keep(scan, at, at + 1, titer, float(scan.key(at)[2:]))
    first = number_at(scan, at)
    if first is None:
        return at
    number, end = first
    unit = unit_at(scan, end)
    if unit is None:
        if is_range := _range_end(scan, number, end):
            return _take_range(scan, at, number, *is_range)
        return _take_bare(scan, at, number, end)
    if unit.what == "duration":
        return _take_span(scan, at, number, unit)
    return keep(scan, at, unit.end, unit, number)


def _range_end(scan: Scan, number: float, at: int) -> tuple[float, int, Unit] | None:
    """ "5-10 mg", "5 to 10 mg", "0.6-1.0": the second number, the word after, its unit."""
    key = scan.key(at)
    joined = at < len(scan.words) and scan.words[at].joins
    here = at if joined else at + 1
    if key == "to" and _is_change(scan, at):
        return None
    if not joined and key not in ("-", "–", "—", "to"):
        return None
    second = number_at(scan, here)
    if second is None or second[0] <= number:
        return None
    unit = unit_at(scan, second[1])
    if unit is None and key == "to" and not _are_words(scan, here, second[1]):
        return None
    if unit is None and (counted := _counted_behind(scan, second[1])):
        return second[0], second[1], counted
    return second[0], unit.end if unit else second[1], unit or PLAIN


def _are_words(scan: Scan, at: int, end: int) -> bool:
    """ "Eight to ten cans": in words, and something is counted; no score in digits."""
    return scan.key(at) in number_words() and scan.key(end)[:1].isalpha()


def _is_change(scan: Scan, at: int) -> bool:
    """ "Up from three to five hours" is no range, "ranged from three to five" is one."""
    before = scan.keys[max(0, at - 3) : at]
    return "from" in before and words("ranged").isdisjoint(scan.keys[max(0, at - 4) : at])


def _take_range(scan: Scan, at: int, number: float, second: float, end: int, unit: Unit) -> int:
    return keep(scan, at, end, unit, number, second)


def _take_span(scan: Scan, at: int, number: float, unit: Unit) -> int:
    """Ages, times told from now, and spans for themselves."""
    name = span_name(unit.factor)
    if scan.matches(("and", "a", "half"), unit.end):
        number, unit = number + 0.5, unit._replace(end=unit.end + 3)
    if scan.key(unit.end) == "old":
        return _take_age(scan, at, unit.end + 1, number * unit.factor / 365.25)
    if scan.matches(("of", "age"), unit.end):
        return _take_age(scan, at, unit.end + 2, number * unit.factor / 365.25)
    end = take_span_from_now(scan, at, number * unit.factor, unit.end, name)
    return end if end != at else keep(scan, at, unit.end, unit, number)


def _take_age(scan: Scan, start: int, end: int, years: float) -> int:
    return keep(scan, start, end, Unit("age", "", 1.0, "", end), round(years, 2))


def _take_bare(scan: Scan, at: int, number: float, end: int) -> int:
    """A number alone: an age, a count, one whose unit stands behind the next, or just a number."""
    key, before = scan.key(end), scan.key(at - 1)
    if key in ("y/o", "yo", "yof", "yom", "yr/o") and number < 130:
        return _take_age(scan, at, end + 1, number)
    is_told = before in ("aged", "age") or (before == "of" and scan.key(at - 2) == "age")
    if is_told or (key in ("m", "f", "male", "female") and _is_age(scan, at, end)):
        return _take_age(scan, at, end, number) if 0 < number < 130 else at
    if power := _power(scan, end):
        return keep(scan, at, power, Unit("level", "", 1.0, "", power), number)
    if key in ("times", "occasions", "x", "time") or before == "x":
        stop = end + 1 if key in ("times", "occasions", "x", "time") else end
        return keep(scan, at, stop, Unit("count", "", 1.0, "", stop), number)
    if top := _top(scan, end):
        return keep(scan, at, top[1], Unit("score", "ratio", 1.0, "", 0), number, top[0])
    taken = _take_part(scan, at, number, end)
    return _take_number(scan, at, number, end) if taken is None else taken


def _take_part(scan: Scan, at: int, number: float, end: int) -> int | None:
    """A number that a word beside it makes an age, an item, a stage or nothing; None for others."""
    key, before = scan.key(end), scan.key(at - 1)
    is_word = not scan.key(at)[:1].isdecimal()
    if is_word and number == 1 and not is_thing(key):
        return at  # "one" is a pronoun, "one fall" is not
    if before in ("at", "age") and scan.key(at - 2) in words("aged_from") and 4 < number < 110:
        return _take_age(scan, at, end, number)
    if before == "item" and (scored := _scored(scan, end)):
        return _take_item(scan, at, number, *scored)
    if before in words("numbered"):
        return _take_stage(scan, at, number, end)
    if (is_word and number < 1) or not words("parts").isdisjoint(scan.keys[end : end + 2]):
        scan.take(at, end)  # "a third of", "four fifths": reckoned from what stands elsewhere
        return end
    return None


def _take_number(scan: Scan, at: int, number: float, end: int) -> int:
    if counted := _counted_behind(scan, end):
        return keep(scan, at, end, counted, number)
    if _names_something(scan, at):
        return at
    if scan.key(end) == "/" and scan.key(end + 1) in ("day", "d"):
        _keep_daily(scan, end)  # "20/day"
    return keep(scan, at, end, _unit_behind(scan, end), number)


def _keep_daily(scan: Scan, at: int) -> None:
    said, first, last = scan.said(at, at + 2)
    scan.found.append(Value("frequency", (1.0, ""), said, "", "", first, last))
    scan.take(at, at + 2)


def _scored(scan: Scan, at: int) -> tuple[float, int] | None:
    """ "Item 9: 1", "item 9 = 1", "item 9 of the PHQ-9 was scored 1": what it scored, the word
    after."""
    for here in range(at, at + _ITEM_NEAR):
        if scan.key(here) in ("", ".", ";"):
            return None
        if scan.key(here) in words("scores") and (found := number_at(scan, here + 1)):
            return found
    return None


def _take_item(scan: Scan, at: int, item: float, score: float, end: int) -> int:
    """An item's score is no score of its scale; what stands between is left to be read."""
    said, first, _ = scan.said(at - 1, end)
    last = scan.words[end - 1].end
    scan.found.append(Value("item", (item, score), said, "", "", first, last))
    scan.take(at, at + 1)
    scan.take(end - 1, end)
    return at + 1


def _power(scan: Scan, at: int) -> int:
    """ "1.8 x10^9/L": the word after the power and its unit, 0 where there is none. Counts of cells
    are told in it or without, and mean the same."""
    at += scan.key(at) in ("x", "×")
    if scan.key(at) not in ("10", "x10", "×10") or scan.key(at + 1) not in ("^", "*"):
        return 0
    end = at + 3
    return min(end + 2 if scan.key(end) == "/" else end, len(scan.words))


def _counted_behind(scan: Scan, at: int) -> Unit | None:
    """Tablets behind their name or strength: "two senna tablets", "two 150 mg capsules"."""
    strength = number_at(scan, at)
    if strength and (mass := unit_at(scan, strength[1])) and mass.kind == "mass":
        at = mass.end
    elif scan.words[at : at + 1] and scan.words[at].is_word and scan.key(at) not in units():
        at += 1
    else:
        return None
    unit = unit_at(scan, at)
    return unit if unit and unit.kind in ("tablets", "puffs", "patches", "cans") else None


def _take_stage(scan: Scan, at: int, number: float, end: int) -> int:
    """ "Session 7", "stage 3"."""
    said, first, last = scan.said(at - 1, end)
    value = (scan.key(at - 1), number)
    scan.found.append(Value("stage", value, said, "", "", first, last))
    scan.take(at, end)
    return end


def _top(scan: Scan, at: int) -> tuple[float, int] | None:
    """ "12 of 26", "7 out of 10": the number that it is out of, and the word after."""
    of = at + (scan.key(at) == "out")
    return number_at(scan, of + 1) if scan.key(of) == "of" else None


def _names_something(scan: Scan, at: int) -> bool:
    """The 9 of "PHQ-9" and the 2 of "T2" count nothing."""
    word, before = scan.words[at], scan.key(at - 1)
    tied = word.joins or scan.text[word.start - 1 : word.start].isalpha()
    return tied and before[:1].isalpha() and before != "x"


def _is_age(scan: Scan, at: int, end: int) -> bool:
    """ "34F", "58 M": the sex stands alone behind a whole number."""
    if end >= len(scan.words) or "." in scan.key(at):
        return False
    word = scan.words[end]
    return scan.text[word.start : word.end] in ("M", "F", "male", "female")


def _unit_behind(scan: Scan, at: int) -> Unit:
    """The unit of "225" in "225 -> 150 mg", of "20" in "20 to 10 mg"."""
    here, arrows = at, 0
    while here < at + 6 and scan.key(here) in ("-", ">", "→", "to", "then", "–", "or", "/", ","):
        arrows += scan.key(here) in (">", "→", "to", "or")
        here += 1
        if arrows and (second := number_at(scan, here)):
            if unit := unit_at(scan, second[1]):
                return unit if unit.what != "duration" else PLAIN
            here = second[1]
    return PLAIN
