"""The check itself: everything that must be carried, asked for once, and what of it is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from service.chart.models import SourceRecord
from service.drafting.quotes import find
from service.drafting.telling.glue import items
from service.drafting.template import MustCarry
from service.reading.read import read_statement
from service.summary.document import Citation, Document
from service.summary.vocabulary import Severity
from service.verification.models import Omission, Source
from service.verification.omission.carried import Read, Summary
from service.verification.omission.choose import must_say
from service.verification.omission.must import MustSay
from service.verification.omission.sources import Kept, Sources

MOST_STATEMENTS = 4_000
MOST = 0.6  # of the characters of a sentence
PARTLY = 0.5  # what a thing carried without one of its parts counts


@dataclass(frozen=True)
class Carried:
    """What a summary says: a text, or `statements` that nothing round them gives another sense.
    `until` bounds what it is asked for (the end of its period); `quoted` are the places that it
    tells word for word."""

    text: str
    until: datetime | None = None
    statements: tuple[str, ...] = ()
    quoted: tuple[Citation, ...] = ()

    @classmethod
    def of(cls, document: Document, until: datetime | None = None) -> "Carried":
        stated = [placed.statement for placed in document.placed()]
        said = tuple(item.body for each in stated for item in items(each.text))
        quoted = tuple(c for each in stated for c in each.citations if find(c.quote, each.text))
        return cls("\n".join(each.text for each in stated), until, said, quoted)


@dataclass(frozen=True)
class Asked:
    """What any summary of these sources must carry. A statement that many texts have is read
    once."""

    sources: Sources
    must: tuple[MustSay, ...]
    read: Read = field(default_factory=lambda: lru_cache(MOST_STATEMENTS)(read_statement))


@dataclass(frozen=True)
class Checked:
    """What had to be carried, and what of it is missing, wholly or in part; what is told word for
    word."""

    sources: Sources
    summary: Summary
    asked: tuple[MustSay, ...]
    omissions: tuple[Omission, ...]
    quoted: tuple[Citation, ...] = ()

    @property
    def share(self) -> float:
        """How much of it is carried, 0 to 1; what is major counts three times."""
        whole = sum(_weight(each.severity) for each in self.asked)
        lost = sum(_weight(o.severity) * (PARTLY if o.missing else 1.0) for o in self.omissions)
        return max(0.0, 1 - lost / whole) if whole else 1.0


def check_omissions(
    carried: Carried,
    records: Iterable[SourceRecord],
    rules: Iterable[MustCarry],
    sources: Iterable[Source] = (),
    kept: Kept | None = None,
) -> Checked:
    """Every rule applied to the facts of the records and the texts; each thing is asked for once.
    `kept` is what was kept of the records' reading, by record id."""
    return check_asked(carried, ask(within(records, carried.until), rules, sources, kept))


def ask(
    records: Iterable[SourceRecord],
    rules: Iterable[MustCarry],
    sources: Iterable[Source] = (),
    kept: Kept | None = None,
) -> Asked:
    """The half that no word of a summary changes."""
    read = Sources.of(sources, records, kept)
    return Asked(read, tuple(must_say(read, rules)))


def check_asked(carried: Carried, asked: Asked) -> Checked:
    summary = Summary(
        carried.text, carried.statements, on=asked.sources.newest_note, read=asked.read
    )
    lacking = (each for each in asked.must if not _is_quoted(each, carried.quoted))
    omissions = (_omission(each, summary.missing(each)) for each in lacking)
    found = tuple(each for each in omissions if each)
    return Checked(asked.sources, summary, asked.must, found, carried.quoted)


def within(records: Iterable[SourceRecord], until: datetime | None) -> list[SourceRecord]:
    """Those that say something, of what was true until then."""
    return [r for r in records if r.text and _is_inside(r, until)]


def _is_quoted(must: MustSay, quoted: Iterable[Citation]) -> bool:
    """Is most of a sentence that says it told word for word?"""
    return any(
        each.record_id == span.record_id
        and min(each.end, span.end) - max(each.start, span.start) >= MOST * (span.end - span.start)
        for span in must.spans
        for each in quoted
    )


def _omission(must: MustSay, missing: tuple[str, ...] | None) -> Omission | None:
    if missing == ():
        return None
    return Omission(must.kind, must.fact, must.severity, must.reason, must.spans, missing or ())


def _is_inside(record: SourceRecord, until: datetime | None) -> bool:
    return until is None or record.effective_at is None or record.effective_at <= until


def _weight(severity: Severity) -> int:
    return 3 if severity is Severity.MAJOR else 1
