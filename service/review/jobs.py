"""The system's work for hospital IT: what stands, how old, how often tried, why. No chart text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from service import audit, queue
from service.drafting.underway import UnderWay
from service.review import cancelling, permissions
from service.review.hold import locked, needed
from service.review.paging import MAX_PAGE, Page, Place
from service.review.worklist import SAID_BY_SYSTEM
from service.summary import progress
from service.summary.lifecycle import OWED
from service.summary.models import Job, Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus, SummaryType

FAILED = (SummaryStatus.FAILED, SummaryStatus.FILING_REFUSED)
STANDING = (*FAILED, *OWED)


@dataclass(frozen=True)
class JobRow:
    """One summary that the system has failed at or owes something. `reason` is the system's own
    words; `trace_id` that of the request that asked, as the logs have it."""

    summary_id: str
    type: SummaryType
    status: SummaryStatus
    task: str
    since: datetime
    attempts: int
    tried_at: datetime | None
    reason: str
    trace_id: str
    can_retry: bool
    can_give_up: bool


@dataclass(frozen=True)
class JobCount:
    """How many stand at a status, and since when the oldest of them."""

    status: SummaryStatus
    number: int
    oldest: datetime


@dataclass(frozen=True)
class Work:
    """`waiting` counts messages that no worker has taken, `swept_at` is when the last sweep for
    owed work went by; None where Redis is away or has forgotten."""

    counts: tuple[JobCount, ...]
    waiting: int | None
    swept_at: datetime | None


def work(session: Session, person: Person, under_way: UnderWay) -> Work:
    """All that the system owes, in counts. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.JOBS)
    query = (
        select(Summary.status, func.count(), func.min(Summary.status_at))
        .where(Summary.status.in_(STANDING))
        .group_by(Summary.status)
    )
    found = {status: JobCount(status, n, at) for status, n, at in session.execute(query)}
    counts = tuple(found[status] for status in STANDING if status in found)
    return Work(counts, under_way.waiting(), under_way.swept_at())


def jobs(
    session: Session, person: Person, *, limit: int = 50, after: Place | None = None
) -> Page[JobRow]:
    """One page, what has stood longest first. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.JOBS)
    limit = max(1, min(limit, MAX_PAGE))
    found = session.execute(_standing(after).limit(limit + 1)).all()
    rows = tuple(_rows(found[:limit], person))
    more = len(found) > limit
    return Page(rows, Place(rows[-1].since, rows[-1].summary_id) if more else None)


def retry_job(session: Session, summary_id: str, *, by: Person) -> Summary:
    """Try again now: the draft or the filing that failed, or the step that is owed. What was
    signed is filed as it was signed. Raises NotFound, NotPermitted, Conflict."""
    summary = locked(session, summary_id)
    permissions.check_can_rerun(by, summary)
    if task := OWED.get(summary.status):
        queue.after_commit(session, task, summary_id=summary.id)
        _note(session, summary, "job.rung", by=by)
        return summary
    again = SummaryStatus.REQUESTED
    if summary.status is SummaryStatus.FILING_REFUSED:
        # Whether its sources are open is asked by the filing: this person must not learn of it.
        again = SummaryStatus.SIGNED
    progress.advance(session, summary, again, actor=by.id)
    return summary


def give_up(
    session: Session, summary_id: str, reason: str, *, by: Person, under_way: UnderWay
) -> Summary:
    """End what stands before a draft; it is then failed, and can be asked for again.

    Raises NotFound, NotPermitted, Conflict, BadInput (no reason), Unavailable.
    """
    permissions.check_can_give_up(by, progress.find_summary(session, summary_id))
    said = needed(reason)
    summary = cancelling.end_preparing(session, summary_id, by=by, under_way=under_way)
    _note(session, summary, "job.given-up", by=by, reason=said)
    return summary


def _standing(after: Place | None) -> Select[Summary, Job]:
    query = (
        select(Summary, Job)
        .outerjoin(Job, Job.summary_id == Summary.id)
        .where(Summary.status.in_(STANDING))
        .order_by(Summary.status_at, Summary.id)
    )
    if after:
        query = query.where(tuple_(Summary.status_at, Summary.id) > (after.at, after.id))
    return query


def _rows(found: Iterable[Any], person: Person) -> Iterable[JobRow]:
    for summary, job in found:
        yield JobRow(
            summary.id,
            summary.type,
            summary.status,
            OWED.get(summary.status, ""),
            summary.status_at,
            job.attempts if job else 0,
            job.tried_at if job else None,
            _reason(summary, job),
            job.trace_id if job else "",
            bool(permissions.can_rerun(person, summary)),
            bool(permissions.can_give_up(person, summary)),
        )


def _reason(summary: Summary, job: Job | None) -> str:
    """The system's words alone: those of people may speak of the patient."""
    said = summary.status_reason if summary.status in SAID_BY_SYSTEM else ""
    return said or (job.said if job else "")


def _note(session: Session, summary: Summary, action: str, *, by: Person, reason: str = "") -> None:
    audit.record(
        session,
        action,
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        status=summary.status,
        typed=reason,
    )
