"""A sentence as the words that a copy of it may not have otherwise: things, numbers, turns."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from service.reading.assertions import Assertion, Kind, Value
from service.reading.lexicon import tokens
from service.reading.lexicon.relations import wider
from service.reading.lexicon.stems import stem
from service.reading.read import read_statement
from service.verification.bearing.pool import Held


class Word(NamedTuple):
    """`keys`: what it says, first its own; `kind`: "name", "number", "denial", "turn" (it turns
    what is said: before, left) or "word"."""

    keys: tuple[str, ...]
    kind: str
    start: int
    end: int


@lru_cache(maxsize=4_096)
def words_of(unit: Held) -> list[Word]:
    return words_in(unit.source.text, unit.assertions, unit.start, unit.end)


@lru_cache(maxsize=4_096)
def header_of(unit: Held) -> list[Word]:
    """What stands over it or before its colon."""
    header = unit.source.reading.structure.units[unit.number].header
    text = unit.source.text[slice(*header)] if header else ""
    return words_in(text, read_statement(text).assertions, 0, len(text)) if text else []


def days_of(unit: Held) -> list[Word]:
    """The days of which it tells, written in it or not: a draft may set them beside a copy."""
    days = dict.fromkeys((unit.source.date, *(each.on for each in unit.assertions)))
    return [Word((repr(("date", day)),), "number", 0, 0) for day in days if day]


def words_in(text: str, said: Sequence[Assertion], start: int, end: int) -> list[Word]:
    """Things by their concepts, and between them numbers and words that tell something."""
    found: list[Word] = []
    at = start
    values = {(value.start, value.end): value for each in said for value in each.values}
    for each in sorted(said, key=lambda a: (a.start, -a.end)):
        if each.start < at or each.concept.kind is Kind.PERSON:  # told by its own word
            continue
        found += _between(text, values, at, each.start)
        kind = "word" if each.concept.kind is Kind.WORD else "name"
        key = each.concept.key
        found.append(Word((key, *sorted(wider(key))), kind, each.start, each.end))
        at = each.end
    return [*found, *_between(text, values, at, end)]


def _between(
    text: str, values: Mapping[tuple[int, int], Value], start: int, end: int
) -> Iterator[Word]:
    """Numbers by their digits and by the value that they are part of."""
    for token in tokens(text[start:end]):
        a, b = start + token.start, start + token.end
        part_of = [repr((v.what, v.value)) for (c, d), v in values.items() if c <= a and b <= d]
        if token.key[0].isdigit() or token.key in _numbers():
            yield Word((_numbers().get(token.key, token.key), *part_of), "number", a, b)
        elif token.key in _denials():
            yield Word(("no",), "denial", a, b)
        elif key := _turns().get(token.key):
            yield Word((key, *filter(_is_how_often, part_of)), "turn", a, b)


def _is_how_often(value: str) -> bool:
    """ "Twice daily" is one of these, and "BID" the same one."""
    return value.startswith(("('frequency'", "('duration'"))


@cache
def _turns() -> dict[str, str]:
    """What each word that turns a sentence comes to."""
    lines = (*_data()["words"], *_data()["compared"])
    return {word: stem(each.split()[0]) for each in lines for word in each.split()}


@cache
def compared_turns() -> frozenset[str]:
    """Those that are read as values, acts or names, and so compared as such."""
    return frozenset(word for each in _data()["compared"] for word in each.split())


@cache
def statuses() -> frozenset[str]:
    """How a thing stands, as records say it."""
    return frozenset(_data()["statuses"].split())


@cache
def understood() -> frozenset[str]:
    """The status of an entry that need not be told."""
    return frozenset(_data()["understood"].split())


@cache
def _denials() -> frozenset[str]:
    return frozenset(_data()["denials"].split())


@cache
def _numbers() -> dict[str, str]:
    return {name: str(number) for number, name in enumerate(_data()["numbers"].split())}


@cache
def _data() -> dict[str, Any]:
    text = files("service.verification").joinpath("data/turns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
