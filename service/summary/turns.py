"""Whose turn it is in the queue: many requests of one person do not go before another's one."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus

# What was signed, or is being withdrawn, waits behind nobody's drafts.
PREPARING = (
    SummaryStatus.REQUESTED,
    SummaryStatus.CHARTED,
    SummaryStatus.INDEXED,
    SummaryStatus.DRAFTED,
)
LAST = 9  # of the ten places that the queue tells apart; 0 comes first


def turn_of(session: Session, summary_id: str) -> int:
    """The place of this summary's work, 0 to `LAST`: how many others of the same patient, or asked
    for by the same person, have waited longer. One who asks for a hundred has one in the first
    place, like everybody else; within a place what was asked first comes first."""
    mine, other = aliased(Summary), aliased(Summary)
    same = or_(other.requested_by == mine.requested_by, other.patient_ref == mine.patient_ref)
    before = (
        select(func.count())
        .select_from(other)
        .join(mine, same)
        .where(mine.id == summary_id, other.requested_at < mine.requested_at)
        .where(mine.status.in_(PREPARING), other.status.in_(PREPARING))
    )
    return min(session.scalar(before) or 0, LAST)
