"""Citations made from records: the quote is always the record's own characters."""

from service.chart.models import SourceRecord
from service.summary.document import Citation, Document


def cite(record: SourceRecord, start: int, end: int) -> Citation:
    """A citation of `record.text[start:end]`."""
    quote = record.text[start:end]
    return Citation(record.id, record.resource_ref, record.version, quote, start, end)


def cite_headline(record: SourceRecord) -> Citation:
    """A citation of the record's first line."""
    end = record.text.find("\n")
    return cite(record, 0, len(record.text) if end < 0 else end)


def headline(record: SourceRecord) -> str:
    """The line that stands alone as a statement."""
    return cite_headline(record).quote.strip()


def day(record: SourceRecord) -> str:
    """When what it says was true, as FHIR wrote it, to the day at most; empty when unknown."""
    return record.effective[:10]


def misquotes(document: Document, records: dict[str, SourceRecord]) -> list[str]:
    """What is wrong with the citations of a document, in words; empty when each one holds.

    Names places by index and reference only, never their text.
    """
    found = []
    for placed in document.placed():
        if not placed.statement.citations:
            found.append(f"statement {placed.index} cites nothing")
        for citation in placed.statement.citations:
            record = records.get(citation.record_id)
            if record is None:
                found.append(f"statement {placed.index} cites a record outside the snapshot")
            elif not citation.quote or record.text[citation.start : citation.end] != citation.quote:
                found.append(f"statement {placed.index} misquotes {citation.source_ref}")
    return found
