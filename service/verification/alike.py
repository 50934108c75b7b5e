"""Whether two words are one: misspelt, or formed from the same root."""

import re
from collections.abc import Hashable, Iterable
from itertools import takewhile

from rapidfuzz import fuzz, process

from service.verification.lexicon import entries, plain

ALIKE = 88.0  # two unknown words this alike are one word misspelt
ROOT = 4  # letters that two forms of one word share at least
# What is left of a word behind its root: "psych-osis" and "psych-otic", "anxi-ous" and "anxi-ety".
_ENDINGS = re.compile(
    r"|a|ac|ag|age|al|ance|ancy|ant|at|ated|ation|c|e|ed|en|ence|ency|ent|er|ers|es|ety|i|ia|iac|ial|ian"
    r"|hood|ible|ic|ical|ies|iety|ing|ion|ious|is|ist|it|ity|ive|ize|o|or|os|osis|otic|ous|s|sed|sis"
    r"|t|th|tic|tion|u|us|x|y|yl|ys|ysis|ytic"
)
# Prefixes that turn a word into its opposite or its neighbour.
_TURNS = re.compile(
    r"(?:hyper|hypo|tachy|brady|pre|post|intra|extra|inter|macro|micro|poly|oligo|anti|pro|mono|bi"
    r"|endo|epi|sub|supra|peri|para|ante|retro|ab|ad|un|in|im|ir|dis|non|a)"
)
_DENYING = re.compile(r"^(?:(?:un|im|ir|dis|non)(?=[a-z]{3,})|(?:in|ab|contra|a)(?=[a-z]{4,}))")


def has(key: Hashable, held: frozenset[Hashable]) -> bool:
    """Is the word, or another form or spelling of it, among the held ones?"""
    if key in held:
        return True
    if not isinstance(key, str) or len(key) <= ROOT or any(c.isdigit() for c in key):
        return False
    words = [w for w in held if isinstance(w, str) and w[:3] == key[:3]]
    return any(_one_root(key, w) for w in words) or _is_misspelt(key, words)


def _one_root(one: str, other: str) -> bool:
    root = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    if root < ROOT:
        return False
    return bool(_ENDINGS.fullmatch(one[root:]) and _ENDINGS.fullmatch(other[root:]))


def _is_misspelt(key: str, words: Iterable[str]) -> bool:
    """Alike in letters, and one of the two is no word that we know."""
    found = process.extractOne(key, words, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if found is None or len(key) < 6:
        return False
    return not (_is_known(key) and _is_known(found[0])) and _turn(key) == _turn(found[0])


def _is_known(key: str) -> bool:
    return key in entries() or key in plain()


def _turn(word: str) -> str:
    match = _TURNS.match(word)
    return match[0] if match else ""


def opposite(key: Hashable, held: frozenset[Hashable]) -> str | None:
    """The held word that this one denies or that denies this one: "stable" for "unstable"."""
    if not isinstance(key, str):
        return None
    bare, root = _DENYING.sub("", key), key.rstrip("e")  # "likely" and "unlikely" are lik(e), unlik
    words = [word for word in held if isinstance(word, str)]
    if bare != key and (found := next((w for w in words if w.rstrip("e") == bare.rstrip("e")), "")):
        return found
    return next(
        (
            w
            for w in words
            if len(w.rstrip("e")) > len(root) > 2
            and root in w
            and _DENYING.sub("", w).rstrip("e") == root
        ),
        None,
    )
