"""Which statements of the sections there is room for, each thing told once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.drafting.telling import glue
from service.summary.document import Citation, Section, Statement

FOR_THESE, AHEAD = 3, 2  # sections that a type is for; statements that they may have before others
ALIKE = 0.6  # of the words of the shorter of two: then the second tells nothing more
_WORD = re.compile(r"[^\W_]+(?:[.,/-][^\W_]+)*")


class Candidate(NamedTuple):
    """A statement at its place in what the writer gave: the section's number, and its own."""

    section: int
    nth: int
    statement: Statement

    @property
    def turn(self) -> tuple[int, int]:
        """The first of each section before the second of any; of those that the type is for, as
        its prompt lists them first, more."""
        ahead = AHEAD if self.section < FOR_THESE else 0
        return max(0, self.nth - ahead), self.section


def fitted(
    sections: Sequence[Section], told: Iterable[Statement], words: int
) -> tuple[list[Section], list[Candidate]]:
    """The sections with what fits in so many words, titles included, and what was left out.

    What `told` or an earlier statement tells already is left out without being counted.
    """
    known = [_words(item.body) for each in told for item in glue.items(each.text)]
    kept: set[tuple[int, int]] = set()
    left: list[Candidate] = []
    begun: set[int] = set()
    for each in sorted(_candidates(sections), key=lambda c: c.turn):
        own = _words(each.statement.text)
        if any(_is_alike(own, other) for other in known):
            continue
        title = 0 if each.section in begun else len(sections[each.section].title.split())
        cost = title + len(each.statement.text.split()) + 1
        if cost > words:
            left.append(each)
            continue
        words -= cost
        begun.add(each.section)
        known.append(own)
        kept.add((each.section, each.nth))
    return list(_kept(sections, kept)), left


def _candidates(sections: Sequence[Section]) -> Iterator[Candidate]:
    for number, section in enumerate(sections):
        for nth, statement in enumerate(section.statements):
            yield Candidate(number, nth, statement)


def _kept(sections: Sequence[Section], kept: set[tuple[int, int]]) -> Iterator[Section]:
    for number, section in enumerate(sections):
        held = [s for nth, s in enumerate(section.statements) if (number, nth) in kept]
        yield Section(section.key, section.title, tuple(held))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter = min(len(one), len(other))
    return bool(shorter) and len(one & other) >= ALIKE * shorter


def cited(left: Iterable[Candidate]) -> list[Citation]:
    return [citation for each in left for citation in each.statement.citations]
