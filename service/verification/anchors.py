"""What a value belongs to: a dose to its drug, a score to its instrument, a side to its organ."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from service.verification.lexicon import DRUG, NAME, WORD
from service.verification.terms import Reading, Term

_CLAUSE_END = re.compile(r"[;\n]|\.(?!\d)")
_TO_DRUGS = frozenset({"dose", "frequency", "status"})
_AHEAD = frozenset({"side", "severity", "acuity"})  # "left knee", "severe headache"
ABOUT = frozenset({"level", "status", "course", "quality", "result"})  # said of what stands beside
_SPANS_OF_TIME = frozenset({"hours", "days", "months", "age"})


@dataclass(frozen=True)
class Bond:
    """A term and the key of what it belongs to."""

    term: Term
    anchor: Hashable


def bonds(reading: Reading) -> list[Bond]:
    """Every value, side, severity and change of a text with what it is said of."""
    terms = reading.terms
    found = (
        (term, _anchor(terms, at, reading.text)) for at, term in enumerate(terms) if _is_bound(term)
    )
    dated = (
        (term, after)
        for term, after in pairwise(terms)
        if term.kind in ("number", "dose") and after.kind == "date"
    )
    return [Bond(term, anchor.key) for term, anchor in (*found, *dated) if anchor is not None]


def _is_bound(term: Term) -> bool:
    if term.kind == "number":
        return not (isinstance(term.key, tuple) and term.key[0] in _SPANS_OF_TIME)
    return term.kind in _TO_DRUGS or term.kind in _AHEAD or term.kind == "sequence"


def _anchor(terms: Sequence[Term], at: int, text: str) -> Term | None:
    """The nearest drug for what drugs have; else the word ahead or behind, in the same clause."""
    if terms[at].kind == "sequence":  # "since 2024-03-02", "after discharge"
        return terms[at + 1] if at + 1 < len(terms) else None
    if terms[at].kind in _TO_DRUGS:
        return _nearest_drug(terms, at, text)
    ways = (_walk(terms, at, -1, text), _walk(terms, at, 1, text))
    if terms[at].kind in _AHEAD:
        return next(ways[1], None)
    return next(ways[0], None)


def beside(reading: Reading, term: Term) -> frozenset[Hashable]:
    """What the term may be said of: the drug of a status, else the words beside it in its
    clause."""
    at = reading.terms.index(term)
    if term.kind in _TO_DRUGS and (drug := _nearest_drug(reading.terms, at, reading.text)):
        return frozenset({drug.key})
    ways = (_walk(reading.terms, at, step, reading.text) for step in (-1, 1))
    return frozenset(each.key for way in ways for each in islice(way, 2))


def _nearest_drug(terms: Sequence[Term], at: int, text: str) -> Term | None:
    """A dose stands behind its drug; "stopped" before or behind."""
    behind = next((t for t in _walk(terms, at, -1, text) if t.kind == DRUG), None)
    ahead = next((t for t in _walk(terms, at, 1, text) if t.kind == DRUG), None)
    if ahead is not None and text[terms[at].end : ahead.start] in (" ", " of "):
        is_after_its_own = behind is not None and text[behind.end : terms[at].start] == " "
        return behind if is_after_its_own else ahead  # "5 mg haloperidol and 2 mg lorazepam"
    if behind is None or ahead is None or terms[at].kind != "status":
        return behind or ahead
    apart = text[behind.end : terms[at].start], text[terms[at].end : ahead.start]
    is_behind = (apart[0].count(","), len(apart[0])) < (apart[1].count(","), len(apart[1]))
    return behind if is_behind else ahead


def _walk(terms: Sequence[Term], at: int, step: int, text: str) -> Iterator[Term]:
    """The words and drugs on one side, nearest first, up to the clause's end."""
    here = at + step
    while 0 <= here < len(terms):
        between = sorted((terms[here], terms[at]), key=lambda term: term.start)
        if _CLAUSE_END.search(text, between[0].end, between[1].start):
            return
        if terms[here].kind in (WORD, NAME, DRUG):
            yield terms[here]
        here += step
