"""Who did what to whom, what caused what, and why a thing was done."""

from collections.abc import Iterator, Sequence

from service.reading.assertions import Kind, Value
from service.reading.scope.attach import Named
from service.reading.scope.deeds import Deed
from service.reading.scope.line import Line
from service.reading.scope.phrases import Found, cues, listed, words

CAUSE, EFFECT, AGENT, OBJECT = "cause", "effect", "agent", "object"
_PASSIVE = frozenset(("was", "were", "been", "being", "be", "is", "are", "got", "gets", "get"))
_TOLD = frozenset(Kind) - {Kind.PERSON, Kind.WORD}
_DONE = frozenset((Kind.MEDICINE, Kind.PROCEDURE, Kind.SUBSTANCE, Kind.EVENT, Kind.LEGAL))


def roles(line: Line, named: Sequence[Named], done: Sequence[Deed]) -> list[str]:
    """The role of each named thing, "" where none is said."""
    answers = [""] * len(named)
    for cue in cues("roles").all(line.marks):
        _around(line, named, cue, answers)
    passive = {deed.at for deed in done if deed.is_passive}
    for number, each in enumerate(named):
        if each.kind is Kind.WORD and each.first in passive:
            answers[number] = OBJECT
        elif each.kind is Kind.PERSON:
            answers[number] = _person(line, each) or answers[number]
    return answers


def _around(line: Line, named: Sequence[Named], cue: Found, answers: list[str]) -> None:
    before, behind = (EFFECT, CAUSE) if cue.cue.gives == "caused" else (CAUSE, EFFECT)
    clause = line.clause[cue.first]
    here = [n for n, e in enumerate(named) if line.clause[e.first] == clause and e.kind in _TOLD]
    sides = {n: before if named[n].last <= cue.first else behind for n in here}
    # "Lithium stopped due to tremor" tells why, not that tremor caused lithium.
    if any(side == EFFECT and named[n].kind not in _DONE for n, side in sides.items()):
        for number, side in sides.items():
            answers[number] = side


def _person(line: Line, each: Named) -> str:
    """Before the verb a person does it; behind it, it is done to them; behind "by", by them."""
    before = line.keys[max(0, each.first - 3) : each.first]
    if "by" in before:
        return AGENT
    after = line.keys[each.last : each.last + 2]
    deeds = words("roles", "deeds")
    is_passive = bool(after) and after[0] in _PASSIVE
    if not deeds.isdisjoint(after):
        return OBJECT if is_passive else AGENT
    if before[-2:-1] == ["against"] or before[-1:] == ["against"]:
        return OBJECT
    return OBJECT if not deeds.isdisjoint(before) else ""


def reasons(line: Line, named: Sequence[Named]) -> Iterator[tuple[int, Value]]:
    """Why a thing was done: its number, and what the words behind "for" or "due to" name."""
    for cue in listed("roles", "reasons").all(line.marks):
        clause = line.clause[cue.first]
        behind = [
            n for n, e in enumerate(named) if e.first >= cue.last and line.clause[e.first] == clause
        ]
        behind = [n for n in behind if named[n].first - cue.last <= 4]
        known = [n for n in behind if named[n].kind is not Kind.WORD] or behind
        if not known:
            continue
        why = named[known[0]]
        start, end = line.tokens[why.first].start, line.tokens[why.last - 1].end
        value = Value("reason", why.key, why.key, start=start, end=end)
        for number, each in enumerate(named):
            is_near = line.clause[each.first] == clause and each.last <= cue.first
            if is_near and each.kind in _DONE:
                yield number, value
