"""Stop what is being prepared: a person may, at once, and ask for it again later."""

import time

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.drafting.underway import UnderWay
from service.review import permissions
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus

log = structlog.get_logger(__name__)

# A worker looks ten times a second, so this is enough for it to let go by itself. Whatever it is
# held up by, a person waits no longer: PostgreSQL then ends its transaction.
LET_GO_S = 0.6
PATIENCE_S = 4.0  # for PostgreSQL on a busy machine
LOOK_EVERY_S = 0.05
# Who holds the row stands in its xmax until they are done with it. Workers and web are one role of
# the database, or the web's has pg_signal_backend.
_BREAK_OFF = text(
    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN summaries s"
    " ON l.locktype = 'transactionid' AND l.transactionid = s.xmax"
    " WHERE s.id = :id AND l.granted AND l.pid <> pg_backend_pid()"
)


def cancel_summary(
    session: Session, summary_id: str, *, by: Person, under_way: UnderWay
) -> Summary:
    """FAILED, in the name of who stopped it.

    A worker that drafts or verifies lets go when it is told; what cannot be broken off (reading
    the EHR, indexing, a call that hangs) loses its transaction, and the work with it. Where
    PostgreSQL does not let us, the summary is given back as it stands, and ends with the step.
    Raises NotFound, NotPermitted, Conflict (nothing is being prepared), Unavailable.
    """
    permissions.check_can_cancel(by, progress.find_summary(session, summary_id))
    return end_preparing(session, summary_id, by=by, under_way=under_way)


def end_preparing(session: Session, summary_id: str, *, by: Person, under_way: UnderWay) -> Summary:
    """The same for somebody whose leave to do so was looked at."""
    under_way.ask_to_stop(summary_id, progress.run_of(session, summary_id), by)
    summary = _locked_within(LET_GO_S, session, summary_id)
    if summary is None and _broken_off(session, summary_id):
        summary = _locked_within(PATIENCE_S, session, summary_id)
    if summary is None:
        return progress.find_summary(session, summary_id)
    under_way.forget(summary_id)  # held by us: nobody is at work on it any more
    if not _was_stopped(summary):
        stop(session, summary, by=by)
    return summary


def stop(session: Session, summary: Summary, *, by: Person) -> None:
    """The one way to write it down. Raises Conflict when the draft was done before."""
    permissions.check_can_stop(by, summary)
    progress.advance(
        session,
        summary,
        SummaryStatus.FAILED,
        actor=by.id,
        reason=f"Cancelled by {by.name}. Try again when it is wanted.",
    )


def _was_stopped(summary: Summary) -> bool:
    """The worker may have been the first to write it down."""
    return summary.status is SummaryStatus.FAILED


def _broken_off(session: Session, summary_id: str) -> bool:
    """Whether whoever works on the summary has lost its transaction, or is done with it."""
    try:
        with session.begin_nested():
            session.execute(_BREAK_OFF, {"id": summary_id})
    except DBAPIError as error:
        log.warning("cancel.refused", summary_id=summary_id, error=type(error.orig).__name__)
        return False
    return True


def _locked_within(seconds: float, session: Session, summary_id: str) -> Summary | None:
    """The summary, locked, as soon as nobody works on it; None when that takes longer."""
    query = select(Summary).where(Summary.id == summary_id).with_for_update(skip_locked=True)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = session.scalars(query.execution_options(populate_existing=True)).first()
        if found is not None:
            return found
        time.sleep(LOOK_EVERY_S)
    return None
