"""Text as words and signs with their places."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from service.reading.lexicon.lists import load

# "w/o", "c/o", "n/v/d", "d/c'd": letters with a slash are one word; "SI/HI" is two.
_SLASHED = r"w/(?:out|o|u)?(?![^\W_])|[a-z](?:/[a-z]){1,2}(?:'?d)?(?![^\W_])(?!/)"
# "+SI", "-HI", "(-) HI" and, behind what they answer, "SI (-)": signs for yes and no.
_SIGN = r"(?:(?<=[\s(,;])|^)(?P<sign>[-−+](?=(?-i:[A-Z]{2,5})\b)|\([-−+]\)(?=\s*[^\W\d_]))"
_BEHIND = r"(?P<behind>\([-−+]\)(?=\s*(?:[,;.\n]|$)))"
_DOUBT = r"(?:(?<=[\s(])|^)(?P<doubt>\?)(?=[^\W\d_])"
# "re-started" is "restarted"; "self-harm" and "non-tender" are two words, as "self harm" is.
_JOINED = r"(?P<joined>(?:re|co|pre|de|un|anti|mis|inter|hyper|hypo|intra|neuro|psycho|sub)-[a-z]+)"
_DOTS = r"(?:[a-z]\.){2,}[a-z]?(?![^\W_])"  # p.r.n., e.g.
_NUMBER = r"(?:(?<![\w.])\.)?\d+(?:[.,/:]\d+)*"
_WORD = r"[^\W\d_][^\W_]*(?:['’][^\W_]+)*|[^\w\s]"
_COUNT = r"(?<![^\W_])x(?=\d)"  # "x3"
_TOKEN = re.compile(
    rf"{_COUNT}|{_SLASHED}|{_DOUBT}|{_SIGN}|{_BEHIND}|{_DOTS}|{_JOINED}|{_NUMBER}|{_WORD}",
    re.IGNORECASE,
)
# For texts without a sign that any of the others needs: most of them, in a third of the time.
_SIMPLE = re.compile(rf"(?<!\w)[xX](?=\d)|{_NUMBER}|\w+(?:['’]\w+)*|[^\w\s]")
_NEEDS_MORE = re.compile(r"[/?+−(_-]|\.[^\W\d_]")
_OWNING = ("'s", "’s", "s'", "s’")
_CONTRACTED = {
    "can't": "cannot",
    "cant": "cannot",
    "won't": "not",
    "dont": "not",
    "doesnt": "not",
    "didnt": "not",
    "isnt": "not",
    "wont": "not",
}
_ENDINGS = ("m", "re", "ve", "ll", "d")
_HYPHENS = "-‐‑–—−"


class Token(NamedTuple):
    """`text[start:end]`. `key` is what is looked up: lower case, "doesn't" as "not", "?PE" as
    "query pe", "mother's" as "mother", which then `owns`; "+SI" as "pos si", "SI (-)" as "si
    answered-no"; "afebrile" as "non fever"; "50mg" as "50 mg". `joins` is set where a hyphen ties
    it to the word before."""

    key: str
    start: int
    end: int
    owns: bool = False
    joins: bool = False

    @property
    def is_word(self) -> bool:
        return self.key[0].isalnum()


_new = tuple.__new__  # a third of the time of Token(): there is one for each word of a chart


@lru_cache(maxsize=4_096)  # a sentence is read once for each question asked of it
def tokens(text: str) -> tuple[Token, ...]:
    """Words and signs in order; a hyphen inside a word is no sign."""
    found: list[Token] = []
    if not _NEEDS_MORE.search(text):
        return tuple(_plain(text))
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match[0] in _HYPHENS and _is_inner(text, start, end):
            continue
        joins = start > 0 and text[start - 1] in _HYPHENS and _is_inner(text, start - 1, start)
        key = _marked(match) or _key(match[0])
        if key in _negated():
            found += _denied(key, start, end)
        else:
            found.append(Token(key, start, end, match[0][-2:] in _OWNING, joins))
    return tuple(found)


def _plain(text: str) -> Iterator[Token]:
    """The words of a text without a sign between letters."""
    negated = _negated()
    for match in _SIMPLE.finditer(text):
        word, (start, end) = match[0], match.span()
        key = _key(word)
        if key in negated:
            yield from _denied(key, start, end)
        else:
            yield _new(Token, (key, start, end, word[-2:] in _OWNING, False))


def _denied(key: str, start: int, end: int) -> list[Token]:
    """ "Afebrile" as "non fever"."""
    denied = [Token(word, start + 1, end) for word in _negated()[key].split()]
    return [Token("non", start, start + 1), *denied]


@cache
def _negated() -> dict[str, str]:
    """What each word whose beginning denies denies."""
    return dict(load("forms.toml")["negated"])


def _is_inner(text: str, start: int, end: int) -> bool:
    """Does this hyphen stand between two letters or digits?"""
    return start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()


def _marked(match: re.Match[str]) -> str:
    """The word that a sign stands for."""
    if match["doubt"]:
        return "query"
    if match["behind"]:
        return "answered-yes" if "+" in match["behind"] else "answered-no"
    if match["joined"]:
        return match["joined"].casefold().replace("-", "")
    return ("pos" if "+" in match["sign"] else "neg") if match["sign"] else ""


def _key(word: str) -> str:
    key = word.casefold()
    if key.isalpha():
        return _CONTRACTED.get(key, key)
    key = key.replace("’", "'")
    if key[0] == ".":
        return "0" + key if len(key) > 1 else key
    if "." in key and key[0].isalpha():
        return key.replace(".", "")
    if key.endswith("n't"):
        return _CONTRACTED.get(key, "not")
    head, _, ending = key.partition("'")
    if ending in _ENDINGS and head:
        return head  # "I'm", "you've"
    return key.removesuffix("'s") if len(key) > 2 else key
