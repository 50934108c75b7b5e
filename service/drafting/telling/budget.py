"""Which statements of the sections there is room for, each thing told once."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from service.drafting.excerpts import NEGATED
from service.drafting.telling import glue
from service.drafting.words import count_words
from service.reading.assertions import PATIENT, Act, Kind, Polarity
from service.reading.lexicon import stem, tokens
from service.reading.read import read_statement
from service.summary.document import Section, Statement

# What a type is for: the first of so many of its sections, the second of so many.
AHEAD = (3, 1)
ALIKE = 0.6  # of the words of the shorter of two: then the second tells nothing more
FEW = 4  # telling words
JOINING = 2  # characters of a word that only joins
_PLAIN = (Kind.WORD, Kind.PERSON)
_BRACKET = re.compile(r" \([^()]{1,300}\)$")  # its day, its standing
_DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b")


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
    known = [_said(item.body) for each in told for item in glue.items(each.text)]
    kept: list[Candidate] = []
    left: list[Candidate] = []
    begun: set[int] = set()
    for each in sorted((*owed, *_candidates(sections)), key=lambda c: c.turn):
        own = _said(each.statement.text)
        is_row = sections[each.section].key in tables
        if each.statement in [k.statement for k in kept] or (
            not is_row and any(_tells_again(own, other, each) for other in known)
        ):
            continue
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


class Said(NamedTuple):
    """The telling words of a statement by their stems, its numbers, whether it denies, and what
    the reader finds said and done of each thing, and of whom beside the patient."""

    words: frozenset[str]
    numbers: frozenset[str]
    denies: bool
    things: frozenset[tuple[str, Polarity, Act]]
    kin: frozenset[str]


@lru_cache(maxsize=4_096)  # a document is tried again and again until it fits
def _said(text: str) -> Said:
    """No bracket behind it, no dates, nothing that only joins."""
    body = _DATE.sub(" ", _BRACKET.sub("", text))
    keys = [token.key for token in tokens(body)]
    words = frozenset(stem(key) for key in keys if len(key) > JOINING or key.isdigit())
    numbers = frozenset(key for key in keys if any(map(str.isdigit, key)))
    told = [a for a in read_statement(body).assertions if a.concept.kind not in _PLAIN]
    things = frozenset((a.concept.key, a.polarity, a.act) for a in told)
    kin = frozenset(a.subject for a in told) - {PATIENT}
    return Said(words, numbers, bool(NEGATED.search(body)), things, kin)


def _tells_again(own: Said, other: Said, of: Candidate) -> bool:
    """By its facts or by its words; by words alone nothing is that nobody may sign without. Another
    number in the place of one, a denial where the other has none, or another thing done with it,
    may be what matters."""
    is_other = bool(own.numbers - other.numbers) and bool(other.numbers - own.numbers)
    is_told = not of.is_grave or own.things <= other.things
    is_same = _same_facts(own, other) or (is_told and _same_words(own, other))
    return is_same and not (is_other or _says_otherwise(own, other))


def _same_facts(own: Said, other: Said) -> bool:
    """Everything that the reader finds in it the other says too, and a word more is only how."""
    return bool(own.things) and own.things <= other.things and len(own.words - other.words) <= 1


def _same_words(own: Said, other: Said) -> bool:
    """Of the shorter most words stand in the other, of a very short one all."""
    shorter = min(len(own.words), len(other.words))
    enough = shorter if shorter < FEW else ALIKE * shorter
    return bool(shorter) and len(own.words & other.words) >= enough


def _says_otherwise(own: Said, other: Said) -> bool:
    """Of a thing that both tell of; where there is none, by a denial of anything."""
    both = {key for key, _, _ in own.things} & {key for key, _, _ in other.things}
    if not both or own.kin != other.kin:
        return own.denies != other.denies or own.kin != other.kin
    one, two = ([t for t in said.things if t[0] in both] for said in (own, other))
    is_denied = {(k, p) for k, p, _ in one} != {(k, p) for k, p, _ in two}
    done = {(k, act) for k, _, act in one if act is not Act.NONE}
    return is_denied or not done <= {(k, act) for k, _, act in two}
