"""What the system has tried of what a summary owes, for whoever must find out why it stands."""

from sqlalchemy import update
from sqlalchemy.orm import Session
from structlog.contextvars import get_contextvars

from service.database import now
from service.summary.models import Job, Summary


def begin(session: Session, summary: Summary) -> None:
    """A new step is owed: nobody has tried it. Of the request that asks now the id is kept; a step
    that follows another keeps that of the first."""
    job = session.get(Job, summary.id) or Job(summary_id=summary.id, trace_id="")
    job.attempts, job.tried_at, job.said, job.passed_over_at = 0, None, "", None
    job.trace_id = str(get_contextvars().get("request_id", "")) or job.trace_id
    session.add(job)


def note_failure(session: Session, summary_id: str, sentence: str) -> None:
    """Why the last attempt came to nothing, in words that hold no chart text."""
    if job := session.get(Job, summary_id):
        job.said = sentence


def note_attempt(session: Session, summary_id: str) -> str:
    """Count one more attempt; the id of the request that asked, "" where none is known."""
    tried = (
        update(Job)
        .where(Job.summary_id == summary_id)
        .values(attempts=Job.attempts + 1, tried_at=now(), passed_over_at=None)
        .returning(Job.trace_id)
    )
    return session.scalar(tried) or ""
