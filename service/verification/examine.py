"""The pure part of verification: a document against the records that it was drafted from."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.quotes import find
from service.drafting.template import Prompt
from service.drafting.words import mentions
from service.summary.document import Citation, Document, Placed
from service.summary.vocabulary import FindingKind, Severity, Support
from service.verification.conflicts import conflict_findings
from service.verification.frame import frame
from service.verification.language import language_findings
from service.verification.models import Assessment, FindingDraft, Omission, Reason, Span
from service.verification.omission.check import Carried, check_omissions
from service.verification.support import Cited, assess

RISK_WORDS = ("suicid", "si", "hi", "self-harm", "self harm", "self-injur", "nssi", "overdose",
              "homicid", "violen", "abuse", "neglect", "death wish", "safety plan")  # fmt: skip


def examine(
    document: Document, records: Iterable[SourceRecord], prompt: Prompt,
    coverage: Mapping[str, Any],
) -> tuple[list[Assessment], list[FindingDraft]]:  # fmt: skip
    """An assessment of every statement, and everything that a person must look at."""
    held = {record.id: record for record in records}
    assessments, drafts = [], []
    for placed in document.placed():
        assessment = assess_placed(placed, held)
        assessments.append(assessment)
        drafts += _support_findings(placed, assessment)
        drafts += language_findings(placed.index, placed.statement.text)
    drafts += conflict_findings(document)
    carried = Carried.of(document, _until(coverage))
    omitted = check_omissions(carried, held.values(), prompt.must_carry).omissions
    return assessments, drafts + [_omitted(o) for o in omitted] + _dropped(coverage)


def assess_placed(placed: Placed, records: Mapping[str, SourceRecord]) -> Assessment:
    """A statement against its own citations; a quote that is not in its record is not found."""
    cited, lost = [], []
    for citation in placed.statement.citations:
        place = _cited(citation, records.get(citation.record_id))
        if place is None:
            lost.append(Reason("quote", f"“{citation.quote[:120]}”"))
        else:
            cited.append(place)
    if lost:
        spans = tuple(each.span for each in cited)
        return Assessment(placed.index, Support.NOT_FOUND, 0.0, tuple(lost), spans)
    return assess(placed.index, placed.statement.text, cited)


def _cited(citation: Citation, record: SourceRecord | None) -> Cited | None:
    match = find(citation.quote, record.text) if record else None
    if record is None or match is None:
        return None
    start, end = match.start, match.end
    if record.text[citation.start : citation.end] == citation.quote:
        start, end = citation.start, citation.end
    span = Span(record.resource_ref, start, end, record.text[start:end], record.id)
    dates = (record.effective[:10],) if record.effective else ()
    return Cited(span, record.text, dates, f"{record.title or 'note'}", record.is_note)


def _support_findings(placed: Placed, assessment: Assessment) -> list[FindingDraft]:
    """Contradicted and not found are major: the statement must not be signed as it stands."""
    if assessment.support in (Support.SUPPORTED, Support.NOT_CHECKABLE):
        return []
    reasons = assessment.reasons or (Reason("words", "something"),)
    return [
        FindingDraft(_kind(placed, assessment, reason), Severity.MAJOR, reason.check,
                     reason.sentence(), placed.index, reason.said, reason.source,
                     assessment.evidence)
        for reason in reasons
    ]  # fmt: skip


def _kind(placed: Placed, assessment: Assessment, reason: Reason) -> FindingKind:
    """Risk where the doubted words stand beside words of risk, not where a dose does."""
    if placed.section.key == "risk" or mentions(_clause(placed, reason), RISK_WORDS):
        return FindingKind.RISK
    contradicted = assessment.support is Support.CONTRADICTED
    return FindingKind.CONTRADICTED if contradicted else FindingKind.UNSUPPORTED


def _clause(placed: Placed, reason: Reason) -> str:
    """The clauses of the statement that hold the doubted words; all of it if none does."""
    body = frame(placed.statement.text).body
    said = reason.said.strip("“” ")[:40]
    return "\n".join(c for c in re.split(r"[.;]\s", body) if said in c) or body


def _omitted(omission: Omission) -> FindingDraft:
    source = omission.evidence[0].source if omission.evidence else ""
    return FindingDraft(
        FindingKind.OMITTED, omission.severity, omission.kind,
        omission.sentence(), None, "", source, omission.evidence,
    )  # fmt: skip


def _dropped(coverage: Mapping[str, Any]) -> list[FindingDraft]:
    """What a writer said without a source was kept out of the text: shown, it blocks nothing."""
    return [
        FindingDraft(FindingKind.UNSUPPORTED, Severity.MINOR, "dropped",
                     f"Left out of {each['section']}: {each['reason']}", None, each["said"])
        for each in coverage.get("dropped", ())
    ]  # fmt: skip


def _until(coverage: Mapping[str, Any]) -> datetime | None:
    written = (coverage.get("window") or {}).get("until")
    return datetime.fromisoformat(written) if written else None
