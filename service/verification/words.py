"""Words compared for what they mean: abbreviations written out, one spelling, endings taken off."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.terms.lists import NAMES, terms

DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\W\d_]+-?\d+")
_PIECE = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*(?:/[^\W_]+(?:['’-][^\W_]+)*)*/?")
_SAID = re.compile(r"[^\W_]+(?:[.,/'’-][^\W_]+)*|[<>≤≥↑↓%+]")
_ENDING = re.compile(r"(?:ations?|ings?|edly|ed|es|s|ly|al|ity|ness|ment|ion|ic|ive|y|e)$")
_BRITISH = (
    (re.compile("aem"), "em"),
    (re.compile("oed(?=e)"), "ed"),
    (re.compile("rrhoea"), "rrhea"),
    (re.compile("oesoph"), "esoph"),
    (re.compile("oest"), "est"),
    (re.compile("paed"), "ped"),
    (re.compile("gynae"), "gyne"),
    (re.compile("anaes"), "anes"),
    (re.compile("faec"), "fec"),
    (re.compile("caes"), "ces"),
    (re.compile("foet"), "fet"),
    (re.compile("ulph"), "ulf"),
    (re.compile("(?<=[a-z]{3})our"), "or"),
    (re.compile("ys(?=e|ing)"), "yz"),
    (re.compile("(?<=[a-z]{3})is(?=(?:e[ds]?|ing|ations?)$)"), "iz"),
    (re.compile("ll(?=(?:ed|ing|ors?|ers?)$)"), "l"),
    (re.compile("amme$"), "am"),
    (re.compile("ence(?=s?$)"), "ense"),
    (re.compile("(?<=[a-z]{2})tre(?=s?$)"), "ter"),
)


@lru_cache(maxsize=8)
def load(name: str) -> dict[str, Any]:
    """One of our data files, or of the lists that search reads too."""
    if name in NAMES:
        return terms(name)
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


STOP = frozenset(load("ordinary.toml")["stop"].split())


# "-HI" beside "+SI" is no bullet: capitals that make up a whole comma piece.
_MINUS = re.compile(
    r"(?:(?<=[,;.] )|^)[-–](?=[A-Z]{2,4}(?:/[A-Z]{2,4})*(?:\s(?:now|today))?\s*(?:[.,;]|$))"
)


@lru_cache(maxsize=8_192)
def written_out(text: str) -> str:
    """The text with abbreviations of the field in full; everything else as it was."""
    return _PIECE.sub(lambda match: _whole(match[0]), _MINUS.sub("no ", text))


def _whole(piece: str) -> str:
    """`SI/HI` is two abbreviations, `s/p` is one."""
    if full := expansion(piece):
        return f"{full};" if full.startswith("no ") else full  # denies itself, not what follows
    if "/" not in piece:
        return piece
    return "/".join(expansion(part) or part for part in piece.split("/"))


def expansion(word: str) -> str | None:
    """What an abbreviation stands for; None for any other word."""
    lists = load("abbreviations.toml")
    full = lists["abbreviations"].get(word.lower())
    if full is None and word[:2].isupper():
        full = lists["capitals"].get(word.lower())
    return full  # type: ignore[no-any-return]


def symbol(word: str) -> str | None:
    """What a sign before a number stands for ("Na 131"); None for any other word."""
    return load("abbreviations.toml")["before_a_number"].get(word)  # type: ignore[no-any-return]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its common endings: enough to see that two forms are one word."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    word = _verbs().get(word, word)
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    for _ in range(2):
        shorter = _ENDING.sub("", word)
        if len(shorter) < 4 and word.endswith("s") and not word.endswith("ss"):
            shorter = word[:-1]  # "comes" is "come", not "com"
        elif len(shorter) < 4 and word.endswith("ed"):
            shorter = word[:-1]  # "lived" is "live"
        word = shorter if len(shorter) >= 4 else word
    return word


@lru_cache(maxsize=1)
def _verbs() -> dict[str, str]:
    """The verb of each irregular form."""
    verbs: dict[str, str] = load("verbs.toml")["verbs"]
    return {form: verb for verb, forms in verbs.items() for form in forms.split()}


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """The stems of the content words of a text."""
    return frozenset(stem(word) for word in content(text))


def content(text: str) -> list[str]:
    """The words that carry meaning, in order, abbreviations written out."""
    found = (m[0] for m in _WORD.finditer(written_out(text)))
    return [w for w in found if w.casefold() not in STOP and len(w) > 1]


def words_and_values(text: str) -> str:
    """Words, numbers and signs that change a value; nothing that only sets the page."""
    return " ".join(_SAID.findall(text.casefold()))
