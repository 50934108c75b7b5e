"""What a value is by the words beside it: a bound, a reference range, the start of a change."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

from service.reading.assertions import Value
from service.reading.values.lists import phrases, words
from service.reading.values.scan import Scan

_IN_ALL = ["in", "all"]  # "lorazepam 4 mg in all"
_SIGNS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "~": "~", "≈": "~", "±": "~"}
_BOUNDS = {"since": ">=", "until": "<=", "till": "<=", "through": "<="}
_CHANGED = ("dose", "number", "level", "quantity", "duration", "count", "score")
_MEASURED = ("dose", "quantity", "level", "number", "score", "duration", "count", "age")


def with_roles(scan: Scan) -> None:
    """Each value of the scan with its comparator and role."""
    scan.dosed = {each.start for each in scan.found if each.what in ("frequency", "route")}
    starts = {word.start: number for number, word in enumerate(scan.words)}
    ends = {word.end: number for number, word in enumerate(scan.words)}
    for number, value in enumerate(scan.found):
        if value.what == "date" and not value.comparator:
            bound = _BOUNDS.get(_before(scan, starts, value), "")
            scan.found[number] = replace(value, comparator=bound)
        first = starts.get(value.start)
        last = ends.get(value.end)
        if value.what in _MEASURED and first is not None and last is not None:
            scan.found[number] = _role(scan, _compared(scan, value, first), first, last)
    _strengths(scan)


def _before(scan: Scan, starts: dict[int, int], value: Value) -> str:
    first = starts.get(value.start)
    return scan.key(first - 1) if first else ""


def _compared(scan: Scan, value: Value, at: int) -> Value:
    """ "<0.2", ">= 60", "at least 3", "up to 4 mg"."""
    if scan.key(at - 1) == "=" and scan.key(at - 2) in ("<", ">"):
        return replace(value, comparator=scan.key(at - 2) + "=")
    sign = _SIGNS.get(scan.key(at - 1))
    if sign and not (sign == ">" and scan.key(at - 2) == "-"):
        return replace(value, comparator=sign)
    if scan.matches(("or", "more"), at + 1) or scan.key(at + 1) == "+":
        return replace(value, comparator=">=")
    for said, key in _comparators().get(scan.key(at - 1), ()):
        start = at - len(said)
        if start >= 0 and tuple(scan.keys[start:at]) == said and not _spans(value, said):
            return replace(value, comparator=key)
    return value


@cache
def _comparators() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """By last word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for rows in phrases().values():
        for said, table, key in rows:
            if table == "comparator":
                found.setdefault(said[-1], []).append((said, key))
    for each in found.values():
        each.sort(key=lambda row: -len(row[0]))
    return found


def _spans(value: Value, words: tuple[str, ...]) -> bool:
    """ "Over 3 weeks" is during them."""
    return value.what == "duration" and words == ("over",)


def _role(scan: Scan, value: Value, first: int, last: int) -> Value:
    if _is_reference(scan, first, last) and isinstance(value.value, tuple | float):
        return replace(value, what="range")
    if value.what == "number" and scan.key(last + 1) == "%":
        value = replace(value, what="quantity", value=("percent", value.value))
    if value.what == "number" and _is_dosed(scan, value, last):
        value = replace(value, what="dose", value=("", value.value))
    near = scan.keys[max(0, first - 6) : last + 5]
    is_total = not words("total").isdisjoint(near) or scan.keys[last + 1 : last + 3] == _IN_ALL
    if value.what == "dose" and is_total:
        return replace(value, what="total")  # of several doses: no dose by itself
    if value.what in _CHANGED and (step := _step(scan, value, first, last)):
        return replace(value, what="change", value=(step, value.value))
    return value


def _is_dosed(scan: Scan, value: Value, last: int) -> bool:
    """ "Mirtazapine 15 qhs": a number right before how often or how, its unit left out."""
    if last + 1 >= len(scan.words) or not isinstance(value.value, float):
        return False
    return scan.words[last + 1].start in scan.dosed


def _step(scan: Scan, value: Value, first: int, last: int) -> str:
    """Of a change: "by" 5 mg, "from" 10, to a "target" of 20; "" for the value itself."""
    before = scan.key(first - 1)
    if scan.key(last + 1) in words("more") or scan.key(last + 1) in words("points"):
        is_scored = scan.key(last + 1) in words("points") and before in words("score_before")
        return "" if is_scored else "by"
    if _went(scan, last + 1):
        return "from"
    if value.what in ("duration", "count") and before == "from":
        return "" if scan.key(first - 2) in words("ranged") else "from"
    if value.what == "count":
        return "times" if scan.key(last + 1) in words("compared") else ""
    if value.what == "duration":
        return "by" if before == "by" and scan.key(first - 2)[-2:] in ("ed", "en", "nk") else ""
    if before in ("by", "from"):
        return before
    if before in words("target") or (before in words("reading") and _targeted(scan, first)):
        return "target"
    return "from" if _arrow(scan, last + 1) else ""


def _went(scan: Scan, at: int) -> bool:
    """ "46 down to 9", "18 to 7": the first is where it began."""
    at += scan.key(at) in ("up", "down")
    return scan.key(at) == "to" and scan.key(at + 1)[:1].isdecimal()


def _targeted(scan: Scan, at: int) -> bool:
    return any(scan.key(n) in words("target") for n in range(max(0, at - 5), at))


def _arrow(scan: Scan, at: int) -> bool:
    return scan.key(at) == "→" or (scan.key(at) in ("-", "=") and scan.key(at + 1) == ">")


def _is_reference(scan: Scan, first: int, last: int) -> bool:
    """ "(ref 0.6-1.0)", "[3.5-5.1]", "reference range: 0.6-1.2"."""
    before = [scan.key(n) for n in range(max(0, first - 4), first)]
    if before[-3:] == ["cut", "off", "of"]:
        return True
    if before[-1:] == ["rr"] and "-" in scan.said(first, last + 1)[0]:
        return True  # reference range; of one number it is the rate of breathing
    if any(key in words("reference") for key in before) and not {"was", "is"} & set(before):
        return True
    values = scan.said(first, last + 1)[0]
    return before[-1:] in (["["], ["("]) and scan.key(last + 1) in ("]", ")") and "-" in values


def _strengths(scan: Scan) -> None:
    """ "2 tabs of 5 mg" is 10 mg a time of a strength of 5 mg; so is "5 mg tablet, 2 tablets"."""
    found = sorted(scan.found, key=lambda value: value.start)
    for one, other in pairwise(found):
        pair = _pair(one, other)
        is_near = other.start - one.end <= 20 and len(scan.found) < 10_000
        if pair and is_near and pair[1] in scan.found:  # a mass between two counts is of the first
            tablets, mass = pair
            total = ("mass", float(f"{tablets.value[1] * mass.value[1]:.6g}"))  # type: ignore[index]
            whole = scan.text[one.start : other.end]
            scan.found.remove(mass)
            scan.found.append(replace(mass, what="strength"))
            scan.found.append(Value("dose", total, whole, "", "", one.start, other.end))


def _pair(one: Value, other: Value) -> tuple[Value, Value] | None:
    """A number of tablets beside a mass."""
    for tablets, mass in ((one, other), (other, one)):
        match tablets.value, mass.value:
            case ("tablets", float()), ("mass", float()) if "" == mass.per == tablets.per:
                return tablets, mass
    return None
