"""Word lists from configuration as one compiled pattern."""

import re
from collections.abc import Iterable
from functools import lru_cache

SHORT = 3  # "si" and "hi" must not be found in "sister" and "high"


def matcher(words: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all words, each at a word's start; short ones as whole words only."""
    return _compile(tuple(words))


def mentions(text: str, words: Iterable[str]) -> bool:
    """Is any of the words in the text, letter case aside?"""
    pattern = matcher(words)
    return bool(pattern and pattern.search(text))


@lru_cache(maxsize=512)
def _compile(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile("|".join(_one(word) for word in words), re.IGNORECASE)


def _one(word: str) -> str:
    start = r"(?<!\w)" if word[:1].isalnum() else ""
    end = r"(?!\w)" if len(word) <= SHORT and word[-1:].isalnum() else ""
    return start + re.escape(word) + end


def count_words(text: str) -> int:
    """As a reader counts them: a mark between two is none."""
    return sum(any(map(str.isalnum, each)) for each in text.split())
