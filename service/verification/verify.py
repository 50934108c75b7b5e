"""The verb of this stage: every statement of a version assessed, every finding written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from service.chart.models import SnapshotRecord, SourceRecord
from service.drafting.progress import NOBODY, Watch
from service.drafting.prompts import packaged_prompts
from service.drafting.template import Prompt
from service.reading.keep import kept_assertions, kept_readings
from service.summary import progress
from service.summary.document import Document
from service.summary.models import Finding, Summary, SummaryVersion
from service.summary.people import SYSTEM
from service.summary.superseding import supersede_others
from service.summary.vocabulary import ResolutionAction, SummaryStatus, SummaryType
from service.verification.cited import Chart
from service.verification.entailment.scorer import Scorer
from service.verification.examine import examine
from service.verification.models import FindingDraft

log = structlog.get_logger(__name__)

SCORER = "scorer"  # in Session.info: what weighs retellings, of a draft and of each edit alike
Prompts = Mapping[SummaryType, Prompt]


def verify_summary(
    session: Session,
    summary_id: str,
    *,
    prompts: Prompts | None = None,
    watch: Watch = NOBODY,
) -> None:
    """DRAFTED -> IN_REVIEW. Does nothing when the summary has moved on. Raises DraftCancelled."""
    summary = progress.lock_owed(session, summary_id, SummaryStatus.DRAFTED)
    if summary is None or summary.current is None:
        return
    verify_version(session, summary.current, summary, prompts=prompts, watch=watch)
    said = supersede_others(session, summary)
    progress.advance(session, summary, SummaryStatus.IN_REVIEW, actor=SYSTEM, reason=said)


def verify_version(
    session: Session,
    version: SummaryVersion,
    summary: Summary,
    *,
    prompts: Prompts | None = None,
    watch: Watch = NOBODY,
) -> None:
    """Fill `version.assessments` and its findings, in place of any it had.

    What a person resolved in the version before stays resolved where the same statement
    text has the same finding again.
    """
    records = _snapshot(session, summary)
    prompt = (prompts or packaged_prompts())[summary.type]
    chart = chart_of(session, records)
    kept = kept_assertions(session, summary.patient_ref)
    assessments, drafts = examine(version.content, chart, prompt, version.coverage, watch, kept)
    version.assessments = [each.to_json() for each in assessments]
    settled = _settled(summary, version)
    session.execute(delete(Finding).where(Finding.version_id == version.id))
    for number, draft in enumerate(drafts, 1):
        row = _row(version, number, draft)
        _carry_over(row, settled.get(_key(version.content, draft)))
        session.add(row)
    session.flush()
    session.expire(version, ["findings"])
    log.info("summary.verified", summary_id=summary.id, findings=len(drafts))


def chart_of(session: Session, records: Sequence[SourceRecord]) -> Chart:
    """With what is kept of their reading, and the scorer that the session's maker hung on it."""
    scorer: Scorer | None = session.info.get(SCORER)
    return Chart(records, read=kept_readings(session, records), scorer=scorer)


def _snapshot(session: Session, summary: Summary) -> list[SourceRecord]:
    query = (
        select(SourceRecord)
        .join(SnapshotRecord, SnapshotRecord.record_id == SourceRecord.id)
        .where(SnapshotRecord.summary_id == summary.id)
        .options(defer(SourceRecord.raw))  # attachments are in it; nothing here reads them
    )
    return list(session.scalars(query))


def _row(version: SummaryVersion, number: int, draft: FindingDraft) -> Finding:
    return Finding(
        version_id=version.id,
        number=number,
        kind=draft.kind,
        severity=draft.severity,
        check=draft.check,
        message=draft.message,
        statement_index=draft.statement_index,
        said=draft.said,
        source=draft.source,
        evidence=[e.to_json() for e in draft.evidence],
    )


@dataclass(frozen=True)
class _Resolution:
    """What a person decided on a finding."""

    action: ResolutionAction | None
    reason: str
    by: str | None
    at: datetime | None


def _settled(summary: Summary, version: SummaryVersion) -> dict[tuple[str, str, str], _Resolution]:
    """Resolutions in this version and the one before, by statement text, check, message.

    Of one before only where it was drafted from the same record versions: what a person decided
    on one chart is no decision on another.
    """
    recent = [
        v
        for v in summary.versions
        if version.number - 1 <= v.number <= version.number
        and v.coverage.get("snapshot") == version.coverage.get("snapshot")
    ]
    return {
        (_said_in(each.content, f.statement_index), f.check, f.message): _Resolution(
            f.resolution, f.resolution_reason, f.resolved_by, f.resolved_at
        )
        for each in recent
        for f in each.findings
        if f.resolution is not None
    }


def _key(document: Document, draft: FindingDraft) -> tuple[str, str, str]:
    return _said_in(document, draft.statement_index), draft.check, draft.message


def _said_in(document: Document, index: int | None) -> str:
    return "" if index is None else document.statement(index).text


def _carry_over(row: Finding, before: _Resolution | None) -> None:
    if before is not None:
        row.resolution, row.resolution_reason = before.action, before.reason
        row.resolved_by, row.resolved_at = before.by, before.at
