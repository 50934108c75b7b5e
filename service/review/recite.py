"""What a person's statement rests on: looked for anew in the chart that the draft was made from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from service.chart.models import SnapshotRecord, SourceRecord
from service.drafting.quotes import find
from service.errors import BadInput, NotFound
from service.reading.assertions import Assertion, Kind
from service.reading.read import read_statement
from service.reading.sentences import sentence_spans
from service.review.readable import readable_chart
from service.summary.document import Citation, Document, Statement
from service.summary.models import Finding, Summary
from service.summary.people import Person
from service.summary.vocabulary import Support
from service.verification.bearing.judge import judge
from service.verification.cited import Chart
from service.verification.frame import frame
from service.verification.models import Assessment

# Of these the newest word counts: a level that was normal once is not normal for that.
VALUED = frozenset({Kind.MEASUREMENT, Kind.SCORE, Kind.MEDICINE})
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b")
MOST_PLACES = 6

Concepts = frozenset[tuple[Kind, str]]


def cited_anew(chart: Chart, document: Document, index: int) -> Document:
    """The document in which this statement cites what bears it, or what speaks against it: the
    newest value of what it names, else what it cited, else where the chart says it; nothing where
    what it cited speaks of something else."""

    def assessed(citations: Sequence[Citation]) -> tuple[Document, Assessment]:
        statement = replace(document.statement(index), citations=tuple(citations))
        tried = document.with_statement(index, statement)
        return tried, chart.assessed(tried.placed()[index])

    statement = document.statement(index)
    newest = _newest(chart, statement.text)
    if newest:
        tried, found = assessed(newest)
        if found.support in (Support.SUPPORTED, Support.CONTRADICTED) and not _is_cited_wrongly(
            found
        ):
            return tried
    kept, found = assessed(statement.citations)
    if found.support is Support.SUPPORTED and not _is_cited_wrongly(found):
        return kept
    searched, other = assessed(())
    if other.support is Support.SUPPORTED:
        places = _places(other, chart.records)
        tried, found = assessed(places)
        # Of a line of several things one may be borne by what was cited already.
        return (
            tried
            if found.support is Support.SUPPORTED
            else assessed([*places, *statement.citations])[0]
        )
    return kept if _speaks_of_it(statement) else searched


def places_for(
    session: Session, summary: Summary, text: str, *, person: Person
) -> list[tuple[SourceRecord, Citation]]:
    """The places of the chart nearest to these words, for this person to choose from."""
    chart = readable_chart(session, summary, person)
    found: list[Citation] = []
    for unit, _ in judge(read_statement(frame(text).body), chart.everything).near:
        record = chart.records[unit.source.record_id]
        if not _is_heading(record, unit.start):
            found.append(_place(record, unit.start, unit.end))
    places = list({(c.record_id, c.quote): c for c in reversed(found)}.values())[::-1]
    return [(record_of(session, summary, c.record_id), c) for c in places[:MOST_PLACES]]


def _is_heading(record: SourceRecord, start: int) -> bool:
    """A note begins with what it is called: nothing rests on that."""
    return record.is_note and start < len(record.headline)


def picked(session: Session, summary: Summary, record_id: str, quote: str) -> Citation:
    """These words of that record as a citation. Raises NotFound, BadInput."""
    record = record_of(session, summary, record_id)
    match = find(quote, record.text) if quote.strip() else None
    if match is None:
        raise BadInput("These words do not stand in that record. Mark them in its text and cite.")
    return citation(record, match.start, match.end)


def record_of(session: Session, summary: Summary, record_id: str) -> SourceRecord:
    """A record that the draft was made from. Raises NotFound."""
    pinned = session.get(SnapshotRecord, (summary.id, record_id))
    record = session.get(SourceRecord, record_id) if pinned else None
    if record is None:
        raise NotFound("The draft was not made from that record. Update the draft to cite it.")
    return record


def citation(record: SourceRecord, start: int, end: int) -> Citation:
    quote = record.text[start:end]
    return Citation(record.id, record.resource_ref, record.version, quote, start, end)


def citations_of(session: Session, finding: Finding) -> tuple[Citation, ...]:
    """What a finding points at, as citations; evidence without a record is left out."""
    found = []
    for each in finding.evidence:
        record = session.get(SourceRecord, each.get("record_id") or "")
        if record is not None and each.get("quote"):
            start, end = int(each["start"]), int(each["end"])
            found.append(
                Citation(record.id, record.resource_ref, record.version, each["quote"], start, end)
            )
    return tuple(found)


def _is_cited_wrongly(found: Assessment) -> bool:
    """Borne out, but elsewhere than where it says."""
    return any(reason.check == "citation" for reason in found.reasons)


def _places(found: Assessment, held: dict[str, SourceRecord]) -> list[Citation]:
    spans = [span for span in found.evidence if span.record_id in held]
    places = (_place(held[span.record_id or ""], span.start, span.end) for span in spans)
    return list(dict.fromkeys(places))


def _place(record: SourceRecord, start: int, end: int) -> Citation:
    """Of a record that is no note its headline is one place, whatever part of it bears a thing."""
    first = record.text.partition("\n")[0]
    if not record.is_note and start < len(first):
        return citation(record, 0, max(end, len(first)))
    return citation(record, start, end)


def _newest(chart: Chart, text: str) -> list[Citation]:
    """For each valued thing that is named without a day: where the newest record says it, of that
    day the one that says most of it."""
    wanted = frozenset(c for c in _concepts(read_statement(text).assertions) if c[0] in VALUED)
    if not wanted or _DATED.search(text):
        return []
    latest: dict[tuple[Kind, str], tuple[tuple[str, int], SourceRecord, Assertion]] = {}
    for record in chart.records.values():
        for said in chart.kept[record.id]:
            concept = (said.concept.kind, said.concept.key)
            rank = said.on or record.effective[:10], len(said.values)
            is_newest = concept not in latest or rank >= latest[concept][0]
            if concept in wanted and said.is_current and is_newest:
                latest[concept] = rank, record, said
    return [_sentence(record, said) for _, record, said in latest.values()]


def _sentence(record: SourceRecord, said: Assertion) -> Citation:
    for start, end in sentence_spans(record.text):
        if start <= said.start < end:
            return citation(record, start, end)
    return citation(record, said.start, said.end)


def _speaks_of_it(statement: Statement) -> bool:
    """Whether what it cites names one of the things that it names itself."""
    named = _concepts(read_statement(statement.text).assertions)
    quoted = "\n".join(c.quote for c in statement.citations)
    return not named or bool(named & _concepts(read_statement(quoted).assertions))


def _concepts(said: Iterable[Assertion]) -> Concepts:
    return frozenset((each.concept.kind, each.concept.key) for each in said)
