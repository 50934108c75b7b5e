"""A quote found again in its source, forgiving space, case, punctuation, dashes and quote marks."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from service.reading.invisible import INVISIBLE, visible

SHORTEST_FUZZY = 24  # below this many characters one changed letter is another word
# A letter, and more of them; what nobody sees may stand between, and what was asked has it not.
_LETTERS = rf"[^\W\d_](?:[{INVISIBLE}]*[^\W\d_])*"
_TOKEN = re.compile(rf"\d+(?:[.,/]\d+)*|{_LETTERS}(?:['’]{_LETTERS})*")
LONGEST = 2_000  # a longer quote is no quote; fuzzy search costs quote x text


@dataclass(frozen=True)
class Match:
    """Where a quote stands in a text. `score` is 1.0 when only spelling of the page differs."""

    start: int
    end: int
    score: float


def find(quote: str, text: str) -> Match | None:
    """The first place where the quote's words and numbers stand in the text, in order.

    Letter case, space and punctuation may differ, words and numbers may not: "50 mg" is
    never found in "100 mg", "5.0" never in "50".
    """
    if not quote.strip():
        return None
    exact = text.find(quote)
    if exact >= 0:
        return Match(exact, exact + len(quote), 1.0)
    wanted = [word for word, _, _ in _tokens(quote)] if len(quote) <= LONGEST else []
    held = _tokens(text)
    for at in range(len(held) - len(wanted) + 1):
        if wanted and all(held[at + n][0] == word for n, word in enumerate(wanted)):
            return Match(held[at][1], held[at + len(wanted) - 1][2], 1.0)
    return None


def nearest(quote: str, text: str, *, at_least: float = 0.9) -> Match | None:
    """The place in the text that reads most like the quote, if its likeness is `at_least`."""
    if exact := find(quote, text):
        return exact
    if not SHORTEST_FUZZY <= len(quote) <= LONGEST:
        return None
    best = fuzz.partial_ratio_alignment(quote.lower(), text.lower(), score_cutoff=at_least * 100)
    if best is None or best.dest_end <= best.dest_start:
        return None
    return Match(best.dest_start, best.dest_end, best.score / 100)


def has_words(wanted: str, text: str) -> bool:
    """Does the text have every word and number that is wanted, in whatever order?"""
    return {word for word, _, _ in _tokens(wanted)} <= {word for word, _, _ in _tokens(text)}


@lru_cache(maxsize=64)
def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Words and whole numbers with their places; casefolded."""
    return [(visible(m[0]).casefold().replace("’", "'"), *m.span()) for m in _TOKEN.finditer(text)]
