"""What was changed in a statement that is nearly a source's own words.

A copy with one thing in another's place reads well and is the commonest error of a hand that
copies. It is found by laying the two beside each other, things by what they are and between them
numbers and words that turn what is said (data/turns.toml).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from service.reading.assertions import Assertion, Kind, Value
from service.reading.lexicon import tokens
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held, stands_in

KINDS = ("name", "number", "denial", "turn", "word")
LOOKED_AT = 3  # units with most of the statement's words


class Word(NamedTuple):
    """`keys`: what it says, first its own; `kind`: "name", "number", "denial", "turn" (it turns
    what is said: before, left) or "word"."""

    keys: tuple[str, ...]
    kind: str
    start: int
    end: int


class Change(NamedTuple):
    """`said` stands in the statement where the source has `source`; "" where it has nothing."""

    kind: str
    said: str
    source: str

    def is_error(self, *, is_strict: bool) -> bool:
        """Another name or number in a copy, or its denial lost; beside what is cited (`is_strict`)
        also another turn, or a denial more, which elsewhere a heading or a box may say."""
        if self.kind in ("denial", "turn"):
            return is_strict or (self.kind == "denial" and not self.said)
        return self.kind != "word"


@dataclass(frozen=True)
class Altered:
    """`share` of the statement's words that the unit has (0 to 1), and what differs."""

    share: float
    changes: tuple[Change, ...]
    unit: Held | None


NOTHING = Altered(0.0, (), None)


def altered(judged: Judged, *, together: bool = False) -> Altered:
    """Beside the unit that has most of it, and of those the one with fewest changes. With
    `together` all units are one place: what one of them has is not missing in another."""
    text = judged.reading.text
    words = words_of(text, judged.reading.assertions, 0, len(text))
    units = [unit for unit, _ in judged.near] if words else []
    also = [word for unit in units for word in _held(unit)] if together else []
    found = (_beside(text, words, unit, also) for unit in units[:LOOKED_AT])
    return max(found, key=lambda each: (each.share, -len(each.changes)), default=NOTHING)


def _beside(text: str, words: Sequence[Word], unit: Held, also: Sequence[Word]) -> Altered:
    theirs = _held(unit)
    elsewhere = [*_header(unit), *_days(unit), *also]
    known = {key for word in (*theirs, *elsewhere) for key in word.keys}
    said = [_named(word, (*theirs, *elsewhere)) for word in words]
    held = [word.keys[0] for word in theirs]
    own = set(said)
    changes: list[Change] = []
    for how, a, b, c, d in SequenceMatcher(None, said, held, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        mine = [
            w
            for w, k in zip(words[a:b], said[a:b], strict=True)
            if k not in known and not stands_in(text[w.start : w.end], unit)
        ]
        other = [w for w, k in zip(theirs[c:d], held[c:d], strict=True) if k not in own]
        is_before = b < len(words) and d < len(theirs)
        turns = (*(("denial",) * is_before), *(("turn",) * (is_before and min(a, c) > 0)))
        changes += _changes(text, mine, unit.source.text, other, turns)
    matched = sum(key in known for key in said)
    return Altered(matched / len(words), tuple(changes), unit)


def _named(word: Word, theirs: Sequence[Word]) -> str:
    """As the source names it, where that says the same or more."""
    if word.kind == "number":
        same = (each.keys[0] for each in theirs if not set(word.keys).isdisjoint(each.keys))
    else:
        same = (each.keys[0] for each in theirs if word.keys[0] in each.keys)
    return next(same, word.keys[0])


def _changes(
    text: str, mine: Sequence[Word], source: str, theirs: Sequence[Word], turns: Sequence[str]
) -> Iterator[Change]:
    """What is said in the place of what; of what is only left out, a word that turns the rest
    (`turns`)."""
    for kind in KINDS:
        said, held = (next((w for w in ws if w.kind == kind), None) for ws in (mine, theirs))
        if said or (held and kind in turns):
            told = source[held.start : held.end] if held else ""
            yield Change(kind, text[said.start : said.end] if said else "", told)


@lru_cache(maxsize=4_096)
def _held(unit: Held) -> list[Word]:
    return words_of(unit.source.text, unit.assertions, unit.start, unit.end)


@lru_cache(maxsize=4_096)
def _header(unit: Held) -> list[Word]:
    """What stands over it or before its colon."""
    header = unit.source.reading.structure.units[unit.number].header
    text = unit.source.text[slice(*header)] if header else ""
    return words_of(text, read_statement(text).assertions, 0, len(text)) if text else []


def _days(unit: Held) -> list[Word]:
    """The days of which it tells, written in it or not: a draft may set them beside a copy."""
    days = dict.fromkeys((unit.source.date, *(each.on for each in unit.assertions)))
    return [Word((repr(("date", day)),), "number", 0, 0) for day in days if day]


def words_of(text: str, said: Sequence[Assertion], start: int, end: int) -> list[Word]:
    """Of `text[start:end]` the things by their concepts, and between them numbers and words that
    tell something."""
    found: list[Word] = []
    at = start
    values = {(value.start, value.end): value for each in said for value in each.values}
    for each in sorted(said, key=lambda a: (a.start, -a.end)):
        if each.start < at or each.concept.kind is Kind.PERSON:  # told by its own word
            continue
        found += _between(text, values, at, each.start)
        kind = "word" if each.concept.kind is Kind.WORD else "name"
        key = each.concept.key
        found.append(Word((key, *sorted(wider(key))), kind, each.start, each.end))
        at = each.end
    return [*found, *_between(text, values, at, end)]


def _between(
    text: str, values: Mapping[tuple[int, int], Value], start: int, end: int
) -> Iterator[Word]:
    """Numbers by their digits and by the value that they are part of."""
    for token in tokens(text[start:end]):
        a, b = start + token.start, start + token.end
        if token.key[0].isdigit() or token.key in _numbers():
            part_of = (repr((v.what, v.value)) for (c, d), v in values.items() if c <= a and b <= d)
            yield Word((_numbers().get(token.key, token.key), *part_of), "number", a, b)
        elif token.key in _denials():
            yield Word(("no",), "denial", a, b)
        elif key := _turns().get(token.key):
            yield Word((key,), "turn", a, b)


@cache
def _turns() -> dict[str, str]:
    """What each word that turns a sentence comes to."""
    return {word: each.split()[0] for each in _data()["words"] for word in each.split()}


@cache
def _denials() -> frozenset[str]:
    return frozenset(_data()["denials"].split())


@cache
def _numbers() -> dict[str, str]:
    return {name: str(number) for number, name in enumerate(_data()["numbers"].split())}


@cache
def _data() -> dict[str, Any]:
    text = files("service.verification").joinpath("data/turns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
