"""What a short form stands for here: one of its meanings, by the words round it."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from service.reading.assertions import Concept, Kind
from service.reading.lexicon.lists import load
from service.reading.lexicon.stems import stem
from service.reading.lexicon.tokens import Token

_ENDS = frozenset(";.")
_NEAR = 12  # words to either side that may tell the meaning


class _Meaning(NamedTuple):
    """`near` any of these stems, or directly `before`/`after` one; nothing: whatever stands by."""

    concepts: tuple[Concept, ...]
    near: frozenset[str]
    after: frozenset[str]
    before: frozenset[str]
    number: bool


def by_context(written: str, found: tuple[Token, ...], at: int) -> tuple[Concept, ...] | None:
    """What this word stands for; () where it names nothing; None where it is no short form."""
    plural = written[:-1] if written[-1:] == "s" and written[:-1].isupper() else written
    meanings = _short().get(written) or _short().get(plural)
    if meanings is None:
        return None
    for meaning in meanings:
        if _fits(meaning, found, at):
            return meaning.concepts
    return None


def _fits(meaning: _Meaning, found: tuple[Token, ...], at: int) -> bool:
    if not (meaning.near or meaning.after or meaning.before or meaning.number):
        return True
    before = found[at - 1].key if at else ""
    after = _next(found, at)
    if meaning.number and after[:1].isdecimal():
        return True
    if before and stem(before) in meaning.after:
        return True
    if after and stem(after) in meaning.before:
        return True
    return bool(meaning.near) and any(
        token.key in meaning.near or stem(token.key) in meaning.near
        for token in (*_clause(found, at, -1), *_clause(found, at, 1))
    )


def _clause(found: tuple[Token, ...], at: int, step: int) -> Iterator[Token]:
    """The words to one side, as far as the clause goes."""
    for number in range(at + step, at + step * (_NEAR + 1), step):
        if not 0 <= number < len(found) or found[number].key in _ENDS:
            return
        yield found[number]


def _next(found: tuple[Token, ...], at: int) -> str:
    """The next word; a sign between ("Li: 0.8") is passed over."""
    for token in found[at + 1 : at + 3]:
        if token.is_word:
            return token.key
    return ""


@cache
def _short() -> dict[str, list[_Meaning]]:
    short: dict[str, list[_Meaning]] = {}
    for row in load("abbreviations.toml")["short"]:
        for name in row["name"].split():
            short.setdefault(name, []).append(_meaning(row))
    return short


def _meaning(row: dict[str, Any]) -> _Meaning:
    return _Meaning(
        _concepts(row["means"]),
        _stems(row.get("near", "")),
        _stems(row.get("after", "")),
        _stems(row.get("before", "")),
        row.get("number", False),
    )


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split()) | frozenset(words.split())


@cache
def _concepts(means: str) -> tuple[Concept, ...]:
    """ "risk:suicidal-ideation", several with a plus; "" names nothing."""
    pairs = (each.split(":") for each in means.split(" + ") if each)
    return tuple(Concept(Kind(kind), key) for kind, key in pairs)
