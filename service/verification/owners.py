"""Whose word it is where a sentence tells of several: "father MI at 52, brother diabetes"."""

import re
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache

from service.verification.alike import has
from service.verification.lexicon import DRUG, WORD
from service.verification.models import Reason
from service.verification.terms import Reading, Term, is_clinical_term

_BREAK = re.compile(r"[,;\n]|\.(?!\d)|\b(?:but|whereas|while)\b", re.IGNORECASE)
_OWNERS = ("person", DRUG)


def of_another(claim: Reading, held: Reading) -> Iterator[Reason]:
    """Words that the source says of another relative or drug alone, of several that it names."""
    for kind in _OWNERS:
        mine = {t.key for t in claim.terms if t.kind == kind}
        parts = owned(held, kind)
        if len(mine) != 1 or len(parts) < 2 or not (mine <= parts.keys()):
            continue
        (owner,) = mine
        own, shared = parts[owner], parts.get(None, frozenset())
        for term in claim.terms if own else ():
            others = [key for key in parts if key not in (owner, None)]
            if not _may_be_owned(term) or has(term.key, own | shared):
                continue
            if rival := next((o for o in others if has(term.key, parts[o])), None):
                yield Reason(kind, str(owner), str(rival), True)
                break


def said_of_others(claim: Reading, places: Sequence[Reading]) -> Iterator[Reason]:
    """Words that only sentences on another relative or drug have, put together with this one:
    "alendronate caused a rash" from "on alendronate" and "trimethoprim: rash"."""
    for kind in _OWNERS:
        mine = {t.key for t in claim.terms if t.kind == kind}
        for term in claim.terms if len(mine) == 1 else ():
            having = [p for p in places if term.kind == WORD and has(term.key, p.keys)]
            owners = [frozenset(p.scales.get(kind, ())) - {"patient"} for p in having]
            if owners and all(each and not mine & each for each in owners):
                yield Reason(kind, str(*mine), str(next(iter(owners[0]))), True)
                return


def _may_be_owned(term: Term) -> bool:
    return term.kind == WORD and is_clinical_term(term)


@lru_cache(maxsize=8_192)
def owned(reading: Reading, kind: str) -> dict[Hashable, frozenset[Hashable]]:
    """The words of each owner's own part of the text; None has those of parts without owner."""
    found: dict[Hashable, set[Hashable]] = {}
    for part in _parts(reading):
        owners = [t.key for t in part if t.kind == kind]
        words = {t.key for t in part if t.kind != kind}
        for owner in owners or [None]:
            found.setdefault(owner, set()).update(words)
    return {owner: frozenset(words) for owner, words in found.items()}


def _parts(reading: Reading) -> Iterator[Sequence[Term]]:
    at = 0
    for stop in (*(m.start() for m in _BREAK.finditer(reading.text)), len(reading.text)):
        yield [t for t in reading.terms if at <= t.start < stop]
        at = stop
