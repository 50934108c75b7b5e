"""Which statements of the sections there is room for, each thing told once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from service.drafting.telling import glue
from service.drafting.telling.again import Said, said, tells_again
from service.drafting.words import count_words
from service.summary.document import Section, Statement

# What a type is for: the first of so many of its sections, the second of so many.
AHEAD = (3, 1)


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


class Fitted(NamedTuple):
    """The sections with what fits; what had no room; what others tell already."""

    sections: list[Section]
    left: list[Candidate]
    again: list[Candidate]


def fitted(
    sections: Sequence[Section],
    told: Iterable[Statement],
    words: int,
    *,
    owed: Sequence[Candidate] = (),
    tables: Collection[str] = (),
) -> Fitted:
    """What fits in so many words, titles included, each thing once. The rows of `tables` (keys of
    sections) cost none."""
    before = [each for statement in told for each in said(statement.text)]
    known = list(before)
    kept: list[Candidate] = []
    left: list[Candidate] = []
    again: list[Candidate] = []
    begun: set[int] = set()
    for each in sorted((*owed, *_candidates(sections)), key=lambda c: c.turn):
        is_row = sections[each.section].key in tables
        if each.statement in [k.statement for k in kept]:
            continue
        if not is_row and _is_again(each, known):
            again.append(each)
            continue
        title = 0 if each.section in begun else count_words(sections[each.section].title)
        cost = 0 if is_row else title + count_words(each.statement.text)
        if cost > words:
            left.append(each)
            continue
        words -= cost
        begun.add(each.section)
        known += said(each.statement.text)
        kept.append(each)
    free = [c for c in kept if sections[c.section].key in tables and glue.is_row(c.statement.text)]
    later = _told_later(kept, before, [c for c in kept if c not in free])
    kept = [each for each in kept if each not in later]
    return Fitted(list(_kept(sections, kept)), left, again + later)


def _is_again(each: Candidate, known: Sequence[Said]) -> bool:
    return all(tells_again(item, known) for item in said(each.statement.text))


def _told_later(
    kept: Sequence[Candidate], before: Sequence[Said], some: Sequence[Candidate]
) -> list[Candidate]:
    """Those of `some` that what was chosen after them tells with more."""
    found: list[Candidate] = []
    for each in reversed(some):
        stand = [other for other in kept if other is not each and other not in found]
        others = [item for other in stand for item in said(other.statement.text)]
        if not each.is_grave and _is_again(each, [*before, *others]):
            found.append(each)
    return found


def _candidates(sections: Sequence[Section]) -> Iterator[Candidate]:
    for number, section in enumerate(sections):
        for nth, statement in enumerate(section.statements):
            yield Candidate(number, nth, statement)


def _kept(sections: Sequence[Section], kept: Sequence[Candidate]) -> Iterator[Section]:
    for number, section in enumerate(sections):
        held = sorted((c for c in kept if c.section == number), key=lambda c: c.nth)
        yield Section(section.key, section.title, tuple(c.statement for c in held))
