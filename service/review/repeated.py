"""What was decided in one draft counts for the same finding in the patient's other drafts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import AuditEvent
from service.review.hold import locked
from service.summary.models import Finding, Remark, Summary, SummaryVersion
from service.summary.vocabulary import FindingKind, RemarkKind, ResolutionAction, SummaryStatus

# Text that speaks to a program stands in a record, whatever is drafted from it.
OF_THE_CHART = (FindingKind.INJECTION,)
# What a text leaves out or was drafted from is its own: another text serves another purpose.
OF_A_SENTENCE = (
    FindingKind.UNSUPPORTED,
    FindingKind.CONTRADICTED,
    FindingKind.CONFLICT,
    FindingKind.RISK,
    FindingKind.LANGUAGE,
)
# "Corrected" says that the other text was changed: this one still has the sentence.
HOLDS = (ResolutionAction.ACCEPTED, ResolutionAction.DISMISSED)

# So has a colleague who rejected it; whoever decided and rejected it themselves stands by both.
_REJECTED_BY_ANOTHER = (
    select(AuditEvent.seq)
    .where(
        AuditEvent.subject_id == Summary.id,
        AuditEvent.action == f"summary.{SummaryStatus.REJECTED}",
        AuditEvent.actor != Finding.resolved_by,
    )
    .exists()
)

Key = tuple[str, ...]


def take_over(session: Session, summary: Summary) -> None:
    """Decisions that somebody made about the same words of the same records in another draft of
    this patient; each keeps who made it and when."""
    still_open = _open(summary)
    if summary.status is not SummaryStatus.IN_REVIEW or not still_open:
        return
    decided = _decided(session, summary, still_open)
    key = _keys()
    if not any(key(finding, summary.current) in decided for finding in still_open):
        return
    locked(session, summary.id)
    for finding in _open(summary):
        if known := decided.get(key(finding, summary.current)):
            finding.resolution, finding.resolution_reason = (
                known.resolution,
                known.resolution_reason,
            )
            finding.resolved_by, finding.resolved_at = known.resolved_by, known.resolved_at
    session.flush()


def _open(summary: Summary) -> list[Finding]:
    found = summary.current.findings if summary.current else []
    return [f for f in found if f.resolution is None and _repeats(f)]


def _repeats(finding: Finding) -> bool:
    of_a_sentence = finding.kind in OF_A_SENTENCE and finding.statement_index is not None
    return of_a_sentence or finding.kind in OF_THE_CHART


def _decided(session: Session, summary: Summary, like: list[Finding]) -> dict[Key, Finding]:
    query = (
        select(Finding)
        .join(SummaryVersion, SummaryVersion.id == Finding.version_id)
        .join(Summary, Summary.id == SummaryVersion.summary_id)
        .where(
            Summary.patient_ref == summary.patient_ref,
            Summary.id != summary.id,
            # Whoever withdrew a text has said that it was not rightly judged.
            Summary.status != SummaryStatus.RETRACTED,
            ~_REJECTED_BY_ANOTHER,
            Finding.check.in_({finding.check for finding in like}),
            Finding.resolution.in_(HOLDS),
        )
        .order_by(Finding.resolved_at)
    )
    messages = {finding.message for finding in like}
    same = [f for f in session.scalars(query) if f.message in messages and _repeats(f)]
    if not same:
        return {}
    of = SummaryVersion.id.in_({finding.version_id for finding in same})
    versions = {each.id: each for each in session.scalars(select(SummaryVersion).where(of))}
    key, reports = _keys(), _reports(session, summary.patient_ref)
    return {
        key(finding, versions[finding.version_id]): finding
        for finding in same
        if not _is_called_wrong(finding, versions[finding.version_id], reports)
    }


def _reports(session: Session, patient_ref: str) -> dict[str, datetime]:
    """Words that somebody has called wrong in a filed text of this patient -> when, the last."""
    query = select(Remark).join(Summary, Summary.id == Remark.summary_id)
    query = query.where(Summary.patient_ref == patient_ref, Remark.kind == RemarkKind.WRONG)
    return {each.said: each.made_at for each in session.scalars(query.order_by(Remark.made_at))}


def _is_called_wrong(
    finding: Finding, version: SummaryVersion, reports: Mapping[str, datetime]
) -> bool:
    """Whether that was after the decision: the next one is made with it in mind."""
    if finding.statement_index is None or finding.resolved_at is None:
        return False
    at = reports.get(version.content.statement(finding.statement_index).text)
    return at is not None and finding.resolved_at < at


def _keys() -> Callable[[Finding, SummaryVersion | None], Key]:
    """What makes two findings one: the same check says the same of the same place of the same
    record version; of a sentence also its words and what it cites."""
    sentences: dict[str, dict[int, Key]] = {}

    def key(finding: Finding, version: SummaryVersion | None) -> Key:
        places = (f"{e.get('record_id')}:{e.get('start')}:{e.get('end')}" for e in finding.evidence)
        same = (finding.check, finding.message, finding.source, *places)
        if finding.kind in OF_THE_CHART or finding.statement_index is None or version is None:
            return same
        if version.id not in sentences:
            sentences[version.id] = _sentences(version)
        return *same, *sentences[version.id].get(finding.statement_index, (version.id,))

    return key


def _sentences(version: SummaryVersion) -> dict[int, Key]:
    """Index -> the words of a statement, and the places that it cites."""
    return {
        placed.index: (
            placed.statement.text,
            *sorted(f"{c.record_id}:{c.start}:{c.end}" for c in placed.statement.citations),
        )
        for placed in version.content.placed()
    }
