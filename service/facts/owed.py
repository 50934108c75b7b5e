"""What is owed or ordered in words that name nothing known: each sentence is a fact of its own."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from service.facts.fact import Fact, FactKind, FactSource, ReadRecord, Standing
from service.facts.wording import sentence_place
from service.reading.assertions import PATIENT, Assertion, Kind, Time

LONGEST = 400  # characters of a sentence that is one thing owed; a longer one is a list
_LISTS = {
    FactKind.RISK: "plans",
    FactKind.OPEN_LOOP: "owed",
    FactKind.DIRECTIVE: "orders",
    FactKind.GOAL: "goals",
}
_STANDING = {FactKind.OPEN_LOOP: Standing.PLANNED}  # else it is so
_WHY = {
    FactKind.RISK: "a plan is told",
    FactKind.OPEN_LOOP: "told as still owed",
    FactKind.DIRECTIVE: "told as to be done",
    FactKind.GOAL: "told as wished for",
}


class Sentence(NamedTuple):
    record: ReadRecord
    place: tuple[int, int]
    said: tuple[Assertion, ...]

    @property
    def text(self) -> str:
        return self.record.text[slice(*self.place)]


def told_facts(records: Sequence[ReadRecord], known: Iterable[Fact]) -> Iterator[Fact]:
    """Of notes' sentences that tell of something owed, or order something. What another fact of
    the kind tells from the same sentence already is not told again."""
    taken = {
        kind: {(s.record_id, s.start) for fact in known if _is_of(fact, kind) for s in fact.sources}
        for kind in _LISTS
    }
    for sentence in sentences(records):
        for kind in _LISTS:
            if _tells(sentence, kind) and not _is_taken(sentence, taken[kind]):
                yield _fact(kind, sentence)
                break


def _is_of(fact: Fact, kind: FactKind) -> bool:
    """How closely somebody is watched is an order too; what was answered leaves the rest of its
    sentence open."""
    is_watch = kind is FactKind.DIRECTIVE and fact.key == "observation-level"
    is_over = kind is FactKind.OPEN_LOOP and fact.standing is not Standing.PLANNED
    return (fact.kind is kind and not is_over) or is_watch


def tells_owed(text: str) -> bool:
    """Does a sentence tell of something that nobody has done or answered yet?"""
    return bool(cue("owed").search(text))


@cache
def cue(name: str) -> re.Pattern[str]:
    """Of data/owed.toml a list of patterns, as whole words."""
    path = Path(__file__).parent / "data" / "owed.toml"
    told = "|".join(tomllib.loads(path.read_text(encoding="utf-8"))[name])
    return re.compile(rf"(?<!\w)(?:{told})(?!\w)", re.IGNORECASE)


def sentences(records: Iterable[ReadRecord], *, taken_back: bool = False) -> Iterator[Sentence]:
    """Of notes, each that says something; with `taken_back` also what they take back."""
    for record in records:
        if record.is_note:
            yield from _of_note(record, taken_back)


def _of_note(record: ReadRecord, taken_back: bool) -> Iterator[Sentence]:
    units: dict[int, list[Assertion]] = {}
    for a in record.assertions:
        if a.is_current or taken_back:
            units.setdefault(a.unit, []).append(a)
    seen = set()
    for said in units.values():
        start, end = min(a.start for a in said), max(a.end for a in said)
        place = sentence_place(record.text, start, end)
        if place not in seen:
            seen.add(place)
            yield Sentence(record, place, tuple(said))


def _tells(sentence: Sentence, kind: FactKind) -> bool:
    text = sentence.text
    if len(text) > LONGEST or text.rstrip().endswith("?") or not cue(_LISTS[kind]).search(text):
        return False
    told = {a.concept.key for a in sentence.said}
    is_own = any(a.subject == PATIENT or a.concept.kind is not Kind.WORD for a in sentence.said)
    is_supposed = kind is not FactKind.RISK and all(a.time is Time.IF for a in sentence.said)
    return bool(told) and is_own and not is_supposed


def _is_taken(sentence: Sentence, taken: set[tuple[str, int]]) -> bool:
    start, end = sentence.place
    return any(id == sentence.record.id and start <= at < end for id, at in taken)


def _fact(kind: FactKind, sentence: Sentence) -> Fact:
    record, (start, end) = sentence.record, sentence.place
    source = FactSource(record.id, start, end, record.on)
    return Fact(
        kind,
        f"told:{record.id}:{start}",
        " ".join(sentence.text.split()).strip(" -*•"),
        _STANDING.get(kind, Standing.CURRENT),
        f"{_WHY[kind]}{f' on {record.on}' if record.on else ''}",
        "told",
        since=record.on,
        on=record.on,
        sources=(source,),
    )
