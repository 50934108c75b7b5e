"""Which statements of the sections there is room for, each thing told once."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from service.drafting.telling import glue
from service.drafting.words import count_words
from service.reading.lexicon import stem, tokens
from service.summary.document import Citation, Section, Statement

# What a type is for: the first of so many of its sections, the second of so many.
AHEAD = (3, 1)
ALIKE = 0.6  # of the words of the shorter of two: then the second tells nothing more
FEW = 4  # telling words
JOINING = 2  # characters of a word that only joins
_DATED = re.compile(r" \(\d{4}[^()]*\)$")


class Candidate(NamedTuple):
    """A statement at its place in what the writer gave: the section's number, and its own; below
    0 what is owed, which is told before all others."""

    section: int
    nth: int
    statement: Statement
    is_grave: bool = False

    @property
    def turn(self) -> tuple[int, int, int]:
        """What nobody may sign without; what the type is for, as its prompt lists it first; what is
        owed besides; then the first of each section before the second of any."""
        if self.nth < 0 and self.is_grave:
            return 0, self.nth, 0
        if 0 <= self.nth < len(AHEAD) and self.section < AHEAD[self.nth]:
            return 1, self.nth, self.section
        return (2, self.nth, 0) if self.nth < 0 else (3, self.nth, self.section)


def fitted(
    sections: Sequence[Section],
    told: Iterable[Statement],
    words: int,
    *,
    owed: Sequence[Candidate] = (),
    tables: Collection[str] = (),
) -> tuple[list[Section], list[Candidate]]:
    """The sections with what fits in so many words, titles included, and what was left out. The
    rows of `tables` (keys of sections) cost none.

    What `told` or an earlier statement tells already is left out without being counted.
    """
    stated = list(told)
    known = [_words(item.body) for each in stated for item in glue.items(each.text)]
    lines = [_words(each.text) for each in stated]
    kept: list[Candidate] = []
    left: list[Candidate] = []
    begun: set[int] = set()
    for each in sorted((*owed, *_candidates(sections)), key=lambda c: c.turn):
        own = _words(each.statement.text)
        # what nobody may sign without is told, though its words stand here and there in a line
        if any(_is_alike(own, other) for other in (known if each.is_grave else known + lines)):
            continue
        is_row = sections[each.section].key in tables
        title = 0 if each.section in begun else count_words(sections[each.section].title)
        cost = 0 if is_row else title + count_words(each.statement.text)
        if cost > words:
            left.append(each)
            continue
        words -= cost
        begun.add(each.section)
        known.append(own)
        kept.append(each)
    return list(_kept(sections, kept)), left


def _candidates(sections: Sequence[Section]) -> Iterator[Candidate]:
    for number, section in enumerate(sections):
        for nth, statement in enumerate(section.statements):
            yield Candidate(number, nth, statement)


def _kept(sections: Sequence[Section], kept: Sequence[Candidate]) -> Iterator[Section]:
    for number, section in enumerate(sections):
        held = sorted((c for c in kept if c.section == number), key=lambda c: c.nth)
        yield Section(section.key, section.title, tuple(c.statement for c in held))


@lru_cache(maxsize=4_096)  # a document is tried again and again until it fits
def _words(text: str) -> frozenset[str]:
    """The telling ones by their stems: no day behind it, nothing that only joins."""
    keys = (token.key for token in tokens(_DATED.sub("", text)))
    return frozenset(stem(key) for key in keys if len(key) > JOINING or key.isdigit())


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Of the shorter most words stand in the other; of a very short one all."""
    shorter = min(len(one), len(other))
    return bool(shorter) and len(one & other) >= (shorter if shorter < FEW else ALIKE * shorter)


def cited(left: Iterable[Candidate]) -> list[Citation]:
    return [citation for each in left for citation in each.statement.citations]
