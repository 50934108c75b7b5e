"""Who opened a filed text again, or withdrew it, and why: as the audit tells it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import AuditEvent, is_ours, typed_reasons
from service.summary.vocabulary import SummaryStatus

Status = SummaryStatus
WITHDRAWN_FROM = (Status.FILED, Status.IN_REVIEW, Status.FAILED)
OPENED = (Status.FILED, Status.FILING_REFUSED)  # a text that the EHR may hold goes into review


@dataclass(frozen=True)
class Act:
    """`actor` is the audit's name for the person, `practitioner_ref` the EHR's, where it has one.
    `reason` is in their words, "" where these are held no longer."""

    actor: str
    practitioner_ref: str
    reason: str
    at: datetime


def amended(session: Session, summary_id: str) -> Act | None:
    """How a text that the EHR may hold was opened for correction, the last time. None too where
    the audit's row is not of our key."""
    return _last(session, summary_id, Status.IN_REVIEW, OPENED)


def retracted(session: Session, summary_id: str) -> Act | None:
    """How it was withdrawn, the last time: by somebody at the desk or by a recall."""
    return _last(session, summary_id, Status.RETRACTING, WITHDRAWN_FROM)


def _last(
    session: Session, summary_id: str, status: Status, before: tuple[Status, ...]
) -> Act | None:
    query = select(AuditEvent).where(
        AuditEvent.subject_id == summary_id,
        AuditEvent.action == f"summary.{status}",
        AuditEvent.detail["before"].astext.in_(before),
    )
    act = session.scalars(query.order_by(AuditEvent.seq.desc())).first()
    if act is None or not is_ours(session, act):
        return None
    said = typed_reasons(session, [act]).get(act.seq, "")
    return Act(act.actor, str(act.detail.get("practitioner_ref") or ""), said, act.at)
