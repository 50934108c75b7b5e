"""How much of a statement is a source's own words."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from service.reading.layout import Stance
from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held

_SAID = re.compile(r"[^\W_]+(?:[.,/'’-][^\W_]+)*|[<>≤≥↑↓%+]")
PLAIN = (Stance.PLAIN, Stance.YES)  # an item under "Denies:" is not what its words say
DENIALS = "no|not|never|without|w/o|deny|denies|denied|denying"  # that stand before what they deny
LOOKED_AT = 3  # units with most of the statement's words


def is_verbatim(judged: Judged) -> bool:
    """Are its words those of one unit, case and punctuation aside?"""
    words = plain_words(judged.reading.text)
    return any(_is_plain(unit) and plain_words(unit.text) == words for unit, _ in judged.near)


def copied(judged: Judged) -> float:
    """How much it is a copy of one unit, or of a piece of one, 0 to 1: its words in their order
    without others between them, or nearly all of the unit's words in another order."""
    said = plain_words(judged.reading.text).split()
    units = [plain_words(unit.text).split() for unit, _ in judged.near[:LOOKED_AT]]
    return max((max(_in_order(said, u), _in_all(said, u)) for u in units if u and said), default=0)


def is_robbed(judged: Judged) -> bool:
    """Are its words those that stand in a unit right behind a denial: "change in meds" of "no
    change in meds"?"""
    words = plain_words(judged.reading.text)
    denied = re.compile(rf"(?:^|\s)(?:{DENIALS}) (?:(?:any|a|an|the) )?{re.escape(words)}(?:\s|$)")
    return bool(words) and any(
        denied.search(plain_words(unit.text)) for unit, _ in judged.near[:LOOKED_AT]
    )


def _in_order(said: Sequence[str], held: Sequence[str]) -> float:
    blocks = SequenceMatcher(None, said, held, autojunk=False).get_matching_blocks()
    found = [each for each in blocks if each.size]
    if not found:
        return 0.0
    matched = sum(each.size for each in found)
    reach = found[-1].b + found[-1].size - found[0].b
    return matched / len(said) * min(1.0, matched / reach)


def likeness(one: str, other: str) -> float:
    """How nearly the two have the same words, in whatever order, 0 to 1."""
    both = [plain_words(each).split() for each in (one, other)]
    return _in_all(*both) if all(both) else 0.0


def _in_all(said: Sequence[str], held: Sequence[str]) -> float:
    shared = (Counter(said) & Counter(held)).total()
    return shared / len(said) * shared / len(held)


def _is_plain(held: Held) -> bool:
    return held.source.reading.structure.units[held.number].stance in PLAIN


@lru_cache(maxsize=8_192)
def plain_words(text: str) -> str:
    """Words, numbers and signs that change a value; nothing that only sets the page."""
    return " ".join(_SAID.findall(text.casefold()))
