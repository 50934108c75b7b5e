"""A finding about the chart itself is decided once for all drafts of a patient."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.review.hold import locked
from service.summary.models import Finding, Summary, SummaryVersion
from service.summary.vocabulary import FindingKind, SummaryStatus

# Text that speaks to a program stands in a record, whatever is drafted from it.
OF_THE_CHART = (FindingKind.INJECTION,)


def take_over(session: Session, summary: Summary) -> None:
    """Decisions that somebody made on the same words of the same record in another draft of this
    patient; each keeps who made it and when."""
    if summary.status is not SummaryStatus.IN_REVIEW or not _open(summary):
        return
    decided = _decided(session, summary)
    if not any(_key(finding) in decided for finding in _open(summary)):
        return
    locked(session, summary.id)
    for finding in _open(summary):
        if known := decided.get(_key(finding)):
            finding.resolution, finding.resolution_reason = (
                known.resolution,
                known.resolution_reason,
            )
            finding.resolved_by, finding.resolved_at = known.resolved_by, known.resolved_at
    session.flush()


def _open(summary: Summary) -> list[Finding]:
    found = summary.current.findings if summary.current else []
    return [f for f in found if f.kind in OF_THE_CHART and f.resolution is None]


def _decided(session: Session, summary: Summary) -> dict[tuple[str, ...], Finding]:
    query = (
        select(Finding)
        .join(SummaryVersion, SummaryVersion.id == Finding.version_id)
        .join(Summary, Summary.id == SummaryVersion.summary_id)
        .where(
            Summary.patient_ref == summary.patient_ref,
            Summary.id != summary.id,
            Finding.kind.in_(OF_THE_CHART),
            Finding.resolution.is_not(None),
        )
        .order_by(Finding.resolved_at)
    )
    return {_key(finding): finding for finding in session.scalars(query)}


def _key(finding: Finding) -> tuple[str, ...]:
    """The same words at the same place of the same record version, found by the same check."""
    places = (f"{e.get('record_id')}:{e.get('start')}:{e.get('end')}" for e in finding.evidence)
    return finding.check, finding.message, finding.source, *places
