"""The verb of this stage: every statement of a version assessed, every finding written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.drafting.progress import NOBODY, Watch
from service.drafting.prompts import packaged_prompts
from service.drafting.template import Prompt
from service.summary import progress
from service.summary.models import Finding, Summary, SummaryVersion
from service.summary.people import SYSTEM
from service.summary.superseding import supersede_others
from service.summary.vocabulary import ResolutionAction, SummaryStatus, SummaryType
from service.verification.cited import Chart
from service.verification.custody import note_found
from service.verification.examine import examine
from service.verification.held import load_chart
from service.verification.models import FindingDraft

log = structlog.get_logger(__name__)

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
    chart = load_chart(session, summary)
    verify_version(session, summary.current, summary, chart, prompts=prompts, watch=watch)
    said = supersede_others(session, summary)
    progress.advance(session, summary, SummaryStatus.IN_REVIEW, actor=SYSTEM, reason=said)


def verify_version(
    session: Session,
    version: SummaryVersion,
    summary: Summary,
    chart: Chart,
    *,
    prompts: Prompts | None = None,
    watch: Watch = NOBODY,
) -> None:
    """Fill `version.assessments` and its findings, in place of any it had. `chart` is what the
    summary was drafted from.

    What a person resolved in the version before stays resolved where the same statement
    text has the same finding again.
    """
    prompt = (prompts or packaged_prompts())[summary.type]
    assessments, drafts = examine(version.content, chart, prompt, version.coverage, watch)
    version.assessments = [each.to_json() for each in assessments]
    settled = _settled(summary, version)
    texts = _texts(version)
    session.execute(delete(Finding).where(Finding.version_id == version.id))
    for number, draft in enumerate(drafts, 1):
        row = _row(version, number, draft)
        _carry_over(row, settled.get(_key(texts, draft)))
        session.add(row)
    session.flush()
    session.expire(version, ["findings"])
    note_found(session, summary, version)
    log.info("summary.verified", summary_id=summary.id, findings=len(drafts))


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
        _key(texts, f): _Resolution(f.resolution, f.resolution_reason, f.resolved_by, f.resolved_at)
        for each, texts in ((each, _texts(each)) for each in recent)
        for f in each.findings
        if f.resolution is not None
    }


def _texts(version: SummaryVersion) -> dict[int, str]:
    return {placed.index: placed.statement.text for placed in version.content.placed()}


def _key(texts: Mapping[int, str], found: FindingDraft | Finding) -> tuple[str, str, str]:
    index = found.statement_index
    return "" if index is None else texts.get(index, ""), found.check, found.message


def _carry_over(row: Finding, before: _Resolution | None) -> None:
    if before is not None:
        row.resolution, row.resolution_reason = before.action, before.reason
        row.resolved_by, row.resolved_at = before.by, before.at
