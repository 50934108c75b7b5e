"""Frequencies, routes, forms, sides and comparators by their words."""

import re
from collections.abc import Hashable

from service.reading.assertions import Value
from service.reading.values.dates import take_day
from service.reading.values.lists import load, phrases, units, words
from service.reading.values.numbers import number_at
from service.reading.values.scan import Scan, rounded
from service.reading.values.units import unit_at

_EVERY = re.compile(r"q(\d{1,2})(h|hr|hrs|hours|d|days|w|wk|wks|weeks|mo|months|min|mins)?")
# How a form is taken, where that is all that it says of the way.
_WAYS = {"long-acting-injectable": "injected", "orally-disintegrating": "oral"}
_LETTERS = {"h": "h", "d": "d", "w": "wk", "m": "mo"}


def take_phrase(scan: Scan, at: int) -> int:
    """Take the phrase that begins at this word; the word after it, `at` where there is none."""
    if (end := _take_every(scan, at)) != at:
        return end
    for said, table, key in phrases().get(scan.key(at), ()):
        if scan.matches(said, at) and _counts(scan, at, said, table, key):
            return _keep(scan, at, at + len(said), table, key)
    return at


def _counts(scan: Scan, at: int, said: tuple[str, ...], table: str, key: str) -> bool:
    """Words that mean something else elsewhere count beside an amount only."""
    lists = load("phrases.toml")
    behind = scan.key(at + len(said))
    if table in ("comparator", "standing", "sequence"):
        return _tells_more(scan, at, behind, table)
    if key == "0 scheduled":
        return scan.dosed_at(at)
    if said[0] in lists["behind"].split():
        is_near = _is_value(scan, at - 1) or (_is_value(scan, at - 2) and scan.key(at - 2) == "of")
        return is_near and scan.key(at - 1) not in words("for_one")
    if table == "side":
        return _is_told_side(scan, at, said)
    if table == "route" and behind in lists["no_route"].split():
        return False
    if len(said) == 1 and said[0] in lists["close"].split():
        return _is_close(scan, at) and not (said[0] == "od" and _is_eye(scan, at))
    if table == "frequency" and said[0] in ("in", "at"):
        return any(value.what in ("dose", "number", "frequency") for value in scan.found)
    return table != "frequency" or behind not in ("ago", "living", "life")


def _tells_more(scan: Scan, at: int, behind: str, table: str) -> bool:
    """A standing in its brackets; before or after what follows; bounds are read with numbers."""
    if table == "standing":
        return scan.key(at - 1) in ("(", ";") and behind in (";", ",", ")")
    return table == "sequence" and behind[:1].isalpha() and behind != "that"


def _is_told_side(scan: Scan, at: int, said: tuple[str, ...]) -> bool:
    if said[0] in load("phrases.toml")["eyes"].split():
        return _is_eye(scan, at)
    return said not in (("left",), ("l",), ("r",)) or _is_side(scan, at)


def _is_eye(scan: Scan, at: int) -> bool:
    """ "Cataract OD", "drops OS BID"."""
    near = load("phrases.toml")["eye_near"].split()
    word = scan.words[at]
    is_capital = scan.text[word.start : word.end].isupper()
    return is_capital and not {*scan.keys[max(0, at - 8) : at + 6]}.isdisjoint(near)


def _is_close(scan: Scan, at: int) -> bool:
    """ "5 mg ON", "ER 50 mg"; two letters that are a word of their own only in capitals."""
    word = scan.words[at]
    capitals = load("phrases.toml")["capitals"].split()
    if word.key in capitals and not scan.text[word.start : word.end].isupper():
        return False
    return _is_value(scan, at - 1) or _is_amount(scan, at + 1) or _is_value(scan, at - 2)


def _is_side(scan: Scan, at: int) -> bool:
    """ "Left arm", "L arm", "(R)", not "left the house" nor "has left"."""
    word = scan.words[at]
    if len(word.key) == 1:
        alone = scan.key(at - 1) == "(" and scan.key(at + 1) == ")"
        behind = scan.key(at + 1)
        is_capital = scan.text[word.start : word.end].isupper()
        return is_capital and (alone or (len(behind) > 2 and behind.isalpha()))
    behind, before = scan.key(at + 1), scan.key(at - 1)
    return behind not in words("left_behind") and before not in words("left_before")


def _is_value(scan: Scan, at: int) -> bool:
    """Is this word part of a value already, or a thing that is counted ("4 drinks a day")?"""
    return 0 <= at < len(scan.words) and (
        scan.taken[at] or (at > 0 and scan.taken[at - 1] and scan.words[at].is_word)
    )


def _is_amount(scan: Scan, at: int) -> bool:
    found = number_at(scan, at)
    unit = unit_at(scan, found[1]) if found else None
    return unit is not None and unit.what == "dose"


def _keep(scan: Scan, start: int, end: int, table: str, key: str) -> int:
    if table == "day":
        take_day(scan, start, end, key)
        return end
    if way := _WAYS.get(key):
        said, first, last = scan.said(start, end)
        scan.found.append(Value("route", way, said, "", "", first, last))
    rate, _, part = key.partition(" ")
    value = (float(rate), part) if table == "frequency" else float(key) if table == "count" else key
    _add(scan, start, end, table, value)
    return end


def _add(scan: Scan, start: int, end: int, what: str, value: Hashable) -> None:
    said, first, last = scan.said(start, end)
    scan.found.append(Value(what, value, said, "", "", first, last))
    scan.take(start, end)


_DAYS = ("day", "days", "night", "nights", "evening", "evenings", "morning", "mornings")


def _take_every(scan: Scan, at: int) -> int:
    """ "q6h", "q4-6h", "every 4 weeks", "every third day", "3 times a week", "5x/day"."""
    key = scan.key(at)
    if key[:1] == "q" and (match := _EVERY.fullmatch(key)):
        return _take_q(scan, at, float(match[1]), match[2] or "")
    if key in ("every", "q", "each"):
        return _take_each(scan, at)
    if key in ("x", "times") or scan.key(at + 1) in ("x", "times", *_DAYS):
        return _take_times(scan, at)
    return at


def _take_q(scan: Scan, at: int, number: float, unit: str) -> int:
    end = at + 1
    if not unit:
        second = number_at(scan, end) if end < len(scan.words) and scan.words[end].joins else None
        end = second[1] if second else end
        unit, end = scan.key(end), end + 1
    days = _days(unit)
    if not days or not number:
        return at
    _add(scan, at, end, "frequency", (rounded(1 / (number * days)), ""))
    return end


def _days(unit: str) -> float:
    """Days of a unit of time, 0 for another word."""
    name = unit if unit in ("h", "d", "mo", "min", "mins") else _LETTERS.get(unit, unit)
    found = units().get(name)
    return found[2] if found and found[0] == "duration" else 0.0


def _take_each(scan: Scan, at: int) -> int:
    """ "every 4 weeks", "every 4 to 6 hours"."""
    found = number_at(scan, at + 1)
    if found is None:
        return at
    number, end = found
    second = number_at(scan, end + (scan.key(end) in ("to", "-", "–")))
    end = second[1] if second and second[0] > number else end
    days = _days(scan.key(end))
    if not days or not number:
        return at
    _add(scan, at, end + 1, "frequency", (rounded(1 / (number * days)), ""))
    return end + 1


def _take_times(scan: Scan, at: int) -> int:
    """ "3 times a week", "5x/day", "three times per month", "3 nights a week"."""
    found = number_at(scan, at)
    if found is None or scan.key(found[1]) not in ("x", "times", *_DAYS):
        return at
    end = found[1] + 1
    is_each = scan.key(end) in ("/", "a", "per", "each", "every")
    if scan.key(found[1]) in _DAYS and not is_each:
        return at  # "for 3 nights"
    end += is_each
    unit = scan.key(end)
    if unit not in words("periods"):
        return at
    days = _days({"daily": "day", "weekly": "week", "monthly": "month"}.get(unit, unit))
    if not days:
        return at
    _add(scan, at, end + 1, "frequency", (rounded(found[0] / days), ""))
    return end + 1
