"""A model's statements tied to the chart: a citation that is not there never survives."""

from collections.abc import Iterable, Mapping

from service.chart.models import SourceRecord
from service.drafting.citing import cite
from service.drafting.quotes import Match, find, nearest
from service.drafting.request import Dropped
from service.drafting.schema import CitationAnswer, SectionAnswer, StatementAnswer
from service.retrieval.evidence import Evidence
from service.summary.document import Citation, Statement

LONGEST_STATEMENT = 1_000
ALIKE = 0.9  # an uncited statement is tied to evidence that has nearly its own words, never less


def ground(
    answer: SectionAnswer, evidence: Iterable[Evidence], records: Mapping[str, SourceRecord], *,
    section: str, writer: str,
) -> tuple[list[Statement], list[Dropped]]:  # fmt: skip
    """Statements with citations that hold, and those that could not be cited, with the reason."""
    held = {each.id: each for each in evidence if each.record_id in records}
    stated, dropped = [], []
    for each in answer.statements:
        text = " ".join(each.text.split())[:LONGEST_STATEMENT]
        citations = _citations(each, held, records)
        if citations:
            stated.append(Statement(text, tuple(citations), writer))
        else:
            dropped.append(Dropped(section, text, _why(each, held)))
    return stated, dropped


def _citations(
    statement: StatementAnswer, held: Mapping[str, Evidence], records: Mapping[str, SourceRecord]
) -> list[Citation]:
    given = (_place(each, held, records) for each in statement.citations)
    found = list(dict.fromkeys(citation for citation in given if citation))
    if found:
        return found
    matched = (_by_words(statement.text, each, records) for each in held.values())
    return [citation for citation in matched if citation][:1]


def _place(
    answer: CitationAnswer, held: Mapping[str, Evidence], records: Mapping[str, SourceRecord]
) -> Citation | None:
    """The quote at its exact place in the record of the evidence that was named."""
    evidence = held.get(answer.evidence_id.strip().strip("[]"))
    if evidence is None or not answer.quote.strip():
        return None
    match = find(answer.quote, records[evidence.record_id].text[evidence.start : evidence.end])
    return _cited(evidence, match, records)


def _by_words(
    text: str, evidence: Evidence, records: Mapping[str, SourceRecord]
) -> Citation | None:
    passage = records[evidence.record_id].text[evidence.start : evidence.end]
    return _cited(evidence, nearest(text, passage, at_least=ALIKE), records)


def _cited(
    evidence: Evidence, match: Match | None, records: Mapping[str, SourceRecord]
) -> Citation | None:
    if match is None:
        return None
    start = evidence.start
    return cite(records[evidence.record_id], start + match.start, start + match.end)


def _why(statement: StatementAnswer, held: Mapping[str, Evidence]) -> str:
    if not statement.citations:
        return "The writer cited nothing, and no evidence has these words."
    if not any(c.evidence_id.strip().strip("[]") in held for c in statement.citations):
        return "The writer cited evidence that does not exist."
    return "The writer's quote is not in the evidence that it cited."
