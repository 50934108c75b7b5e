"""The sources of a summary, read once: their facts, and each fact's sayings with their places."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from service.chart.models import SourceRecord
from service.chart.render.dates import known_day
from service.facts import Fact, Facts, FactSource, ReadRecord, facts_of
from service.facts.patient import read_record_of
from service.facts.wording import sentence_place
from service.reading.assertions import Assertion, Concept, Kind, Value
from service.verification.bearing.texts import of_record, of_text
from service.verification.models import Source, Span

Kept = Mapping[str, tuple[Assertion, ...]]
_SAID_ALWAYS = (Kind.PERSON,)  # who is named beside a thing is not the thing


@dataclass(frozen=True)
class Saying:
    """One assertion of a fact, in its record."""

    a: Assertion
    record: ReadRecord
    on: str

    def value(self, what: str) -> Value | None:
        return next((v for v in self.a.values if v.what == what), None)


@dataclass(frozen=True)
class Sources:
    """Everything that a summary is made from. `rows` are the database's ids by record id."""

    records: Mapping[str, ReadRecord]
    rows: Mapping[str, str]
    facts: Facts

    @classmethod
    def of(
        cls,
        texts: Iterable[Source],
        records: Iterable[SourceRecord],
        kept: Kept | None = None,
    ) -> "Sources":
        """Texts are read now; of records what was kept of their reading, else they are read now."""
        read = [_of_text(number, text) for number, text in enumerate(texts)]
        held = [_of_record(record, kept or {}) for record in records]
        rows = {each.id: each.id for each in held}
        everything = {each.id: each for each in (*read, *held)}
        days = [each.on for each in everything.values() if len(each.on) == len("2026-01-01")]
        today = max(days, default=datetime.now(UTC).date().isoformat())
        return cls(everything, rows, facts_of(list(everything.values()), on=today))

    @cached_property
    def newest_note(self) -> str:
        """The day of the newest note; "" where none has one."""
        return max((each.on for each in self.records.values() if each.is_note), default="")

    def sayings(self, fact: Fact) -> list[Saying]:
        """Of the fact's sources, newest first."""
        return [each for source in fact.sources for each in self._at(source)]

    def _at(self, source: FactSource) -> Iterator[Saying]:
        record = self.records[source.record_id]
        for a in self._by_place[record.id].get((source.start, source.end), ()):
            yield Saying(a, record, source.on)

    @cached_property
    def _by_place(self) -> dict[str, dict[tuple[int, int], list[Assertion]]]:
        found: dict[str, dict[tuple[int, int], list[Assertion]]] = {}
        for record in self.records.values():
            places = found[record.id] = defaultdict(list)
            for a in record.assertions:
                places[a.start, a.end].append(a)
        return found

    @cached_property
    def _by_clause(self) -> dict[tuple[str, int, int], list[Assertion]]:
        found: dict[tuple[str, int, int], list[Assertion]] = defaultdict(list)
        for record in self.records.values():
            for a in record.assertions:
                found[record.id, a.unit, a.clause].append(a)
        return found

    def beside(self, said: Saying) -> Sequence[Assertion]:
        """What its clause asserts."""
        return self._by_clause[said.record.id, said.a.unit, said.a.clause]

    def within(self, source: FactSource) -> list[Assertion]:
        """What a place asserts."""
        record = self.records[source.record_id]
        return [a for a in record.assertions if source.start <= a.start < source.end]

    def around(self, source: FactSource) -> list[Assertion]:
        """What the sentence round a place asserts."""
        start, end = sentence_place(self.records[source.record_id].text, source.start, source.end)
        return self.within(FactSource(source.record_id, start, end))

    def span(self, source: FactSource) -> Span:
        """The sentence round a place."""
        record = self.records[source.record_id]
        start, end = sentence_place(record.text, source.start, source.end)
        while end > start and record.text[end - 1].isspace():
            end -= 1
        while start < end and record.text[start].isspace():
            start += 1
        row = self.rows.get(record.id, "")
        return Span(record.resource_ref, start, end, record.text[start:end], row)


def concepts(said: Iterable[Assertion]) -> tuple[Concept, ...]:
    """What the sayings speak of, people aside."""
    return tuple(dict.fromkeys(a.concept for a in said if a.concept.kind not in _SAID_ALWAYS))


def _of_text(number: int, text: Source) -> ReadRecord:
    read = of_text(text.id, text.text, text.date).reading
    on = known_day(text.date)
    return ReadRecord(f"{number}", text.id, "", on, True, "", "", text.text, read.assertions)


def _of_record(record: SourceRecord, kept: Kept) -> ReadRecord:
    said = kept.get(record.id)
    return read_record_of(
        record, of_record(record).reading.assertions if said is None else said, UTC
    )
