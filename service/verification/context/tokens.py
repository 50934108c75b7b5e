"""Text as words and signs with their places, contracted negations written as one word."""

import re
from functools import lru_cache
from typing import NamedTuple

_SHORT = r"(?:w/o|r/o|c/o|s/p|h/o|n/a|w/u|f/u|d/c'?d?)(?![^\W_])"
# "+SI", "-HI", "(-) HI" and, behind what they answer, "SI (-)": signs for yes and no.
_SIGN = r"(?:(?<=[\s(,;])|^)(?P<sign>[-−+](?=(?-i:[A-Z]{2,5})\b)|\([-−+]\)(?=\s*[^\W\d_]))"
_BEHIND = r"(?P<behind>\([-−+]\)(?=\s*(?:[,;.\n]|$)))"
_TOKEN = re.compile(
    rf"{_SHORT}|(?:(?<=[\s(])|^)(?P<doubt>\?)(?=[^\W\d_])|{_SIGN}|{_BEHIND}|(?:[a-z]\.){{2,}}[a-z]?(?![^\W_])|\d+(?:[.,/:-]\d+)*|[^\W_]+(?:['’-][^\W_]+)*|\n|[^\w\s]",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]?")  # p.r.n., e.g.
_OWNING = ("'s", "’s")
_CONTRACTED = {"can't": "cannot", "won't": "not", "cant": "cannot"}


class Token(NamedTuple):
    """`key` is what is looked up: lower case, "doesn't" as "not", "?PE" as "query pe",
    "mother's" as "mother", which then `owns`."""

    key: str
    start: int
    end: int
    owns: bool = False

    @property
    def is_word(self) -> bool:
        return self.key[0].isalnum()


@lru_cache(maxsize=16_384)  # a sentence is read once for each question asked of it
def tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        Token(_marked(m) or _key(m[0]), *m.span(), m[0][-2:] in _OWNING)
        for m in _TOKEN.finditer(text)
    )


def _marked(match: re.Match[str]) -> str:
    """The word that a sign stands for."""
    if match["doubt"]:
        return "query"
    if match["behind"]:
        return "answered-yes" if "+" in match["behind"] else "answered-no"
    return ("pos" if "+" in match["sign"] else "neg") if match["sign"] else ""


def _key(word: str) -> str:
    key = word.casefold().replace("’", "'")
    if _DOTTED.fullmatch(key):
        return key.replace(".", "")
    if key.endswith("n't") or key in _CONTRACTED:
        return _CONTRACTED.get(key, "not")
    return key.removesuffix("'s") if len(key) > 2 else key
