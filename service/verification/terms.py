"""A text as the terms that it is made of, in order: what two texts are compared by."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.verification.facts import Fact, values
from service.verification.lexicon import (
    DRUG,
    NAME,
    PLAIN,
    WORD,
    drug,
    entries,
    is_clinical,
    parts,
    plain,
)
from service.verification.words import STOP, expansion, stem, symbol

# `s/p` and `c/o` whole, then words with their digits (PHQ-9, B12), then words.
_TOKEN = re.compile(
    r"[^\W\d_]{1,2}/[^\W\d_]{1,3}(?![^\W_])|[^\W\d_]&[^\W\d_]{1,2}(?!\w)|[Tt]ype [12](?!\w)|w/"
    r"|[^\W\d_]+-\d+(?!\w)|[^\W_]+(?:['’][^\W_]+)?|[↑↓]|#(?=\s)"
)
_IS_VALUE = re.compile(r"(?:\s?[:=]|\s(?:is|was))?\s?[<>]?\d")
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "miss", "prof"})
# "6.2 (H)": a laboratory's mark for what is above or below its range.
_FLAG = re.compile(r"(?<=\d)\s*[(*]?\s?([HL])\b\)?|\((high|low)\)")
_SIGNS = {"↑": "increased", "↓": "decreased", "#": "fracture"}
_ENDS = frozenset('.!?:;\n"“(•-')


@dataclass(frozen=True, slots=True)
class Term:
    """`kind` is word, plain, drug, name, a fact's check or a scale; `key` what is compared."""

    kind: str
    key: Hashable
    said: str
    start: int
    end: int
    fact: Fact | None = None


def is_clinical_term(term: Term) -> bool:
    """A diagnosis, symptom or treatment, by the word that is said or by what it stands for."""
    return is_clinical(term.said) or is_clinical(str(term.key))


@dataclass(frozen=True, eq=False)
class Reading:
    """A text with its terms."""

    text: str
    terms: tuple[Term, ...]

    @cached_property
    def keys(self) -> frozenset[Hashable]:
        """The keys of all that is not a value, as written too, with the parts of names of
        several words."""
        words = [term for term in self.terms if term.fact is None]
        found = {term.key for term in words} | {term.said.casefold() for term in words}
        found |= {term.key for term in self.terms if term.kind == "side"}
        return frozenset(found.union(*(parts(str(key)) for key in found)))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(term.fact for term in self.terms if term.fact)

    @cached_property
    def scales(self) -> dict[str, set[Hashable]]:
        """The members said of each scale; drugs are one too."""
        found: dict[str, set[Hashable]] = {}
        for term in self.terms:
            if term.fact is None and term.kind not in (WORD, PLAIN, NAME):
                found.setdefault(term.kind, set()).add(term.key)
        return found

    def is_checkable(self) -> bool:
        """Does it say anything of the field: more than phrasing and whom it is about?"""
        return any(
            term.kind not in (PLAIN, "gender") and term.key != "patient" for term in self.terms
        )


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or one of the words that an abbreviation stands for; `place` is the written one."""

    stem: str
    said: str
    start: int
    end: int


@lru_cache(maxsize=4_096)
def read(text: str) -> Reading:
    """The terms of a text: values first, then phrases of the lexicon, then single words."""
    found = [Term(f.check, f.value, f.said, f.start, f.end, f) for f in values(text)]
    taken = sorted((term.start, term.end) for term in found)
    found += [_flag(match) for match in _FLAG.finditer(text)]
    found += _phrases(list(_tokens(text, taken)), text)
    return Reading(text, tuple(sorted(found, key=lambda term: (term.start, term.end))))


def _flag(match: re.Match[str]) -> Term:
    up = (match[1] or match[2]) in ("H", "high")
    return Term("level", "up" if up else "down", match[0], *match.span())


def _tokens(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[_Token]:
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        if at < len(taken) and taken[at][0] < end:
            continue
        full = symbol(match[0]) if _IS_VALUE.match(text, end) else None
        yield from _written(match[0], start, end, full)


def _written(said: str, start: int, end: int, full: str | None = None) -> Iterator[_Token]:
    """The words of one written token: an abbreviation is several, `SI/HI` two of them."""
    said = _SIGNS.get(said, said)
    full = full or expansion(said)
    if full is None and "/" in said:
        left, _, right = said.partition("/")
        yield from _written(left, start, start + len(left)) if left else ()
        yield from _written(right, end - len(right), end) if right else ()
        return
    if full is None:
        yield _Token(stem(said), said, start, end)
        return
    for word in re.split(r"(?<!type)[\s-]+", full):
        yield _Token(stem(word), word, start, end)


def _phrases(tokens: list[_Token], text: str) -> Iterator[Term]:
    at = 0
    while at < len(tokens):
        term, used = _term(tokens, at, text)
        if term is not None:
            yield term
        at += used


def _term(tokens: list[_Token], at: int, text: str) -> tuple[Term | None, int]:
    """The longest phrase of the lexicon here, else the word; None for a word not compared."""
    token = tokens[at]
    for entry in entries().get(token.stem, ()):
        length = len(entry.stems)
        ahead = tokens[at : at + length]
        if length == 1 or tuple(each.stem for each in ahead) == entry.stems:
            return _made(entry.kind, entry.key, ahead, text), length
    word = token.said.casefold()
    if word in STOP or len(word) < 2 or word.removesuffix("'s") in STOP:
        return None, 1
    if name := drug(token.said):
        return _made(DRUG, name, [token], text), 1
    kind = PLAIN if token.stem in plain() else _kind(tokens, at, text)
    return _made(kind, token.stem, [token], text), 1


def _made(kind: str, key: Hashable, tokens: list[_Token], text: str) -> Term:
    start, end = tokens[0].start, tokens[-1].end
    return Term(kind, key, text[start:end], start, end)


def _kind(tokens: list[_Token], at: int, text: str) -> str:
    """A name is written as one in the middle of a sentence, or stands after a title."""
    token = tokens[at]
    if not (token.said[0].isupper() and token.said[1:].islower()):
        return WORD
    before = text[: token.start].rstrip(" ")
    if at and tokens[at - 1].said.casefold() in _TITLES:
        return NAME
    return WORD if not before or before[-1] in _ENDS else NAME
