"""Which thing a value is of: dose to medicine, score to scale, day to what happened."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from service.reading.assertions import Kind, Value
from service.reading.scope.acts import goes_to
from service.reading.scope.line import Line
from service.reading.scope.phrases import load, words

_TAKEN = frozenset((Kind.MEDICINE, Kind.SUBSTANCE, Kind.ALLERGY))
_MEASURED = frozenset((Kind.MEASUREMENT, Kind.SCORE))
_AILING = frozenset((Kind.SYMPTOM, Kind.PROBLEM, Kind.FINDING, Kind.PROCEDURE))
_TOLD = frozenset(Kind) - {Kind.WORD, Kind.PERSON}
_FITS = {
    "dose": _TAKEN,
    "strength": _TAKEN,
    "quantity": _TAKEN | _MEASURED,
    "frequency": _TAKEN,
    "route": _TAKEN,
    "form": _TAKEN,
    "change": _TAKEN | _MEASURED,
    "number": _MEASURED,
    "score": _MEASURED,
    "level": _MEASURED,
    "range": _MEASURED,
    "name": frozenset(Kind),
    "standing": frozenset(Kind),
}
_ONLY = frozenset(("dose", "strength", "route", "form", "range"))  # of nothing else
_FIRST = frozenset(("change", "level", "score"))  # of nothing else where there is one such
_AHEAD = frozenset(("side", "severity", "count", "sequence"))  # say more of what follows them
_NAMES = {Kind.SCORE: "score", Kind.MEASUREMENT: "level"}  # what a bare number of it is
_DOSES = frozenset(("dose", "tablet", "capsul", "pill", "tab"))
_NEAR = 3  # tokens between a value and the thing behind it that it says more of
_MOST = 12  # things on either side that a value may be of


_BEFORE = frozenset(("previously", "formerly"))  # "71 kg, formerly 69"
_CHANGED = frozenset(("dose", "level", "score", "number", "quantity"))


_FORMS = frozenset(("xr", "xl", "er", "sr", "cr", "ir", "dr", "mr", "la", "hcl", "odt"))


class Named(NamedTuple):
    """A thing named at tokens [first:last)."""

    first: int
    last: int
    kind: Kind
    key: str


class Held(NamedTuple):
    """A value at tokens [first:last), with the words behind and before it."""

    value: Value
    first: int
    last: int
    follows: str
    after: str  # the word before it


def attached(line: Line, named: Sequence[Named], found: Sequence[Value]) -> list[list[Value]]:
    """The values of each named thing, in the order of the text."""
    answers: list[list[Value]] = [[] for _ in named]
    firsts, named = [each.first for each in named], list(_without_forms(named))
    for held in _held(line, found):
        owner = _owner(line, named, held, bisect_right(firsts, held.first), firsts)
        if owner is not None:
            answers[owner].append(_called(held, named[owner]))
        if held.value.what == "side" and (ails := _ailing(line, named, held, owner)) is not None:
            answers[ails].append(held.value)
    return answers


def _without_forms(named: Sequence[Named]) -> Iterator[Named]:
    """ "Aripiprazole LAI 400 mg" is of aripiprazole: a form beside its medicine owns nothing."""
    for number, each in enumerate(named):
        beside = (*named[max(0, number - 1) : number], *named[number + 1 : number + 2])
        is_form = each.key == "long-acting-injectable" and any(
            other.kind is Kind.MEDICINE
            and (other.first - each.last <= 1 and each.first - other.last <= 1)
            for other in beside
        )
        yield each._replace(kind=Kind.WORD) if is_form else each


def _ailing(line: Line, named: Sequence[Named], held: Held, owner: int | None) -> int | None:
    """What ails the part of the body that a side is of: "numbness of his right hand"."""
    if owner is None or named[owner].kind is not Kind.WORD:
        return None
    piece = line.piece[held.first]
    told = [n for n, each in enumerate(named) if each.kind in _AILING]
    here = [n for n in told if line.piece[named[n].first] == piece]
    return min(here, key=lambda n: abs(n - owner), default=None)


def _held(line: Line, found: Sequence[Value]) -> Iterator[Held]:
    starts = [token.start for token in line.tokens]
    for number, value in enumerate(found):
        first = max(0, bisect_right(starts, value.start) - 1)
        if line.keys[max(0, first - 1)] == "not" and "as-needed" in str(value.value):
            continue  # "scheduled, not PRN"
        last = bisect_right(starts, max(value.start, value.end - 1))
        before = line.keys[first - 1] if first else ""
        if (turn := _turned(line, first, number > 0)) and value.what in _CHANGED:
            value = replace(value, what="change", value=(turn, value.value))
        yield Held(value, first, last, line.keys[last] if last < len(line.keys) else "", before)


def _turned(line: Line, first: int, is_second: bool) -> str:
    """What the words before a value make of it: "5 mg, not 15", "71 kg (was 69 in Jan)"."""
    before = line.keys[max(0, first - 2) : first]
    if before[-1:] == ["not"]:
        return "not"
    is_old = before[-1:] == ["was"] and before[0] in ("(", ",", ";")
    return "from" if is_second and (is_old or not _BEFORE.isdisjoint(before[-1:])) else ""


def _called(held: Held, owner: Named) -> Value:
    """A bare number is the score of a scale, the level of a measurement, the mg of a medicine right
    before it, else a count."""
    value = held.value
    if value.what == "dose" and owner.kind not in _TAKEN:
        return replace(value, what="quantity")  # "bladder scan 650 mL"
    if value.what == "change" and owner.kind is Kind.MEDICINE:
        return replace(value, value=_in_mg(value.value, owner))
    if value.what != "number":
        return value
    is_next = held.first == owner.last or (held.first == owner.last + 1 and held.after in _FORMS)
    is_mg = owner.key not in _not_mg() and not _is_level(held, owner)
    if owner.kind is Kind.MEDICINE and is_next and is_mg:
        return replace(value, what="dose", value=_mg(value.value))
    return replace(value, what=_NAMES.get(owner.kind, "count"))


def _is_level(held: Held, owner: Named) -> bool:
    """ "Lithium 0.9", "tacrolimus 16.8": what was found in the blood, not what is taken."""
    least = load("roles")["least_mg"].get(owner.key, 0)
    is_bare = owner.key in words("roles", "levelled") and not held.follows[:1].isalnum()
    return is_bare or (isinstance(held.value.value, float) and held.value.value < least)


def _in_mg(change: Hashable, owner: Named) -> Hashable:
    """("from", 100.0) of a medicine as an amount."""
    if isinstance(change, tuple) and len(change) == 2 and isinstance(change[1], float):
        return change if owner.key in _not_mg() else (change[0], _mg(change[1]))
    return change


def _mg(number: Hashable) -> Hashable:
    return ("mass", round(number / 1000, 9)) if isinstance(number, float) else number


def _not_mg() -> frozenset[str]:
    return words("roles", "not_mg")


def _owner(
    line: Line, named: Sequence[Named], held: Held, place: int, firsts: Sequence[int]
) -> int | None:
    """The number of the thing that a value is of. `place`: how many things begin before it."""
    if _is_changed_before(line, named, held, firsts):
        owner = _taken_before(named, place)
        return None if owner is not None and _is_of_two(line, named, owner) else owner
    owner = _dosed_before(line, named, held, place)
    return _nearest(line, named, held, place) if owner is None else owner


def _is_of_two(line: Line, named: Sequence[Named], owner: int) -> bool:
    """ "Sertraline and trazodone help; increase to 100 mg": nobody knows which."""
    clause = line.clause[named[owner].first]
    before = (named[n] for n in range(owner, max(-1, owner - _MOST), -1))
    of = {e.key for e in before if e.kind in _TAKEN and line.clause[e.first] == clause}
    return len(of) > 1


def _dosed_before(line: Line, named: Sequence[Named], held: Held, place: int) -> int | None:
    """ "Trazodone, take 50 mg at bedtime as needed for sleep": how often is of the medicine, not of
    what it is for."""
    if held.value.what != "frequency" or (medicine := _taken_before(named, place)) is None:
        return None
    piece = line.pieces[line.piece[held.first]]
    found = (n for n in range(piece.start, held.first + 1) if line.keys[n][0].isalnum())
    first = [*islice(found, 2)]
    is_bid = bool(first) and line.keys[first[0]] in words("acts", "bids")
    is_dose = is_bid or line.dosed.issuperset(first)
    at = named[medicine].first
    return medicine if is_dose and line.clause[at] == piece.clause and at < piece.start else None


def _taken_before(named: Sequence[Named], place: int) -> int | None:
    return next((n for n in range(place - 1, -1, -1) if named[n].kind in _TAKEN), None)


def _nearest(line: Line, named: Sequence[Named], held: Held, place: int) -> int | None:
    before = range(place - 1, max(-1, place - 1 - _MOST), -1)
    after = range(place, min(len(named), place + _MOST))
    what = held.value.what
    if what == "dose" and all(each.kind not in _TAKEN for each in named):
        what = "amount"
    kinds = _FITS.get(what, _TOLD)
    if _is_times(line, held):
        return next(iter(before), None)
    if held.follows == "of" or what in _AHEAD or what == "number":
        near = [n for n in after if named[n].first - held.last <= _NEAR]
        near = [n for n in near if line.piece[named[n].first] == line.piece[held.last - 1]]
        if what == "side" and near and named[near[0]].first == held.last:
            return near[0]  # "right hand since the fall"
        is_counted = what == "number" and not _has(before, named, _MEASURED, line, held)
        if near and (what != "number" or is_counted):
            return _best(near, named, kinds, what in _ONLY)
    passes = (True, False) if what in _FIRST else (what in _ONLY,)
    for is_only in passes:
        for is_near in _distances(line, held.first):
            for some in (before, after):
                best = _best([n for n in some if is_near(named[n])], named, kinds, is_only)
                if best is not None:
                    return best
    return None


def _is_changed_before(
    line: Line, named: Sequence[Named], held: Held, firsts: Sequence[int]
) -> bool:
    """ "Sertraline helps; increase to 100 mg, trazodone 50 mg": of what was named before."""
    piece = line.pieces[line.piece[held.first]]
    here = named[bisect_left(firsts, piece.start) : bisect_left(firsts, piece.end)]
    is_told = any(each.kind in _TAKEN for each in here)
    is_change = any(goes_to(line, at) for at in range(piece.start, held.first))
    return not is_told and is_change and _FITS.get(held.value.what, _TOLD) <= _TAKEN


def _is_times(line: Line, held: Held) -> bool:
    """The 6 of "ECT x6"."""
    key = line.keys[held.first]
    return held.value.what in ("number", "count") and key[0] in "x×" and key[1:].isdecimal()


def _has(
    numbers: Sequence[int],
    named: Sequence[Named],
    kinds: frozenset[Kind],
    line: Line,
    held: Held,
) -> bool:
    clause = line.clause[held.first]
    return any(named[n].kind in kinds and line.clause[named[n].first] == clause for n in numbers)


def _distances(line: Line, at: int) -> tuple[Callable[[Named], bool], ...]:
    """In the same comma piece, else in the clause, else anywhere in the phrase."""
    return (
        lambda named: line.piece[named.first] == line.piece[at],
        lambda named: line.clause[named.first] == line.clause[at],
        lambda _: True,
    )


def _best(
    numbers: Sequence[int], named: Sequence[Named], kinds: frozenset[Kind], is_only: bool
) -> int | None:
    """The nearest that fits; "3 doses of lithium" counts the lithium."""
    best = next((n for n in numbers if named[n].kind in kinds), None)
    if best is not None or is_only:
        return best
    first = next(iter(numbers), None)
    if first is None or named[first].key not in _DOSES:
        return first
    is_of = first + 1 < len(named) and named[first + 1].kind in _TAKEN
    return first + 1 if is_of else first


def series(found: Sequence[Value]) -> Iterator[list[Value]]:
    """Each result with its day: "PHQ-9: 18 on 1/5, 9 on 2/20" is two."""
    results = [n for n, value in enumerate(found) if value.what in ("score", "level")]
    dates = [n for n, value in enumerate(found) if value.what == "date"]
    if len(results) < 2 or len(dates) < 2:
        yield [*found]
        return
    is_before = dates[0] < results[0]  # "1/5: 18, 2/20: 9"
    marks = dates if is_before else results
    for start, end in zip(marks, [*marks[1:], len(found)], strict=True):
        yield [*found[: marks[0]], *found[start:end]]


def day_of(found: Sequence[Value], after: int = 0) -> str:
    """The day among the values of a thing, the first one behind `after` before the others."""
    days = [v for v in found if v.what == "date" and isinstance(v.value, str)]
    days = [v for v in days if str(v.value)[:1].isdecimal()]
    best = next((v for v in days if v.start >= after), days[0] if days else None)
    return str(best.value) if best else ""


def changed(found: Sequence[Value]) -> tuple[Value, ...]:
    """Of "50 mg was increased to 100 mg" the first dose is where the change began."""
    doses = [n for n, value in enumerate(found) if value.what == "dose"]
    if len(doses) != 2 or any(value.what == "change" for value in found):
        return tuple(found)
    old = found[doses[0]]
    was = replace(old, what="change", value=("from", old.value))
    return tuple(was if n == doses[0] else value for n, value in enumerate(found))
