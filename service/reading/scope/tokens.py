"""A phrase as words and signs with their places, contracted negations written as one word."""

import re
from functools import lru_cache
from typing import NamedTuple

_SHORT = r"(?:w/(?=\s)|w/o|r/o|c/o|s/p|h/o|n/a|w/u|f/u|b/c|d/t|d/c'?d?)(?![^\W_])"
# "+SI", "-HI", "(-) HI" and, behind what they answer, "SI (-)", "SI-/HI+": signs for yes and no.
_SIGN = (
    r"(?:(?<=[\s(,;/])|^)(?P<sign>[-−+](?=(?-i:[A-Z]{2,5})\b)|-ve(?!\w)|\+ve(?!\w)"
    r"|\([-−+]\)(?=\s?[^\W\d_]))"
)
_BEHIND = (
    r"(?P<behind>\([-−+]\)(?=\s?(?:[,;.\n]|$))"
    r"|(?<=(?-i:[A-Z]{2}))[-−+](?=\s?(?:[,;./\n]|$))"
    r"|(?<=[^\W\d_] )[-−+](?=\s?(?:[,;]|$)))"  # "mania -, psychosis +"
)
_DOUBT = r"(?:(?<=[\s(:/])|^)(?P<doubt>\?)(?=\s?[^\W\d_])"
_WORD = (
    r"(?:[a-z]\.){2,}[a-z]?(?![^\W_])|\d+(?:[.,/:-]\d+)*"
    r"|[^\W_]+(?:['’-]+[^\W_]+)*|->|\n|[^\w\s]"
)
_TOKEN = re.compile(f"{_SHORT}|{_DOUBT}|{_SIGN}|{_BEHIND}|{_WORD}", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]?")  # p.r.n., e.g.
_CONTRACTED = {
    "can't": "cannot",
    "won't": "not",
    "cant": "cannot",
    "dont": "not",
    "doesnt": "not",
    "w/": "with",
}
_NUMBERS = frozenset(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
_FEW = frozenset(("eleven", "twelve", "several", "few", "couple"))
_MIXED = frozenset("'’.")
_MOJIBAKE = "â€™"  # an apostrophe of a note decoded twice


class Token(NamedTuple):
    """`key` is what is looked up: lower case, "doesn't" as "not", "?PE" as "query pe", "mother's"
    as "mother", which then `owns`. `mark` is the key, with "#" for every number."""

    key: str
    start: int
    end: int
    owns: bool
    mark: str


def tokens(text: str) -> list[Token]:
    mended = text.replace(_MOJIBAKE, "’’’")  # of the same length
    return [_token(match) for match in _TOKEN.finditer(mended)]


def _token(match: re.Match[str]) -> Token:
    key, owns, mark = _read(match[0], match.lastgroup or "")
    return Token(key, match.start(), match.end(), owns, mark)


@lru_cache(maxsize=32_768)
def _read(word: str, group: str) -> tuple[str, bool, str]:
    key = _signed(word, group) if group else _plain(word)
    is_number = key[0].isdecimal() or key in _NUMBERS or key in _FEW
    return key, word[-2:] in ("'s", "’s"), "#" if is_number else key


def _signed(word: str, group: str) -> str:
    """The word that a sign stands for."""
    if group == "doubt":
        return "query"
    if group == "behind":
        return "answered-yes" if "+" in word else "answered-no"
    return "pos" if "+" in word else "neg"


def _plain(word: str) -> str:
    key = word.casefold()
    if _MIXED.isdisjoint(key):
        return _CONTRACTED.get(key, key)
    key = key.replace("’’’", "'").replace("’", "'")
    if _DOTTED.fullmatch(key):
        return key.replace(".", "")
    if key.endswith("n't") or key in _CONTRACTED:
        return _CONTRACTED.get(key, "not")
    return key.removesuffix("'s") if len(key) > 2 else key
