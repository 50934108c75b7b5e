"""Findings and what people decided about them, within a version and from one to the next."""

from sqlalchemy.orm import Session

from service import audit
from service.database import now
from service.errors import Blocked, Conflict, NotFound
from service.review import permissions
from service.review.hold import locked, optional
from service.review.reasons import telling
from service.summary.models import Finding, Summary, SummaryVersion
from service.summary.people import Person
from service.summary.vocabulary import ResolutionAction, Severity


def resolve_finding(
    session: Session,
    summary_id: str,
    number: int,
    action: ResolutionAction,
    reason: str,
    *,
    by: Person,
    digest: str | None = None,
) -> Finding:
    """Decide about one finding of the current version; a major one needs a reason.

    A person may change their own decision; another person's is a Conflict. Blocked for "corrected":
    a finding is that by itself, once the text is changed so that it is not found any more.
    """
    summary = locked(session, summary_id)
    permissions.check_can_review(by, summary)
    permissions.check_looked_at(summary, digest)
    finding = find_finding(summary, number)
    if action is ResolutionAction.CORRECTED:
        raise Blocked(
            "The text still has what this finding is about. Change the text: the finding is then "
            "closed by itself. Or say why it may stand."
        )
    if finding.resolved_by not in (None, by.id):
        raise Conflict(f"Finding {number} was resolved by somebody else. Look at it again.")
    _settle(finding, action, _reason(finding, reason), by=by)
    session.flush()
    _note(session, summary, finding, by=by)
    return finding


def mark_corrected(before: SummaryVersion, after: SummaryVersion, *, by: Person) -> None:
    """What was open before an edit and is not found in the new text was answered by it.

    Verification itself carries decisions over to the findings that are found again.
    """
    old, new = _texts(before), _texts(after)
    remaining = {_likeness(finding, new) for finding in after.findings}
    for finding in before.findings:
        if finding.resolution is None and _likeness(finding, old) not in remaining:
            _settle(finding, ResolutionAction.CORRECTED, "", by=by)


def keep_decisions(before: SummaryVersion, after: SummaryVersion) -> None:
    """What was decided on the same text stays decided when that text comes back."""
    old, new = _texts(before), _texts(after)
    decided = {_likeness(f, old): f for f in before.findings if f.resolution is not None}
    for finding in after.findings:
        known = decided.get(_likeness(finding, new))
        if finding.resolution is None and known is not None:
            finding.resolution, finding.resolution_reason = (
                known.resolution,
                known.resolution_reason,
            )
            finding.resolved_by, finding.resolved_at = known.resolved_by, known.resolved_at


def find_finding(summary: Summary, number: int) -> Finding:
    """The finding of this number on the current version. Raises NotFound."""
    for finding in summary.current.findings if summary.current else ():
        if finding.number == number:
            return finding
    raise NotFound(f"The current version has no finding {number}.")


def _reason(finding: Finding, reason: str) -> str:
    return telling(reason) if finding.severity is Severity.MAJOR else optional(reason)


def _settle(finding: Finding, action: ResolutionAction, reason: str, *, by: Person) -> None:
    finding.resolution, finding.resolution_reason = action, reason
    finding.resolved_by, finding.resolved_at = by.id, now()


def _texts(version: SummaryVersion) -> dict[int, str]:
    return {placed.index: placed.statement.text for placed in version.content.placed()}


def _likeness(finding: Finding, texts: dict[int, str]) -> tuple[str, str, str]:
    """What makes two findings the same: check, message, and the statement's words."""
    index = finding.statement_index
    return finding.check, finding.message, "" if index is None else texts.get(index, "")


def _note(session: Session, summary: Summary, finding: Finding, *, by: Person) -> None:
    """The reason stays with the finding: it may quote the chart, so the audit only counts it."""
    audit.record(
        session,
        "finding.resolved",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        finding=finding.number,
        kind=finding.kind,
        severity=finding.severity,
        resolution=finding.resolution,
        digest=summary.current.digest if summary.current else None,
    )
