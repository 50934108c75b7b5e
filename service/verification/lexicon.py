"""What a phrase stands for: one name for all its names, or its place on a scale of opposites."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.verification.words import load, stem

WORD, PLAIN, DRUG, NAME = "word", "plain", "drug", "name"
NOT_SCALES = ("version", "reason", "within")
# Forms of diagnoses, symptoms and treatments: a word that looks so is never mere phrasing.
_CLINICAL = re.compile(
    r"(?:itis|osis|emia|phrenia|pathy|oma|phobia|mania|plegia|algia|uria|ectomy|otomy|ostomy|plasty"
    r"|scopy|psychosis|psychotic|bipolar|disorder|syndrome|disease|diabet\w*|cancer|seizures?"
    r"|epilepsy|stroke|delusions?|hallucinations?|suicid\w*|homicid\w*|overdose|dementia|delirium"
    r"|autis\w*|asthma|prolonged|infarction|dialysis|pregnan\w*|anaphyla\w*|catatoni\w*|paranoi\w*"
    r"|kill\w*|stab\w*|assault\w*|rape\w*|strangl\w*|hypertension|depress\w*|anxiety|infection|fracture|failure|abuse|misuse|dependence)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """A phrase as stems, what kind of term it is, and the key that it is compared by."""

    stems: tuple[str, ...]
    kind: str
    key: str


@lru_cache(maxsize=1)
def entries() -> dict[str, list[Entry]]:
    """Every phrase by its first stem, longest first."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in (*_groups(), *_scales()):
        found[entry.stems[0]].append(entry)
    for listed in found.values():
        listed.sort(key=lambda entry: -len(entry.stems))
    return dict(found)


def _groups() -> Iterator[Entry]:
    for name, phrases in load("synonyms.toml")["groups"].items():
        for phrase in (name.replace("-", " "), *phrases):
            yield Entry(_stems(phrase), WORD, name)


def _scales() -> Iterator[Entry]:
    for scale, members in scales().items():
        for member, phrases in members.items():
            for phrase in phrases if member != "alone" else ():
                yield Entry(_stems(phrase), scale, member)


@lru_cache(maxsize=1)
def scales() -> dict[str, dict[str, Any]]:
    """Each scale's members with their phrases, and `alone` where it is set."""
    table = load("scales.toml")
    return {name: value for name, value in table.items() if name not in NOT_SCALES}


def is_lone(scale: str, member: Hashable) -> bool:
    """May a statement not say this of a thing where its source says nothing of the scale?"""
    alone = scales().get(scale, {}).get("alone", False)
    return alone is True or (isinstance(alone, list) and member in alone)


@lru_cache(maxsize=1)
def within() -> dict[str, list[str]]:
    """Members that one member also bears out."""
    table: dict[str, list[str]] = load("scales.toml")["within"]
    return table


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in phrase.split())


@lru_cache(maxsize=2_000)
def parts(key: str) -> tuple[str, ...]:
    """The keys that a name of several words also bears: `major-depressive-disorder` is a
    depression."""
    words = key.split("-")
    return tuple(_single(word) for word in words) if len(words) > 1 else ()


def _single(word: str) -> str:
    for entry in entries().get(stem(word), ()):
        if len(entry.stems) == 1 and entry.kind == WORD:
            return entry.key
    return stem(word)


@lru_cache(maxsize=1)
def plain() -> frozenset[str]:
    """Stems of everyday English."""
    return frozenset(stem(word) for word in load("ordinary.toml")["plain"].split())


def is_clinical(word: str) -> bool:
    """Is it a diagnosis, symptom or treatment, by its form or because the lexicon has it?"""
    return bool(_CLINICAL.search(word)) or word in _clinical_groups()


@lru_cache(maxsize=1)
def _clinical_groups() -> frozenset[str]:
    return frozenset(load("synonyms.toml")["groups"]) - general()


@lru_cache(maxsize=1)
def general() -> frozenset[str]:
    """Groups of people, places and phrasing, which are no findings."""
    return frozenset(load("synonyms.toml")["general"].split())


@lru_cache(maxsize=1)
def _findings() -> frozenset[str]:
    return frozenset(stem(word) for word in load("clinical.toml")["words"].split())


def is_finding(key: str) -> bool:
    """A single word of the field that no everyday word stands for."""
    return key in _findings()


def is_known(key: str) -> bool:
    """Is it the name of something in the field, of one word or of several?"""
    return is_finding(key) or key in load("synonyms.toml")["groups"]


@lru_cache(maxsize=1)
def tests() -> frozenset[str]:
    """Keys of tests and measures."""
    return frozenset(stem(word) for word in load("clinical.toml")["tests"].split())


@lru_cache(maxsize=20_000)
def drug(word: str) -> str | None:
    """The generic name of a drug; None for any other word."""
    table = _drugs()
    word = word.lower()
    if word in table:
        return table[word]
    return word if len(word) > 6 and word.endswith(_endings()) else None


@lru_cache(maxsize=1)
def _drugs() -> dict[str, str]:
    table = load("drugs.toml")
    brands: dict[str, str] = table["brands"]
    return {name: name for name in table["names"]} | brands


@lru_cache(maxsize=1)
def _endings() -> tuple[str, ...]:
    return tuple(load("drugs.toml")["endings"])
