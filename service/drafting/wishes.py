"""What a clinician asks of the next draft when they send one back, read from their own words."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.windows import Window
from service.retrieval.periods import read_period

LIST = Path(__file__).parent / "data" / "wishes.toml"
MOST_WORDS = 2_000  # characters of a reason that are read
_BREAK = re.compile(r"[.;,!?\n]+|\b(?:and|but|also|then)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
WITH_TOPIC = ("more", "less", "without", "only")


@dataclass(frozen=True)
class Wish:
    """One thing asked for. `what` is shorter, longer, more, less, without, only or period, and ""
    where nobody here can tell; `about` holds the words that say of what; `said` is the clause."""

    what: str
    said: str
    about: tuple[str, ...] = ()
    window: Window | None = None


def read_wishes(
    reason: str, records: Sequence[SourceRecord], *, today: datetime
) -> tuple[Wish, ...]:
    """The wishes of a reason, clause by clause. Periods are read against the chart's visits."""
    found: list[Wish] = []
    for clause in _clauses(reason[:MOST_WORDS]):
        wish = _wish(clause, records, today)
        before = found[-1].what if found else ""
        if not wish.what and before in WITH_TOPIC and not _negates(clause):
            wish = Wish(before, clause, _about(clause))  # "more on sleep and appetite"
        found.append(wish)
    return tuple(found)


def _clauses(reason: str) -> Iterator[str]:
    for clause in _BREAK.split(reason):
        said = " ".join(clause.split()).strip(" :-\"'")
        if _about(said):
            yield said


def _wish(clause: str, records: Sequence[SourceRecord], today: datetime) -> Wish:
    what, rest = _phrase(clause)
    if not what and _negates(clause):
        return Wish("", clause)
    if what in ("", "only") and (window := _window(rest, records, today)):
        return Wish("period", clause, window=window)
    about = _about(rest)
    return Wish("" if what in WITH_TOPIC and not about else what, clause, about)


def _phrase(clause: str) -> tuple[str, str]:
    """The kind of the longest phrase in the clause, and the clause without it."""
    text = f" {clause.casefold()} "
    held = [
        (len(phrase), what, phrase)
        for what, phrases in _lists()["phrases"].items()
        for phrase in phrases
        if f" {phrase} " in text
    ]
    if not held:
        return "", clause
    _, what, phrase = max(held)
    before, _, after = text.partition(f" {phrase} ")
    if _negates(before):
        return "", clause
    return what, (after if what in WITH_TOPIC else f"{before} {after}").strip()


def _window(said: str, records: Sequence[SourceRecord], today: datetime) -> Window | None:
    """The period that the words name, where this chart gives them a meaning."""
    lists = _lists()["words"]
    words = f" {said.casefold()} "
    tried = [said]
    tried += ["during the hospital stay" for each in lists["stay"] if f" {each} " in words][:1]
    tried += ["since the last visit" for each in lists["visit"] if f" {each} " in words][:1]
    for each in tried:
        period = read_period(each, records, today=today).period
        if period.since or period.until:
            return Window("all", period.since, period.until, period.says)
    return None


def _negates(clause: str) -> bool:
    text = f"{clause.casefold().strip()} "
    return any(text.startswith(f"{word} ") for word in _lists()["words"]["negating"])


def _about(said: str) -> tuple[str, ...]:
    """The words that name something, each as a section would be called."""
    lists = _lists()
    words = (word for word in _WORD.findall(said.casefold()))
    named = [lists["topics"].get(w, w) for w in words if w not in lists["words"]["empty"]]
    return tuple(dict.fromkeys(named))


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(LIST.read_text("utf-8"))


def kept_sections() -> tuple[str, ...]:
    """The keys of sections that no wish leaves out or shortens."""
    return tuple(_lists()["kept"]["sections"])
