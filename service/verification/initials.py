"""Capitals and the words they stand for, where no list has them: FNA, fine-needle aspiration."""

import re
from functools import lru_cache

from service.verification.words import expansion

_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,5}(?![\w-])")
_WORD = re.compile(r"[^\W\d_]+")
_SKIPPED = frozenset({"of", "and", "the", "for", "in", "to"})


@lru_cache(maxsize=4_096)
def spelled(text: str, other: str) -> tuple[tuple[int, int], ...]:
    """Where the text spells out capitals of the other, or has capitals that the other spells."""
    written = [span for short in _capitals(other) for span in _spelling(short, text)]
    short = [
        span
        for short in _capitals(text)
        if _spelling(short, other)
        for span in (m.span() for m in re.finditer(rf"\b{short}\b", text))
    ]
    return (*written, *short)


def _capitals(text: str) -> set[str]:
    return {match[0] for match in _CAPITALS.finditer(text) if expansion(match[0]) is None}


def _spelling(short: str, text: str) -> list[tuple[int, int]]:
    """Runs of words with these first letters, small words between them left out."""
    words = [m for m in _WORD.finditer(text) if m[0].casefold() not in _SKIPPED]
    letters = "".join(word[0][0].casefold() for word in words)
    wide = [at for at in range(len(letters)) if letters.startswith(short.casefold(), at)]
    return [(words[at].start(), words[at + len(short) - 1].end()) for at in wide]
