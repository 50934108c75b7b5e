"""The lists of words that judge a person, read from data: one file for each harm."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LISTS = Path(__file__).parent / "data" / "language"
SHARED = "shared.toml"


@dataclass(frozen=True)
class Term:
    """One way of saying it. `rewrite` is a template for `pattern`, "" where only advice helps.

    `before` and `after` must stand on its two sides, where given; none of `unless` may overlap
    it: those are its ordinary clinical senses. `spares_negated`: what is said not to be so
    judges nobody. `leave_out`: it tells nothing else, so a draft does not carry its sentence.
    """

    pattern: re.Pattern[str]
    rewrite: str
    why: str
    advice: str
    sources: tuple[str, ...]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unless: tuple[re.Pattern[str], ...]
    spares_negated: bool
    leave_out: bool


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Every term of every list."""
    shared = _read(LISTS / SHARED)
    files = sorted(path for path in LISTS.glob("*.toml") if path.name != SHARED)
    return tuple(
        _term(form, rewrite, {**written, **entry}, shared)
        for written in map(_read, files)
        for entry in written["terms"]
        for form, rewrite in entry["forms"].items()
    )


@lru_cache(maxsize=1)
def starts() -> re.Pattern[str]:
    """Where any term may begin in a text of small letters: one pass instead of one a term.

    Without IGNORECASE, which made it three times slower.
    """
    either = "|".join(dict.fromkeys(term.pattern.pattern for term in terms()))
    return re.compile(rf"\b(?=[a-z\d])(?={either})")


def _term(form: str, rewrite: str, entry: dict[str, Any], shared: dict[str, Any]) -> Term:
    words = shared["words"]
    return Term(
        _compiled(rf"(?:{form})(?!\w)", words),
        rewrite,
        entry["why"],
        entry["advice"],
        tuple(shared["sources"][key] for key in entry["from"]),
        _compiled(rf"(?:{entry['before']})\W*$", words) if "before" in entry else None,
        _compiled(entry["after"], words) if "after" in entry else None,
        tuple(_compiled(each, words) for each in entry.get("unless", ())),
        entry.get("spares_negated", False),
        entry.get("leave_out", False),
    )


def _compiled(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    """The pattern with the groups of words that it names in braces; a group may name another."""
    while named := re.search(r"\{([a-z]+)\}", pattern):
        pattern = pattern.replace(named[0], words[named[1]])
    return re.compile(pattern, re.IGNORECASE)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
