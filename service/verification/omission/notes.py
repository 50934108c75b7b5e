"""Sources that are prose, as dated sentences with their headings: notes, visits, transcripts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from service.chart.models import SourceRecord
from service.drafting.excerpts import BROUGHT
from service.drafting.notes import sentences
from service.drafting.words import mentions
from service.retrieval.headings import section_key
from service.verification.facts import facts
from service.verification.lexical import Source
from service.verification.models import Span
from service.verification.omission.lexicon import Hit, hits, outer
from service.verification.speakers import asserted, is_transcript

DATED_WITHIN = 400  # characters from the beginning of a text in which its own date stands
DAY = 10  # characters of a full date


@dataclass(frozen=True)
class Told:
    """A sentence of a source. `order` puts sentences in order of time, then of place."""

    span: Span
    text: str
    heading: str
    day: str
    order: tuple[str, int, int]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        return hits(self.text)

    @cached_property
    def outer(self) -> list[Hit]:
        return outer(self.hits)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(hit.key for hit in self.hits)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """ "concept", "drug", "score", "result": of which kinds it speaks."""
        return frozenset(key.partition(":")[0] for key in self.keys)

    def stands_under(self, *sections: str) -> bool:
        """Under one of these headings of the list, or one that begins with their words?"""
        return bool(self.heading) and (
            section_key(self.heading) in sections or mentions(self.heading, sections)
        )


def told_in(sources: Iterable[Source], records: Iterable[SourceRecord]) -> list[Told]:
    """Every sentence of the texts and of the notes among the records, oldest first."""
    found = [t for n, source in enumerate(sources) for t in _of_source(source, n)]
    notes = (r for r in records if r.is_note and not mentions(r.title, BROUGHT))
    found += [t for n, record in enumerate(notes) for t in _of_record(record, n)]
    return sorted(found, key=lambda told: told.order)


def lately(told: Iterable[Told], within_days: int | None) -> list[Told]:
    """Those within so many days of the newest source; one without a date is."""
    held = list(told)
    newest = max((day for each in held if (day := _day(each.day))), default=None)
    if within_days is None or newest is None:
        return held
    since = str(newest - timedelta(days=min(within_days, newest.toordinal() - 1)))
    return [each for each in held if not each.day or each.day >= since]


def _day(written: str) -> date | None:
    """None for one that is no whole day of the calendar ("30/2/00")."""
    try:
        return date.fromisoformat(written) if len(written) == DAY else None
    except ValueError:
        return None


def _of_source(source: Source, number: int) -> Iterator[Told]:
    day = source.date[:10] or _own_date(source.text)
    for start, end, said, heading in _said_in(source.text):
        span = Span(source.id, start, end, source.text[start:end])
        yield Told(span, said, heading, day, (day, number, start))


def _said_in(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, what it says, heading): of a conversation what it asserts."""
    if is_transcript(text):
        yield from ((each.start, each.end, each.said, "") for each in asserted(text))
    else:
        yield from ((each.start, each.end, each.text, each.heading) for each in sentences(text, 0))


def _of_record(record: SourceRecord, number: int) -> Iterator[Told]:
    day = record.effective[:10]
    for each in sentences(record.text):
        quote = record.text[each.start : each.end]
        span = Span(record.resource_ref, each.start, each.end, quote, record.id)
        yield Told(span, each.text, each.heading, day, (day, number, each.start))


def _own_date(text: str) -> str:
    """The first full date near the beginning, as a text that nobody dated tells its own."""
    for fact in facts(text[:DATED_WITHIN]):
        if fact.check == "date" and isinstance(fact.value, tuple) and all(fact.value):
            year, month, day = fact.value
            return f"{year:04d}-{month:02d}-{day:02d}"
    return ""
