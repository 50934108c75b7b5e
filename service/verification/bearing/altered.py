"""What was changed in a statement that is nearly a source's own words.

A copy with one thing in another's place reads well and is the commonest error of a hand that
copies. It is found by laying the two beside each other, things by what they are and between them
numbers and words that turn what is said (data/turns.toml).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held, stands_in
from service.verification.bearing.words import (
    Word,
    compared_turns,
    days_of,
    header_of,
    statuses,
    understood,
    words_in,
    words_of,
)

KINDS = ("name", "number", "denial", "turn", "word")
LOOKED_AT = 3  # units with most of the statement's words


class Change(NamedTuple):
    """`said` stands in the statement where the source has `source`; "" where it has nothing."""

    kind: str
    said: str
    source: str

    def is_error(self, *, is_strict: bool) -> bool:
        """Another name or number in a copy, or its denial lost; beside what is cited (`is_strict`)
        also another turn, or a denial more, which elsewhere a heading or a box may say."""
        if self.kind in ("denial", "turn"):
            return is_strict or self.is_lost_denial
        return self.kind != "word"

    @property
    def is_lost_denial(self) -> bool:
        return self.kind == "denial" and not self.said

    @property
    def is_told_as_read(self) -> bool:
        """May it be another word for what is read as the same?"""
        told = {self.said.casefold(), self.source.casefold()} - {""}
        return self.kind == "turn" and told <= compared_turns()

    @property
    def is_of_status(self) -> bool:
        """Another standing of the thing: "active" for "stopped"."""
        return {self.said.casefold(), self.source.casefold()} <= statuses()


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
    words = words_in(text, judged.reading.assertions, 0, len(text))
    units = [unit for unit, _ in judged.near] if words else []
    also = [word for unit in units for word in words_of(unit)] if together else []
    laid = [_Laid.out(text, words, unit, also) for unit in units[:LOOKED_AT]]
    found = [(each.own, each.share, each.altered()) for each in laid]
    best = max(found, key=lambda f: (*f[:2], -len(f[2].changes)), default=(0.0, 0.0, NOTHING))
    return best[2]


class _Laid(NamedTuple):
    """A statement beside one unit. `said` and `held`: the keys of the words of both, as the unit
    has them; `known`: all that stands there; `own` and `share`: of the statement's words those that
    the unit has itself, and those that are known."""

    text: str
    words: Sequence[Word]
    unit: Held
    theirs: Sequence[Word]
    said: Sequence[str]
    held: Sequence[str]
    known: set[str]
    own: float
    share: float

    @classmethod
    def out(cls, text: str, words: Sequence[Word], unit: Held, also: Sequence[Word]) -> "_Laid":
        theirs = words_of(unit)
        beside = (*theirs, *header_of(unit), *days_of(unit))
        said = [_named(word, (*beside, *also)) for word in words]
        known, mine = _keys((*beside, *also)), _keys(beside)
        own, share = (sum(each in keys for each in said) for keys in (mine, known))
        held = [word.keys[0] for word in theirs]
        count = len(words)
        return cls(text, words, unit, theirs, said, held, known, own / count, share / count)

    def altered(self) -> Altered:
        match = SequenceMatcher(None, self.said, self.held, autojunk=False)
        places = [place for place in match.get_opcodes() if place[0] != "equal"]
        changes = (change for place in places for change in self._changed(*place))
        return Altered(self.share, tuple(changes), self.unit)

    def _changed(self, how: str, a: int, b: int, c: int, d: int) -> Iterator[Change]:
        own = {*self.said, *_keys(self.words)}
        mine = [self.words[n] for n in range(a, b) if self._is_new(n)]
        other = [word for word in self.theirs[c:d] if own.isdisjoint(word.keys)]
        other = [word for word in other if mine or not self._is_understood(word)]
        if how == "insert" and self._is_listed(a):
            other += self._denials(self.theirs[c:d], self.held, self.said)
        elif how == "delete":
            mine += self._denials(self.words[a:b], self.said, self.held)
        elif not mine:
            mine = self._moved(a, b, other)
        is_before = b < len(self.words) and d < len(self.theirs)
        turns = (*(("denial",) * is_before), *(("turn",) * (is_before and min(a, c) > 0)))
        yield from _changes(self.text, mine, self.unit.source.text, other, turns)

    def _is_new(self, at: int) -> bool:
        word = self.words[at]
        is_known = self.said[at] in self.known
        return not is_known and not stands_in(self.text[word.start : word.end], self.unit)

    def _is_listed(self, at: int) -> bool:
        """Behind a comma alone: "no fever, chills" for "no fever, no chills" may be read as chills,
        "no fever or chills" may not."""
        if not 0 < at < len(self.words):
            return False
        return self.text[self.words[at - 1].end : self.words[at].start].strip() in (",", ";")

    def _is_understood(self, word: Word) -> bool:
        """An entry's "(active, 2026-09-17)": whoever tells of it says so too."""
        text = self.unit.source.text
        is_led = text[max(0, word.start - 1) : word.start] == "("
        return is_led and text[word.start : word.end] in understood()

    def _denials(
        self, words: Sequence[Word], here: Sequence[str], there: Sequence[str]
    ) -> list[Word]:
        """Those that one side has more of, whatever else it denies."""
        return [w for w in words if w.kind == "denial" and here.count("no") > there.count("no")]

    def _moved(self, a: int, b: int, other: Sequence[Word]) -> list[Word]:
        """A number of the unit once too often, in the place of another one of it."""
        if self.own < 1 or all(word.kind != "number" for word in other):
            return []
        more = Counter(self.said) - Counter(self.held)
        places = (n for n in range(a, b) if self.words[n].kind == "number")
        return [self.words[n] for n in places if more[self.said[n]] > 0]


def _keys(words: Iterable[Word]) -> set[str]:
    return {key for word in words for key in word.keys}


def _named(word: Word, theirs: Sequence[Word]) -> str:
    """As the source names it, where that says the same or more."""
    mine = word.keys if word.kind in ("number", "turn") else word.keys[:1]
    if any(each.keys[0] == mine[0] for each in theirs):
        return mine[0]
    same = (each.keys[0] for each in theirs if not set(mine).isdisjoint(each.keys))
    return next(same, mine[0])


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
