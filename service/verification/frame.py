"""A statement apart from what a draft sets round it: which note, how many records, since when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.chart.models import SourceRecord
from service.verification.models import Reason, Span

_GAP = r"(?:(?<!\s)\s++)?"  # as \s*, but a long one is not looked through from each of its blanks
_DAY = r"\d{4}(?:-\d{2}){0,2}"
_ATTRIBUTION = re.compile(
    rf"{_GAP}\(([^()]{{1,120}}), ({_DAY}|undated)"
    rf"(?:; same words since ({_DAY}|an undated note))?\)$"
)
_DATED = re.compile(rf"{_GAP}\(({_DAY}|undated)(?:; same words since ({_DAY}|an undated note))?\)$")
_COUNT = re.compile(rf"{_GAP}\[(\d+) records(?:, first ({_DAY}))?\]$")
_LATEST = re.compile(rf"{_GAP}\[latest (\d+) of (\d+)\]$")
_NOTES = re.compile(r"note|summary|report|plan|letter|document|evaluation", re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """`body` is what is said; the rest is said about its sources."""

    body: str
    title: str = ""
    days: tuple[str, ...] = ()
    count: int | None = None


def frame(text: str, titles: Sequence[str] = (), *, of_notes: bool = True) -> Frame:
    """The statement taken apart; `titles` of what it cites, and whether that has notes: the line of
    a structured record has brackets of its own. Text that no draft made is all body."""
    if match := _COUNT.search(text):
        first = (match[2],) if match[2] else ()
        return Frame(text[: match.start()], days=first, count=int(match[1]))
    if match := _LATEST.search(text):
        return Frame(text[: match.start()], count=int(match[1]))
    if of_notes and (match := _DATED.search(text)):
        return Frame(text[: match.start()], days=_days(match[1], match[2]))
    match = _ATTRIBUTION.search(text)
    # A headline's own bracket ("active, 2024-03-02") is not an attribution to a note.
    if match and (_NOTES.search(match[1]) or _words(match[1]) <= _words(" ".join(titles))):
        return Frame(text[: match.start()], match[1], _days(match[2], match[3]))
    return Frame(text)


def _days(*told: str | None) -> tuple[str, ...]:
    return tuple(day for day in told if day and day[0].isdigit())


def frame_reasons(framed: Frame, cited: Sequence[tuple[SourceRecord, Span]]) -> list[Reason]:
    """The attribution and the counts that a draft adds to what it quotes, where they are wrong."""
    held = {record.effective[:10] for record, _ in cited if record.effective}
    reasons = [
        Reason("date", day, ", ".join(sorted(held)[:3]) or "no date", True)
        for day in framed.days
        if day not in held
    ]
    titles = _words(" ".join(record.title or "note" for record, _ in cited))
    if framed.title and not _words(framed.title) <= titles:
        reasons.append(Reason("source", framed.title, cited[0][0].title if cited else "", True))
    sources = len({record.resource_ref for record, _ in cited})
    if framed.count is not None and framed.count != sources:
        reasons.append(Reason("number", f"{framed.count} records", f"{sources}", True))
    return reasons


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))
