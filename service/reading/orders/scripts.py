"""Sentences in another script than the rest of a note: none of the checks can read them."""

import re
from collections.abc import Iterator

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
# Letters that are not Latin, side by side or a space apart; Greek alone is a sign in medicine.
_LETTER = "[\u0400-\u058f\u0590-\u08ff\u0900-\u1dff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN = "[\\s,.;:!?()\"'\u3000-\u303f\uff00-\uff20-]"
_OTHER = re.compile(f"{_LETTER}(?:{_BETWEEN}*{_LETTER})+")
FEWEST_LETTERS, FEWEST_WORDS = 8, 3  # a name, a greeting or a drug's box is shorter
_WITHOUT_SPACES = "\u2e80"  # from here on scripts that put none between words
LATIN_SHARE = 0.5  # in a note that is mostly of another script, that script is its own


def other_script(text: str) -> Iterator[tuple[int, int]]:
    """Where a note in Latin letters holds a sentence in others."""
    if text.isascii():
        return
    latin = sum(len(word) for word in _LATIN.findall(text))
    if latin >= LATIN_SHARE * sum(map(str.isalpha, text)):
        yield from (found.span() for found in _OTHER.finditer(text) if _is_sentence(found[0]))


def _is_sentence(said: str) -> bool:
    has_words = len(said.split()) >= FEWEST_WORDS or said[0] >= _WITHOUT_SPACES
    return has_words and sum(map(str.isalpha, said)) >= FEWEST_LETTERS
