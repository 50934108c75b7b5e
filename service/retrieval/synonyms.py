"""Other words for what a question names or asks for. The lists are data."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from service.terms.lists import terms

SHORT = 3  # "si" and "ed" must be whole words; longer ones also begin a word

NAMED = 3  # of each concept, for a search by meaning: more would bury the question

Concept = tuple[str, ...]
_Rule = tuple[re.Pattern[str], Concept]


@lru_cache(maxsize=512)
def other_words(question: str) -> tuple[Concept, ...]:
    """For each thing that the question names, every way in which a chart may write it."""
    found = [names for pattern, names in _rules() if pattern.search(question)]
    return tuple(dict.fromkeys(found))


def in_charts_words(question: str, concepts: Iterable[Concept]) -> list[str]:
    """The question, and once more with some of the other words, for a search by meaning."""
    plain = question.casefold()
    others = [w for names in concepts for w in names[:NAMED] if w.casefold() not in plain]
    return [question, f"{question} {', '.join(dict.fromkeys(others))}"] if others else [question]


@cache
def _rules() -> tuple[_Rule, ...]:
    """Every pattern of a question with the words that answer it."""
    told = tomllib.loads(files("service.retrieval").joinpath("synonyms.toml").read_text("utf-8"))
    named = [*map(tuple, told["groups"]), *_synonyms(), *_abbreviations(), *_drugs(told["brands"])]
    asked = told["asked_for"].items()
    return (
        *((_any_of(names), names) for names in named),
        *_classes(told["classes"]),
        *((re.compile(pattern, re.IGNORECASE), tuple(words)) for pattern, words in asked),
    )


def _synonyms() -> Iterator[Concept]:
    for name, forms in terms("synonyms.toml")["groups"].items():
        yield (name.replace("-", " "), *forms)


def _abbreviations() -> Iterator[Concept]:
    """Each full form with all its abbreviations."""
    lists, short = terms("abbreviations.toml"), defaultdict(list)
    for abbreviation, full in (lists["abbreviations"] | lists["capitals"]).items():
        short[full].append(abbreviation)
    for full, abbreviations in short.items():
        yield (full, *abbreviations)


def _drugs(combined: dict[str, list[str]]) -> Iterator[Concept]:
    """Each generic name with its brands; each brand of ours with what it is made of."""
    brands = defaultdict(list)
    for brand, generic in terms("drugs.toml")["brands"].items():
        brands[generic].append(brand)
    for generic, named in brands.items():
        yield (generic, *named)
    for brand, parts in combined.items():
        yield (brand, *parts)


def _classes(classes: dict[str, list[str]]) -> Iterator[_Rule]:
    """A class is searched for its members, a member for its class: allergies are told by class."""
    brands: dict[str, Any] = terms("drugs.toml")["brands"]
    for name, members in classes.items():
        names = tuple(name.split("|"))
        yield _any_of(names), (*names, *members)
        theirs = (brand for brand, generic in brands.items() if generic in members)
        yield _any_of((*members, *theirs)), names


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names at a word's start; a space stands for a hyphen too."""
    parts = (_spaced(name) + (r"(?!\w)" if len(name) <= SHORT else "") for name in names)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")", re.IGNORECASE)


def _spaced(name: str) -> str:
    return "[ -]".join(re.escape(word) for word in re.split("[ -]", name))
