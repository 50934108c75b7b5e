"""What stands in a source where a statement has another word: terms between the same neighbours."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from service.verification.lexicon import PLAIN
from service.verification.terms import Term

LONGER = 3  # terms


@dataclass(frozen=True)
class Run:
    """Neighbouring terms that the other text does not have, with those on both sides that it
    has (None at an end of the text)."""

    terms: tuple[Term, ...]
    before: Term | None
    after: Term | None

    def said(self, text: str) -> str:
        return text[self.terms[0].start : self.terms[-1].end]


def runs(terms: Sequence[Term], is_held: Callable[[Term], bool]) -> list[Run]:
    """The runs of terms that are not held, plain ones at their ends left off."""
    return list(_runs(terms, [is_held(term) for term in terms]))


def _runs(terms: Sequence[Term], held: list[bool]) -> Iterator[Run]:
    for is_same, places in groupby(range(len(terms)), key=lambda at: held[at]):
        if is_same:
            continue
        at = list(places)
        before = terms[at[0] - 1] if at[0] else None
        after = terms[at[-1] + 1] if at[-1] + 1 < len(terms) else None
        kept = _without_plain([terms[n] for n in at])
        if kept:
            yield Run(tuple(kept), before, after)


def _without_plain(terms: list[Term]) -> list[Term]:
    while terms and terms[0].kind == PLAIN:
        terms = terms[1:]
    while terms and terms[-1].kind == PLAIN:
        terms = terms[:-1]
    return terms


def same_slot(run: Run, others: Sequence[Run], *, at_an_end: bool) -> Run | None:
    """The other text's run in the same place: both neighbours the same or, where `at_an_end`
    counts too, one and an end."""
    for other in others:
        same = (_same(run.before, other.before), _same(run.after, other.after))
        if len(other.terms) > len(run.terms) + LONGER:
            continue  # a word does not stand for half a sentence
        if all(same) or (at_an_end and any(same) and False not in same):
            return other
    return None


def _same(one: Term | None, other: Term | None) -> bool | None:
    """None where one of the two is an end of its text: that neither speaks for nor against."""
    if one is None or other is None:
        return None
    return one.key == other.key
