"""Stop what is being prepared: a person may, at once, and ask for it again later."""

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.drafting.underway import UnderWay
from service.review import permissions
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus

PATIENCE_S = 4.0  # a draft lets go of its summary within one second, on a busy machine in three
LOOK_EVERY_S = 0.05


def cancel_summary(
    session: Session, summary_id: str, *, by: Person, under_way: UnderWay
) -> Summary:
    """FAILED, in the name of who stopped it.

    A worker that drafts lets go when it is told. One that reads the EHR or indexes finishes
    that step first: the summary is then given back as it stands, and ends with the step.
    Raises NotFound, NotPermitted, Conflict (nothing is being prepared), Unavailable.
    """
    permissions.check_can_cancel(by, progress.find_summary(session, summary_id))
    under_way.ask_to_stop(summary_id, by)
    summary = _locked_soon(session, summary_id)
    if summary is None:
        return progress.find_summary(session, summary_id)
    under_way.forget(summary_id)  # held by us: nobody is at work on it any more
    if not _was_stopped(summary):
        stop(session, summary, by=by)
    return summary


def stop(session: Session, summary: Summary, *, by: Person) -> None:
    """The one way to write it down. Raises Conflict when the draft was done before."""
    permissions.check_can_cancel(by, summary)
    progress.advance(
        session, summary, SummaryStatus.FAILED, actor=by.id,
        reason=f"Cancelled by {by.name}. Try again when it is wanted.",
    )  # fmt: skip


def _was_stopped(summary: Summary) -> bool:
    """The worker may have been the first to write it down."""
    return summary.status is SummaryStatus.FAILED


def _locked_soon(session: Session, summary_id: str) -> Summary | None:
    """The summary, locked, as soon as nobody works on it; None when that takes too long."""
    query = select(Summary).where(Summary.id == summary_id).with_for_update(skip_locked=True)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = session.scalars(query.execution_options(populate_existing=True)).first()
        if found is not None:
            return found
        time.sleep(LOOK_EVERY_S)
    return None
