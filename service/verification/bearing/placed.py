"""A statement of a draft beside what it cites, then beside the whole chart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.chart.models import SourceRecord
from service.drafting.quotes import find
from service.reading.layout import Section, Stance, State
from service.reading.read import read_statement
from service.reading.reading import Reading
from service.reading.structure.words import section_of
from service.summary.document import Citation, Placed
from service.summary.vocabulary import Support
from service.verification.bearing.assess import assess
from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Held, Pool, Source
from service.verification.bearing.texts import of_record
from service.verification.bearing.verbatim import plain_words
from service.verification.entailment.scorer import Scorer
from service.verification.frame import Frame, frame, frame_reasons
from service.verification.models import Assessment, Reason, Span

Read = Callable[[SourceRecord], Source]

_UNTOLD = (Stance.NO, Stance.UNKNOWN, Stance.DECLINED, Stance.STOPPED, Stance.HELD)
_GONE = (State.STRUCK, State.CORRECTED)


@dataclass(frozen=True)
class Place:
    """A cited place: what stands there, in its record, and the units that it touches."""

    record: SourceRecord
    span: Span
    units: tuple[Held, ...]


@dataclass
class Chart:
    """The records that a draft was made from, each read once, when it is first asked for."""

    records: Mapping[str, SourceRecord]
    read: Read = of_record
    scorer: Scorer | None = None
    _pools: dict[tuple[str, ...], Pool] = field(default_factory=dict)
    _sources: dict[str, Source] = field(default_factory=dict)

    def assess(self, placed: Placed) -> Assessment:
        """Against its own citations; what they neither bear nor deny is looked for elsewhere, and
        is true there, but cited wrongly. A quote that is not in its record is not found."""
        places, lost = self._places(placed.statement.citations)
        spans = tuple(place.span for place in places)
        if lost:
            return Assessment(placed.index, Support.NOT_FOUND, 0.0, lost, spans)
        return replace(self._assessed(placed, places), index=placed.index)

    def _assessed(self, placed: Placed, places: Sequence[Place]) -> Assessment:
        text = placed.statement.text
        named = section_of(placed.section.title)
        framed = Frame(text) if _is_quoted(text, places) else frame(text)
        spans = tuple(place.span for place in places)
        if reasons := frame_reasons(framed, [(p.record, p.span) for p in places]):
            return Assessment(placed.index, Support.CONTRADICTED, 0.1, tuple(reasons), spans)
        if _is_quoted(framed.body, places) and not _is_turned(places):
            return Assessment(placed.index, Support.SUPPORTED, 1.0, (), spans)
        statement = read_statement(framed.body, section=_binding(named[0] if named else None))
        if not places:
            reason = Reason("citation", "this")
            return Assessment(placed.index, Support.NOT_FOUND, 0.0, (reason,), ())
        found = self._against(statement, self._pool(places), [u for p in places for u in p.units])
        if found.support is not Support.NOT_FOUND:
            return found
        other = self._against(statement, self._everything(), ())
        return _cited_wrongly(other, places) if other.support is Support.SUPPORTED else found

    def _against(self, statement: Reading, pool: Pool, cited: Sequence[Held]) -> Assessment:
        return assess([judge(statement, pool, cited)], Closest(pool), self.scorer)[0]

    def _places(self, citations: Iterable[Citation]) -> tuple[list[Place], tuple[Reason, ...]]:
        places, lost = [], []
        for citation in citations:
            record = self.records.get(citation.record_id)
            match = _where(citation, record) if record else None
            if record is None or match is None:
                lost.append(Reason("quote", f"“{citation.quote[:120]}”"))
            else:
                places.append(self._place(record, *match))
        return places, tuple(lost)

    def _place(self, record: SourceRecord, start: int, end: int) -> Place:
        span = Span(record.resource_ref, start, end, record.text[start:end], record.id)
        units = self._pool_of((record.id,)).units
        touched = tuple(u for u in units if u.start < end and u.end > start)
        return Place(record, span, touched)

    def _pool(self, places: Sequence[Place]) -> Pool:
        return self._pool_of(tuple(sorted({place.record.id for place in places})))

    def _everything(self) -> Pool:
        return self._pool_of(tuple(self.records))

    def _pool_of(self, ids: tuple[str, ...]) -> Pool:
        if ids not in self._pools:
            self._pools[ids] = Pool([self._source(id_) for id_ in ids])
        return self._pools[ids]

    def _source(self, id_: str) -> Source:
        if id_ not in self._sources:
            self._sources[id_] = self.read(self.records[id_])
        return self._sources[id_]


def _binding(section: Section | None) -> Section:
    """A draft's headings sort what is said; only that of the family says of whom."""
    return Section.FAMILY if section is Section.FAMILY else Section.OTHER


def _where(citation: Citation, record: SourceRecord) -> tuple[int, int] | None:
    if record.text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    match = find(citation.quote, record.text)
    return (match.start, match.end) if match else None


def _is_quoted(body: str, places: Sequence[Place]) -> bool:
    """Is it one of the quotes, or all of them in order, but for case and punctuation?"""
    said, held = plain_words(body), [plain_words(place.span.quote) for place in places]
    return said in held or said == " ".join(held)


def _is_turned(places: Sequence[Place]) -> bool:
    """Do the words mean something else where they stand: under "Denies:", unticked, struck, or cut
    out of a sentence that denies them?"""
    return any(_is_other(unit, place) for place in places for unit in place.units)


def _is_other(held: Held, place: Place) -> bool:
    unit = held.source.reading.structure.units[held.number]
    is_headless = unit.header is None or unit.header.end <= place.span.start
    if unit.state in _GONE or (unit.stance in _UNTOLD and is_headless):
        return True
    is_part = held.start < place.span.start or held.end > place.span.end
    return is_part and _cut_meaning(held, place)


def _cut_meaning(held: Held, place: Place) -> bool:
    """A part of a unit read by itself says otherwise than it does in its unit."""
    alone = {
        (a.concept, a.polarity, a.subject) for a in read_statement(place.span.quote).assertions
    }
    inside = [a for a in held.assertions if place.span.start <= a.start < place.span.end]
    whole = {(a.concept, a.polarity, a.subject) for a in inside}
    about = {concept for concept, *_ in whole}
    return any(each not in whole for each in alone if each[0] in about)


def _cited_wrongly(found: Assessment, places: Sequence[Place]) -> Assessment:
    said = ", ".join(f"“{place.span.quote[:80]}”" for place in places[:2]) or "nothing"
    evidence = found.evidence[:1]
    source = evidence[0].source if evidence else ""
    reason = Reason("citation", said, source)
    return replace(found, score=found.score * 0.9, reasons=(reason,), evidence=evidence)
