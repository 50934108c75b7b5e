"""What is always part of the evidence; no similarity decides on it. The list is data."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from service.chart.models import SourceRecord
from service.retrieval.headings import is_under
from service.retrieval.models import HeldPassage

SHORT = 3  # "si" and "hi" must not be found in "sister" and "high"


@dataclass(frozen=True)
class Kind:
    """One kind of record that is never left to a search, and the sections it belongs to."""

    kind: str
    sections: frozenset[str]
    record_types: frozenset[str]
    take: Literal["each", "latest", "latest-by-code"]
    reason: str
    statuses: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    headings: tuple[str, ...] = ()
    words: re.Pattern[str] | None = None

    def passages(
        self, records: Sequence[SourceRecord], by_record: dict[str, list[HeldPassage]]
    ) -> list[HeldPassage]:
        """What it takes, in the order of `records`: headlines, or passages of notes."""
        chosen = _taken(self.take, [r for r in records if self._is_of(r)])
        return [p for r in chosen for p in by_record.get(r.id, ()) if self._takes(r, p)]

    def _is_of(self, record: SourceRecord) -> bool:
        if record.resource_type not in self.record_types:
            return False
        if record.is_note:
            return True
        if self.statuses and record.status not in self.statuses:
            return False
        if self.categories and record.category not in self.categories:
            return False
        return self.words is None or bool(self.words.search(record.text))

    def _takes(self, record: SourceRecord, passage: HeldPassage) -> bool:
        if not record.is_note:
            return passage.start == 0
        if is_under(passage.heading, self.headings):
            return True
        said = record.text[passage.start : passage.end]
        return bool(self.words and self.words.search(said))


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of `always.toml`."""
    told = tomllib.loads(files("service.retrieval").joinpath("always.toml").read_text("utf-8"))
    return tuple(_kind(each) for each in told["kinds"])


def kinds_of(section: str) -> list[Kind]:
    """The kinds that a section always shows."""
    return [kind for kind in kinds() if section in kind.sections]


def _kind(told: dict[str, Any]) -> Kind:
    words = told.get("words")
    return Kind(
        kind=told["kind"],
        take=told["take"],
        reason=told["reason"],
        headings=tuple(told.get("headings", ())),
        words=_pattern(words) if words else None,
        sections=frozenset(told.get("sections", ())),
        record_types=frozenset(told.get("record_types", ())),
        statuses=frozenset(told.get("statuses", ())),
        categories=frozenset(told.get("categories", ())),
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Each at a word's start, short ones as whole words."""
    parts = (re.escape(w) + (r"(?!\w)" if len(w) <= SHORT else "") for w in words)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")", re.IGNORECASE)


def _taken(take: str, newest_first: list[SourceRecord]) -> list[SourceRecord]:
    if take == "latest":
        return newest_first[:1]
    if take == "latest-by-code":
        first = {r.code or r.title: r for r in reversed(newest_first)}
        return [r for r in newest_first if first[r.code or r.title] is r]
    return newest_first
