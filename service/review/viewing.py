"""Who has looked at which text: nobody signs one that they have not had before them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.errors import Blocked
from service.summary.models import Summary
from service.summary.people import Person

VIEWED = "summary.viewed"


def note_view(session: Session, summary: Summary, *, by: Person) -> None:
    """Leave the mark that this person looked at this summary and its sources."""
    version = summary.current
    audit.record(
        session,
        VIEWED,
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        digest=version.digest if version else None,
    )


def check_seen(session: Session, summary: Summary, person: Person) -> None:
    """Raise Blocked unless this person has opened the text that stands now, or worded it.

    A digest alone can be had from a list; the audit says who was shown the text.
    """
    version = summary.current
    assert version is not None
    if version.made_by == person.id:
        return
    query = select(AuditEvent).where(
        AuditEvent.action == VIEWED,
        AuditEvent.subject_id == summary.id,
        AuditEvent.actor == person.id,
    )
    acts = [*audit.pending(session), *session.scalars(query)]
    seen = any(
        act.action == VIEWED
        and (act.subject_id, act.actor) == (summary.id, person.id)
        and act.detail.get("digest") == version.digest
        for act in acts
    )
    if not seen:
        raise Blocked("You have not opened this text. Open the summary and read it, then sign.")
