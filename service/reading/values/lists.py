"""The lists of this package, each read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from service.reading.assertions import Kind
from service.reading.lexicon.lists import load as load_lexicon
from service.reading.lexicon.names import names
from service.reading.lexicon.tokens import tokens

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """One of our lists as a table."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def phrases() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """By first word, the longest first: (words, table, key) of every phrase."""
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for table, rows in load("phrases.toml").items():
        for key, listed in rows.items() if isinstance(rows, dict) else ():
            for name in listed.split(", "):
                words = tuple(token.key for token in tokens(name))
                found.setdefault(words[0], []).append((words, table, key))
    for each in found.values():
        each.sort(key=lambda row: -len(row[0]))
    return found


@cache
def units() -> dict[str, tuple[str, str, float]]:
    """By name: (what, kind, how many of the plain unit)."""
    lists = load("units.toml")
    found = {
        name: (what, row["kind"], factor)
        for what in ("dose", "quantity", "level", "ratio")
        for row in lists[what]
        for factor, names in row["units"]
        for name in names.split()
    }
    spans = lists["durations"].values()
    return {n: ("duration", "days", f) for f, ns in spans for n in ns.split()} | found


@cache
def per_units() -> dict[str, str]:
    table = load("units.toml")["per"]
    return {name: key for key, names in table.items() for name in names.split()}


@cache
def number_words() -> dict[str, float]:
    """ "seven" and "seventy"; tens stand before ones."""
    lists = load("units.toml")["numbers"]
    ones = {word: float(n) for n, word in enumerate(lists["words"].split())}
    return ones | {word: n * 10.0 for n, word in enumerate(lists["tens"].split(), 2)}


@cache
def words(name: str) -> frozenset[str]:
    """A set of little words."""
    return frozenset(load("words.toml")[name].split())


def is_result(key: str) -> bool:
    """Does the word name a measurement ("Na", "potassium")?"""
    return key in _short_results() or any(
        each.kind is Kind.MEASUREMENT for each in names().single(key)
    )


@cache
def _short_results() -> frozenset[str]:
    """Short forms that may mean a measurement ("K")."""
    rows = load_lexicon("abbreviations.toml")["short"]
    named = (row["name"].casefold().split() for row in rows if "measurement:" in row["means"])
    return frozenset(name for each in named for name in each)


def is_thing(key: str) -> bool:
    """Does the word name anything known that can be counted ("one fall")?"""
    counted = (Kind.SYMPTOM, Kind.PROBLEM, Kind.EVENT, Kind.RISK, Kind.PROCEDURE)
    return any(each.kind in counted for each in names().single(key))
