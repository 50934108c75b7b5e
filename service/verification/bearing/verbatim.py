"""How much of a statement is a source's own words."""

import re
from functools import lru_cache

from service.reading.layout import Stance
from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held

_SAID = re.compile(r"[^\W_]+(?:[.,/'’-][^\W_]+)*|[<>≤≥↑↓%+]")
_PLAIN = (Stance.PLAIN, Stance.YES)  # an item under "Denies:" is not what its words say


def is_verbatim(judged: Judged) -> bool:
    """Are its words those of one unit, case and punctuation aside?"""
    words = plain_words(judged.reading.text)
    return any(_is_plain(unit) and plain_words(unit.text) == words for unit, _ in judged.near)


def copied(judged: Judged) -> float:
    """The share of its words that the unit with most of them has, 0 to 1."""
    words = plain_words(judged.reading.text).split()
    if not words:
        return 0.0
    held = (frozenset(plain_words(unit.text).split()) for unit, _ in judged.near)
    return max((sum(word in each for word in words) / len(words) for each in held), default=0.0)


def _is_plain(held: Held) -> bool:
    return held.source.reading.structure.units[held.number].stance in _PLAIN


@lru_cache(maxsize=8_192)
def plain_words(text: str) -> str:
    """Words, numbers and signs that change a value; nothing that only sets the page."""
    return " ".join(_SAID.findall(text.casefold()))
