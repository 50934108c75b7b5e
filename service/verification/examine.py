"""The pure part of verification: a document against the records that it was drafted from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.progress import NOBODY, Watch
from service.drafting.quotes import find
from service.drafting.template import Prompt
from service.summary.document import OWN, Citation, Document, Placed
from service.summary.vocabulary import FindingKind, Severity, Support
from service.verification.conflicts import conflict_findings
from service.verification.context.compare import under_heading
from service.verification.context.headings import kind_of
from service.verification.frame import frame
from service.verification.heard import Heard, heard
from service.verification.language import faithful_words, in_offered_words, language_findings
from service.verification.lexical import Sentences, Source
from service.verification.models import Assessment, FindingDraft, Omission, Reason, Span
from service.verification.omission.check import Carried, check_omissions
from service.verification.risk.mentions import is_risk
from service.verification.support import Cited, Elsewhere, assess

LONGEST_DENIAL = 24  # characters that a denial and the space behind it take
_DENIAL_BEFORE = re.compile(
    r"(?<!\w)(?:no|not|never|without|w/o|den(?:y|ies|ied|ying))(?: (?:any|a|an|the|of))?[ \n]+\Z",
    re.IGNORECASE,
)
RISK_CHECKS = ("risk", "risk level", "means", "qualifier", "protective factors")


def examine(
    document: Document,
    records: Iterable[SourceRecord],
    prompt: Prompt,
    coverage: Mapping[str, Any],
    watch: Watch = NOBODY,
) -> tuple[list[Assessment], list[FindingDraft]]:
    """An assessment of every statement, and everything that a person must look at. Raises
    DraftCancelled."""
    held = {record.id: record for record in records}
    elsewhere = chart_search(held.values())
    assessments, drafts = [], []
    for placed in watch.through(document.placed()):
        assessment = assess_placed(placed, held, elsewhere)
        assessments.append(assessment)
        drafts += _support_findings(placed, assessment)
        drafts += language_findings(placed.index, placed.statement.text)
        drafts += faithful_words(placed.index, placed.statement.text, _cited_words(placed, held))
    drafts += conflict_findings(document)
    carried = Carried.of(document, _until(coverage))
    omitted = check_omissions(carried, held.values(), prompt.must_carry).omissions
    drafts += [_omitted(o) for o in omitted] + _dropped(coverage)
    return assessments, drafts + _planted(coverage, held)


def chart_search(records: Iterable[SourceRecord]) -> Elsewhere:
    """Finds what a statement may rest on anywhere in the chart. Read only when first asked:
    most statements are borne out where they say."""

    @cache
    def sentences() -> tuple[Sentences, dict[str, SourceRecord]]:
        held = {record.resource_ref: record for record in records}
        sources = [Source(ref, each.text, each.effective[:10]) for ref, each in held.items()]
        return Sentences(sources), held

    def elsewhere(text: str) -> list[Cited]:
        index, held = sentences()
        return [
            _place(held[piece.source.id], piece.start, piece.end)
            for piece, _ in index.nearest(text)
        ]

    return elsewhere


def assess_placed(
    placed: Placed, records: Mapping[str, SourceRecord], elsewhere: Elsewhere | None = None
) -> Assessment:
    """A statement against its own citations, then `elsewhere`; a quote that is not in its record
    is not found."""
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
    title = placed.section.title
    under = title if kind_of(title) == "family" else ""
    assessment = assess(placed.index, placed.statement.text, cited, elsewhere, under=under)
    supported = assessment.support is Support.SUPPORTED
    if placed.statement.writer == OWN and assessment.support is Support.NOT_FOUND:
        return Assessment(placed.index, Support.NOT_CHECKABLE, 0.5, (), ())
    return assessment if supported else _in_offered_words(placed, cited, assessment, under)


def _in_offered_words(
    placed: Placed, cited: list[Cited], assessment: Assessment, under: str
) -> Assessment:
    """A rewrite that a finding offered is borne by the judging words in whose place it stands."""
    reworded = [
        replace(
            c,
            context=in_offered_words(c.context),
            span=replace(c.span, quote=in_offered_words(c.span.quote)),
        )
        for c in cited
    ]
    if reworded == cited:
        return assessment
    again = assess(placed.index, in_offered_words(placed.statement.text), reworded, under=under)
    is_borne = again.support is Support.SUPPORTED
    return replace(again, evidence=assessment.evidence) if is_borne else assessment


def _cited(citation: Citation, record: SourceRecord | None) -> Cited | None:
    match = find(citation.quote, record.text) if record else None
    if record is None or match is None:
        return None
    start, end = match.start, match.end
    if record.text[citation.start : citation.end] == citation.quote:
        start, end = citation.start, citation.end
    return _place(record, *_whole_words(record.text, start, end))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A quote cut inside a word or behind its denial bears what it says uncut: "ther" was "mother",
    "change in meds" was "no change in meds"."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    denied = _DENIAL_BEFORE.search(text, max(0, start - LONGEST_DENIAL), start)
    return (denied.start() if denied else start), end


def _place(record: SourceRecord, start: int, end: int) -> Cited:
    span = Span(record.resource_ref, start, end, record.text[start:end], record.id)
    dates = (record.effective[:10],) if record.effective else ()
    headed = under_heading(record.text, start, end) if record.is_note else ""
    return Cited(span, record.text, dates, f"{record.title or 'note'}", record.is_note, headed)


def _cited_words(placed: Placed, records: Mapping[str, SourceRecord]) -> Heard:
    cited = {each.record_id for each in placed.statement.citations}
    return heard(records[each].text for each in sorted(cited) if each in records)


def _support_findings(placed: Placed, assessment: Assessment) -> list[FindingDraft]:
    """One for a statement, its worst reason first, the others behind it in the message.

    Contradicted and not found are major: the statement must not be signed as it stands. Supported
    for a reason is true, but not where it says: minor.
    """
    is_borne = assessment.support in (Support.SUPPORTED, Support.NOT_CHECKABLE)
    if is_borne and not assessment.reasons:
        return []
    severity = Severity.MINOR if is_borne else Severity.MAJOR
    reasons = assessment.reasons or (Reason("words", "something"),)
    worst = next((r for r in reasons if r.contradicts), reasons[0])
    kinds = [_kind(placed, assessment, reason) for reason in (worst, *reasons)]
    others = [r.sentence() for r in reasons if r is not worst]
    return [
        FindingDraft(
            FindingKind.RISK if FindingKind.RISK in kinds else kinds[0],
            severity,
            worst.check,
            " ".join([worst.sentence(), *others]),
            placed.index,
            worst.said,
            worst.source,
            assessment.evidence,
        )
    ]


def _kind(placed: Placed, assessment: Assessment, reason: Reason) -> FindingKind:
    """Risk where the doubted words stand beside words of risk, not where a dose does."""
    is_named = reason.check in RISK_CHECKS or is_risk(_clause(placed, reason))
    if placed.section.key == "risk" or is_named:
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
        FindingKind.OMITTED,
        omission.severity,
        omission.kind,
        omission.sentence(),
        None,
        "",
        source,
        omission.evidence,
    )


def _dropped(coverage: Mapping[str, Any]) -> list[FindingDraft]:
    """What a writer said without a source was kept out of the text: shown, it blocks nothing."""
    return [
        FindingDraft(
            FindingKind.UNSUPPORTED,
            Severity.MINOR,
            "dropped",
            f"Left out of {each['section']}: {each['reason']}",
            None,
            each["said"],
        )
        for each in coverage.get("dropped", ())
    ]


def _planted(
    coverage: Mapping[str, Any], records: Mapping[str, SourceRecord]
) -> list[FindingDraft]:
    """Text of the chart that speaks to a program: a person must see what it wants."""
    found = []
    for each in coverage.get("planted", ()):
        record = records.get(each["record_id"])
        quote = record.text[each["start"] : each["end"]] if record else ""
        span = Span(each["source"], each["start"], each["end"], quote, each["record_id"])
        severity = Severity(each["severity"])
        left_out = " It was left out of the draft." if severity is Severity.MAJOR else ""
        found.append(
            FindingDraft(
                FindingKind.INJECTION,
                severity,
                each["check"],
                f"A source has text that speaks to a program ({each['check']}).{left_out}",
                None,
                "",
                quote[:300],
                (span,),
            )
        )
    return found


def _until(coverage: Mapping[str, Any]) -> datetime | None:
    written = (coverage.get("window") or {}).get("until")
    return datetime.fromisoformat(written) if written else None
