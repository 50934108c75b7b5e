"""The one way to make a summary, find it, lock it, and change its status."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service import audit, queue
from service.audit import AuditEvent
from service.database import now
from service.errors import NotFound
from service.summary import jobs
from service.summary.document import Document
from service.summary.lifecycle import OWED, check_move
from service.summary.models import Summary, SummaryVersion
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType

# Where a signed text stands until the EHR has it.
ON_ITS_WAY = (
    SummaryStatus.FILING_REFUSED,
    SummaryStatus.FILING_UNKNOWN,
    SummaryStatus.FILED,
)


def request_summary(
    session: Session,
    patient_ref: str,
    summary_type: SummaryType,
    *,
    actor: str,
    encounter_ref: str | None = None,
) -> Summary:
    """A new summary whose chart is owed. `patient_ref` is "Patient/id"."""
    summary = Summary(
        patient_ref=patient_ref,
        type=summary_type,
        requested_by=actor,
        encounter_ref=encounter_ref,
    )
    session.add(summary)
    session.flush()
    _note(session, summary, actor=actor, before=None, reason="", encounter_ref=encounter_ref)
    return summary


def advance(
    session: Session,
    summary: Summary,
    status: SummaryStatus,
    *,
    actor: str,
    reason: str = "",
    practitioner_ref: str | None = None,
) -> None:
    """Change the status: checked, audited in this transaction, the owed work asked for.

    `reason` must hold no chart text when the system writes it; `practitioner_ref` is what the EHR
    calls the actor. Raises Conflict when the move is not allowed, and at flush when somebody else
    moved the summary first.
    """
    before = summary.status
    check_move(before, status)
    summary.status, summary.status_reason, summary.status_at = status, reason, now()
    session.flush()
    known = {"practitioner_ref": practitioner_ref} if practitioner_ref else {}
    _note(session, summary, actor=actor, before=before, reason=reason, **known)


def _note(
    session: Session,
    summary: Summary,
    *,
    actor: str,
    before: SummaryStatus | None,
    reason: str,
    **known: str | None,
) -> None:
    audit.record(
        session,
        f"summary.{summary.status}",
        actor=actor,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        before=before,
        typed="" if actor == SYSTEM else reason,
        reason=reason if actor == SYSTEM else "",
        digest=summary.current.digest if summary.current else None,
        **known,
    )
    if task := OWED.get(summary.status):
        jobs.begin(session, summary)
        queue.after_commit(session, task, summary_id=summary.id)


def is_told(session: Session, summary: Summary) -> bool:
    """Whether the audit, whose rows are keyed, tells last that the summary came to where it
    stands: a status that was only written into the database orders nothing."""
    moves = select(AuditEvent).where(
        AuditEvent.subject_id == summary.id,
        AuditEvent.patient_ref == summary.patient_ref,
        _is_move(),
    )
    last = session.scalars(moves.order_by(AuditEvent.seq.desc()).limit(1)).first()
    if last is None or last.action != f"summary.{summary.status}":
        return False
    return audit.is_ours(session, last)


def is_signed_off(session: Session, summary: Summary) -> bool:
    """Whether the audit, whose rows are keyed, tells that a person brought just this text of just
    this patient from review, or from the second clinician, to its filing, and that nobody has
    taken it back since. A status or a patient that was only written into the database is none.
    """
    moves = select(AuditEvent).where(AuditEvent.subject_id == summary.id, _is_move())
    acts = session.scalars(moves.order_by(AuditEvent.seq.desc())).all()
    if {act.patient_ref for act in acts} != {summary.patient_ref} or not _is_asked(acts, summary):
        return False
    last = next((act for act in acts if not _goes_on(act)), None)
    return (
        last is not None
        and last.action == f"summary.{SummaryStatus.SIGNED}"
        and last.detail.get("digest") == (summary.current.digest if summary.current else None)
        and audit.is_ours(session, last)
    )


def _is_asked(newest_first: Sequence[AuditEvent], summary: Summary) -> bool:
    """Whether it is for the visit that it was asked for; older requests do not tell which."""
    asked = newest_first[-1].detail
    return asked.get("encounter_ref", summary.encounter_ref) == summary.encounter_ref


def _is_move() -> ColumnElement[bool]:
    return AuditEvent.action.in_([f"summary.{status}" for status in SummaryStatus])


def _goes_on(act: AuditEvent) -> bool:
    """What became of a signed text on its way, and trying it again: no word of a clinician."""
    if act.action == f"summary.{SummaryStatus.SIGNED}":
        return act.detail.get("before") in ON_ITS_WAY
    return act.action.removeprefix("summary.") in ON_ITS_WAY


def run_of(session: Session, summary_id: str) -> int:
    """Which time it is that this summary is prepared: the number of the audit's row that tells of
    the last request, which never comes again; 0 before that is written."""
    query = select(func.max(AuditEvent.seq)).where(
        AuditEvent.subject_id == summary_id,
        AuditEvent.action == f"summary.{SummaryStatus.REQUESTED}",
    )
    return session.scalar(query) or 0


def find_summary(session: Session, summary_id: str) -> Summary:
    """The summary of this id. Raises NotFound."""
    summary = session.get(Summary, summary_id)
    if summary is None:
        raise not_held(summary_id)
    return summary


def not_held(summary_id: str) -> NotFound:
    """What is said of one that is not here, and of one that the reader may not know of."""
    return NotFound(f"No summary {summary_id} is held here.")


def lock_owed(session: Session, summary_id: str, status: SummaryStatus) -> Summary | None:
    """The summary, locked for this transaction, if it still owes the work of `status`.

    None when it has moved on or another worker holds it: a task delivered twice does
    nothing the second time.
    """
    query = select(Summary).where(Summary.id == summary_id, Summary.status == status)
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def add_version(
    session: Session,
    summary: Summary,
    document: Document,
    *,
    made_by: str,
    writer: dict[str, object],
    coverage: dict[str, object],
) -> SummaryVersion:
    """The next immutable version of a summary."""
    version = SummaryVersion(
        summary_id=summary.id,
        number=len(summary.versions) + 1,
        document=document.to_json(),
        text=document.text(),
        digest=document.digest(),
        made_by=made_by,
        writer=writer,
        coverage=coverage,
    )
    summary.versions.append(version)
    session.flush()
    return version


def owed_since(session: Session, before: datetime) -> Sequence[Summary]:
    """Summaries whose status has owed the system's work since before that instant."""
    query = select(Summary).where(Summary.status.in_(OWED), Summary.status_at < before)
    return session.scalars(query).all()
