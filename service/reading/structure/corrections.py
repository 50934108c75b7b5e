"""Addenda and corrections: which units of the same note they take back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from service.reading.layout import Place, Stance, State, Unit
from service.reading.structure.sentences import trimmed
from service.reading.structure.states import cut_out, within
from service.reading.structure.words import is_correction, listed, plain, words

_WORD = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+(?:'[a-z]+)?")
_NOT = re.compile(r"(?:,|;|-|\band\b|\()\s?not\s|\binstead of\s|\brather than\s|\bnot\s(?=\d)")
_ITSELF = re.compile(r"(?:[(\[]|\s-{1,2}\s|\*{1,3}\s?)([^)\]\n]{4,40}?)[)\]*]{0,3}\s*\.?$")
_NUMBERED = re.compile(r"\b(?:entry|item|line|note) #?\d{1,2}\b")
# Before "should read" stands what is wrong.
_CLAUSE = re.compile(r";\s(?=\S)|\s(?=should (?:have )?(?:read|say|said)\b)")
_JOINT = re.compile(r",(?: and)?\s|\sand\s")
_STOP = re.compile(r"[.;,()\n]")
MOST, FARTHEST = 50, 500  # corrections of a note, and units that each looks back over


def with_corrected(units: list[Unit], text: str) -> list[Unit]:
    """The units with those marked that a later one of the note, or its own bracket, takes back."""
    whole = text.casefold()
    cues = [cue for cue in listed("corrections", "cues") if cue in whole]
    if not cues and not any(label in whole for label in listed("corrections", "labels")):
        return units
    told = [text[u.place.start : u.place.end] for u in units]
    marked = {n for n, said in enumerate(told) if _is_itself(said)}
    items: list[Place] = []
    correcting: set[int] = set()
    for number, unit in enumerate(units):
        said = told[number]
        if len(correcting) == MOST or number in marked or not _corrects(text, unit, said, cues):
            continue
        correcting.add(number)
        for n in _taken_back(units, told, number, text):
            if item := _item(units[n], told[n], _telling(said.casefold()), text):
                items.append(item)
            else:
                marked.add(n)
    kept = [
        replace(u, state=State.CORRECTED) if n in marked and u.state is State.STANDS else u
        for n, u in enumerate(units)
    ]
    stated = [
        c for n, u in enumerate(kept) for c in (_clauses(u, text) if n in correcting else [u])
    ]
    spans = [(item, item) for item in sorted(set(items))]
    return [*cut_out(text, stated, spans, State.CORRECTED)] if spans else stated


def _item(unit: Unit, said: str, wanted: set[str], text: str) -> Place | None:
    """The one item of a list that is meant, where only that shares the words."""
    first = unit.place.start
    joints = [m.span() for m in _JOINT.finditer(said)]
    if not joints:
        return None
    starts, stops = [0, *(b for _, b in joints)], [*(a for a, _ in joints), len(said)]
    found = [
        trimmed(text, first + a, first + b)
        for a, b in zip(starts, stops, strict=True)
        if _score(said[a:b], wanted, set())
    ]
    return found[0] if len(found) == 1 and found[0].start < found[0].end else None


def _clauses(unit: Unit, text: str) -> Iterator[Unit]:
    """A correction's clauses: one that only voids what it names says that it is not so; where that
    is a denial it says nothing."""
    said = text[unit.place.start : unit.place.end]
    stops = [m.end() for m in _CLAUSE.finditer(said)]
    for start, stop in pairwise([0, *stops, len(said)]):
        told = said[start:stop].casefold()
        clause = unit
        if stops:
            place = trimmed(text, unit.place.start + start, unit.place.start + stop)
            clause = replace(unit, place=place, parts=within(text, unit, place))
        is_wrong = said[stop:].startswith("should")
        if not is_wrong and not any(cue in told for cue in listed("corrections", "voids")):
            yield clause
        elif words("denying", "any") & set(_WORD.findall(told)):
            yield replace(clause, state=State.CORRECTED)
        else:
            yield replace(clause, stance=Stance.NO)


def _is_itself(said: str) -> bool:
    """ "Warfarin 5 mg (entered in error)"."""
    found = _ITSELF.search(said[-60:])
    return found is not None and found[1].casefold().startswith(listed("corrections", "itself"))


def _corrects(text: str, unit: Unit, said: str, cues: list[str]) -> bool:
    header = text[unit.header.start : unit.header.end] if unit.header else ""
    first = plain(f"{header} {said}"[:40]).split(":")[0].split()
    is_labelled = is_correction(f"{header} {said}"[:40].partition(":")[0], most=4)
    told = said.casefold()
    has_cue = any(cue in told for cue in cues)
    points_back = any(w in told for w in listed("corrections", "above"))
    is_strong = any(cue in told for cue in listed("corrections", "strong"))
    is_firm = any(w.strip("*([,.") in words("corrections", "firm") for w in first[:2])
    is_said = is_labelled and (
        bool(_NOT.search(told)) or first[0].strip(",.") == "error" or is_firm
    )
    return is_said or is_strong or (has_cue and (is_labelled or points_back))


def _taken_back(units: list[Unit], told: list[str], number: int, text: str) -> set[int]:
    """Of the units before, those that share most of the telling words; else the one before."""
    said = told[number].casefold()
    if named := _NUMBERED.findall(said):
        starts = tuple(f"{name}{mark}" for name in named for mark in (":", ".", " -"))
        low = max(0, number - FARTHEST)
        if found := {n for n in range(low, number) if told[n].casefold().startswith(starts)}:
            return found
    wrong = _wrong(said)
    wanted = _telling(said) | wrong
    scores = _scores(units, told, number, wanted, wrong)
    mate = units[number - 1] if number else None
    if not scores and mate and mate.header == units[number].header is not None:
        scores = _scores(units, told, number - 1, _telling(told[number - 1].casefold()), set())
    if not scores:
        points = "above" in said or "disregard" in said
        return _last(units, number, text) if points else set()
    best = max(scores.values())
    found = {n for n, score in scores.items() if score == best}
    if "paragraph" in said or "entry" in said or "section" in said:
        return {m for n in found for m in _paragraph(units, n, number, text)}
    return found


def _scores(
    units: list[Unit], told: list[str], number: int, wanted: set[str], wrong: set[str]
) -> dict[int, int]:
    return {
        n: score
        for n in range(max(0, number - FARTHEST), number)
        if units[n].state is State.STANDS and (score := _score(told[n], wanted, wrong))
    }


def _score(said: str, wanted: set[str], wrong: set[str]) -> int:
    here = _stems(_WORD.findall(said.casefold()))
    return len(here & wanted) + 2 * len(here & wrong)


def _wrong(said: str) -> set[str]:
    """What stands behind "not": "5 mg, not 15 mg"."""
    found = _NOT.search(said)
    if not found:
        return set()
    rest = said[found.end() :]
    stop = _STOP.search(rest)
    told = set(_WORD.findall(rest[: stop.start()] if stop else rest))
    return _stems(told - words("corrections", "generic") - {"mg"})


def _telling(said: str) -> set[str]:
    told = set(_WORD.findall(said)) - words("corrections", "generic")
    return _stems(w for w in told if len(w) > 3 and not w.isdecimal())


def _stems(said: Iterable[str]) -> set[str]:
    """The first letters of each word, so that "pregnant" is met by "pregnancy"."""
    return {w[:6] for w in said}


def _last(units: list[Unit], number: int, text: str) -> set[int]:
    low = max(0, number - FARTHEST)
    before = [n for n in range(low, number) if units[n].state is State.STANDS]
    return set(_paragraph(units, before[-1], number, text)) if before else set()


def _paragraph(units: list[Unit], at: int, stop: int, text: str) -> Iterable[int]:
    """The units around one that no blank line parts from it."""
    low, high = at, at
    while low > 0 and not _is_parted(units, low - 1, text):
        low -= 1
    while high + 1 < stop and not _is_parted(units, high, text):
        high += 1
    return range(low, high + 1)


def _is_parted(units: list[Unit], at: int, text: str) -> bool:
    between = text[units[at].place.end : units[at + 1].place.start]
    return between.count("\n") > 1
