"""Words that judge a person: the list that drafts avoid and that verification points at."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TERMS = Path(__file__).parent / "data" / "language.toml"
_QUOTED = re.compile(r"[\"“][^\"”]{1,400}[\"”]")
AROUND = 30  # characters on each side in which a term shows its ordinary clinical sense


@dataclass(frozen=True)
class Judgement:
    """A word that judges, what to say instead, and whether a draft leaves its sentence out."""

    said: str
    suggestion: str
    leave_out: bool


@dataclass(frozen=True)
class _Term:
    pattern: re.Pattern[str]
    suggestion: str
    unless: tuple[re.Pattern[str], ...]
    leave_out: bool


def judgements(text: str) -> Iterator[Judgement]:
    """Each judging word, except in quoted words or in its ordinary clinical sense."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for term in _terms():
        for match in term.pattern.finditer(text):
            near = text[max(0, match.start() - AROUND) : match.end() + AROUND]
            inside = any(start <= match.start() < end for start, end in quoted)
            if not inside and not any(each.search(near) for each in term.unless):
                yield Judgement(match[0], term.suggestion, term.leave_out)


@lru_cache(maxsize=20_000)
def is_slur(text: str) -> bool:
    """Does the text judge the person's character or motive, and say nothing else by it?"""
    return any(each.leave_out for each in judgements(text))


@lru_cache(maxsize=1)
def _terms() -> list[_Term]:
    written = tomllib.loads(_TERMS.read_text(encoding="utf-8"))["terms"]
    return [
        _Term(
            re.compile(rf"(?<!\w)(?:{term['pattern']})(?!\w)", re.IGNORECASE),
            term["suggestion"],
            tuple(re.compile(each, re.IGNORECASE) for each in term.get("unless", ())),
            term.get("leave_out", False),
        )
        for term in written
    ]
