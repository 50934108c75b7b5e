"""The cues of `data/context.toml`, found in a sentence: the longest phrase at each word."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from service.verification.context.tokens import Token, tokens
from service.verification.words import load

Phrase = tuple[str, ...]


class Cue(NamedTuple):
    """What a phrase says and how far it reaches (see the head of the data file)."""

    gives: str
    reach: str


class Found(NamedTuple):
    """A cue at tokens[first:last]."""

    cue: Cue
    first: int
    last: int


@dataclass(frozen=True)
class Phrases:
    """Phrases by their first word, the longest first, each with what it stands for."""

    by_first: dict[str, list[tuple[Phrase, Cue]]]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Cue]]) -> "Phrases":
        table: dict[Phrase, Cue] = {}
        for written, cue in entries:
            for phrase in expanded(written):
                table.setdefault(phrase, cue)
        by_first: dict[str, list[tuple[Phrase, Cue]]] = defaultdict(list)
        for phrase in sorted(table, key=len, reverse=True):
            by_first[phrase[0]].append((phrase, table[phrase]))
        return cls(dict(by_first))

    def at(self, keys: Sequence[str], place: int) -> Found | None:
        """The longest phrase that begins at keys[place]."""
        for phrase, cue in self.by_first.get(keys[place], ()):
            if tuple(keys[place : place + len(phrase)]) == phrase:
                return Found(cue, place, place + len(phrase))
        return None

    def all(self, keys: Sequence[str]) -> list[Found]:
        """Every phrase, left to right, none inside another."""
        found, place = [], 0
        while place < len(keys):
            match = self.at(keys, place)
            found += [match] if match else []
            place = match.last if match else place + 1
        return found


def expanded(written: str) -> list[Phrase]:
    """`no (sign|signs) of` as its plain phrases, each as the keys of its words."""
    parts = [part.split("|") for part in re.split(r"\(([^)]*)\)", written)]
    said = {" ".join("".join(choice).split()) for choice in product(*parts)}
    return [tuple(k for word in each.split() for k in _keys(word)) for each in said if each]


@cache  # the lists say the same few words in thousands of phrases
def _keys(word: str) -> tuple[str, ...]:
    return tuple(token.key for token in tokens(word))


POLARITY = frozenset({"negated", "possible", "affirmed", "unassessed", "undocumented", "nothing"})
TIME = frozenset(
    {"historical", "standing", "current", "hypothetical", "planned", "nothing-of-time", "nothing"}
)


@lru_cache(maxsize=4)
def cues(axis: frozenset[str]) -> Phrases:
    """The cues that answer one question; those that reach nothing come first."""
    entries = [
        (written, Cue(each["gives"], each["reach"]))
        for each in load("context.toml")["cue"]
        if each["gives"] in axis
        for written in each["phrases"]
    ]
    return Phrases.of(sorted(entries, key=lambda entry: entry[1].reach != "none"))


@lru_cache(maxsize=32)
def listed(*path: str) -> Phrases:
    """A list of the data file as phrases, each standing for its path."""
    table = load("context.toml")
    for name in path:
        table = table[name]
    return Phrases.of((written, Cue(path[-1], "none")) for written in table)


def find(axis: frozenset[str], line: Sequence[Token]) -> list[Found]:
    return cues(axis).all([token.key for token in line])
