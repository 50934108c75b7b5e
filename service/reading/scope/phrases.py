"""Phrases from the data files, found in a line: the longest at each word."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from service.reading.scope.tokens import tokens

_DATA = Path(__file__).parent / "data"
Phrase = tuple[str, ...]


class Cue(NamedTuple):
    """What a phrase says, how far it reaches, and which part of the thing it speaks of only."""

    gives: str
    reach: str
    part: str = ""


class Found(NamedTuple):
    """A cue at tokens[first:last]."""

    cue: Cue
    first: int
    last: int


@lru_cache(maxsize=8)
def load(name: str) -> dict[str, Any]:
    """One of our data files."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


class Phrases:
    """Phrases with their cues; at each word the longest is found, by looking up each length."""

    def __init__(self, entries: Iterable[tuple[str, Cue]]) -> None:
        self._cues: dict[Phrase, Cue] = {}
        lengths: dict[str, set[int]] = defaultdict(set)
        for written, cue in entries:
            for phrase in _expanded(written):
                self._cues.setdefault(phrase, cue)
                lengths[phrase[0]].add(len(phrase))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def all(self, marks: Sequence[str]) -> list[Found]:
        """Every phrase, left to right, none inside another."""
        found: list[Found] = []
        free = 0
        for place, mark in enumerate(marks):
            if mark in self._lengths and place >= free and (match := self._at(marks, place)):
                found.append(match)
                free = match.last
        return found

    def _at(self, marks: Sequence[str], place: int) -> Found | None:
        for length in self._lengths[marks[place]]:
            cue = self._cues.get(tuple(marks[place : place + length]))
            if cue is not None and place + length <= len(marks):
                return Found(cue, place, place + length)
        return None


def _expanded(written: str) -> list[Phrase]:
    """`no (sign|signs) of` as its plain phrases, each as the marks of its words."""
    if re.search(r"\([^)]*\(", written):
        raise ValueError(f"A choice inside a choice: {written[:60]}")
    parts = [part.split("|") for part in re.split(r"\(([^()]*)\)", written)]
    said = {" ".join("".join(choice).split()) for choice in product(*parts)}
    return [tuple(m for word in each.split() for m in _marks(word)) for each in said if each]


@cache  # the lists say the same few words in thousands of phrases
def _marks(word: str) -> Phrase:
    return ("#",) if word == "#" else tuple(token.mark for token in tokens(word))


@cache
def cues(name: str) -> Phrases:
    """The cues of one data file; those that reach nothing come first."""
    entries = [
        (written, Cue(each["gives"], each["reach"], each.get("part", "")))
        for each in load(name)["cue"]
        for written in each["phrases"]
    ]
    return Phrases(sorted(entries, key=lambda entry: entry[1].reach != "none"))


@cache
def listed(name: str, *path: str) -> Phrases:
    """A list of a data file as phrases, each standing for its path."""
    return Phrases((written, Cue(path[-1], "none")) for written in _at_path(name, path))


@cache
def words(name: str, *path: str) -> frozenset[str]:
    """A list of a data file as single words."""
    return frozenset(_at_path(name, path))


def _at_path(name: str, path: tuple[str, ...]) -> list[str]:
    table: Any = load(name)
    for step in path:
        table = table[step]
    return table  # type: ignore[no-any-return]
