"""What a subscription tells: its events are looked at, and what it left out is searched for."""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import queue
from service.chart.arrival.follow import note_arrivals
from service.chart.arrival.models import Subscription
from service.chart.arrival.notification import Notification
from service.chart.arrival.tokens import hashed
from service.database import now
from service.queue import TaskName

log = structlog.get_logger(__name__)

# Events. What is further behind the highest number heard is of a count that began anew, or shows
# that the highest was never reached: believed for good it would hide every gap up to there.
LATE = 100


def subscription_of(session: Session, token: str) -> Subscription | None:
    """Which of ours tells, by the token that it was made with."""
    query = select(Subscription).where(Subscription.token_hash == hashed(token))
    return session.scalars(query.with_for_update()).first()


def hear(session: Session, ours: Subscription, told: Notification | None) -> None:
    """Take a notification; None is the bare call of a rest-hook, which says only *that* something
    came. Twice, late and out of order it does no harm: numbers below the highest are taken too.
    """
    if told is None:
        _search_since(session, ours)
    else:
        found = note_arrivals(session, (ref for event in told.events for ref in event.refs))
        numbers = [event.number for event in told.events if event.number is not None]
        said = max([*numbers, told.total or 0])
        is_anew = 0 < said < ours.last_event - LATE
        if is_anew or _leaves_out(ours.last_event, numbers, told.total):
            log.warning("subscription.gap", id=ours.id, heard=ours.last_event, total=told.total)
            _search_since(session, ours)
        ours.last_event = said if is_anew else max(ours.last_event, said)
        ours.ehr_ref = ours.ehr_ref or told.subscription_ref
        if told.status in ("error", "off"):
            _search_since(session, ours)
        log.info("subscription.heard", id=ours.id, kind=told.kind, refs=found)
    ours.heard_at = now()


def _search_since(session: Session, ours: Subscription) -> None:
    ours.gap_since = ours.gap_since or ours.heard_at
    queue.after_commit(session, TaskName.KEEP_ARRIVALS)


def _leaves_out(last: int, numbers: list[int], total: int | None) -> bool:
    """True when there are events between the highest heard before and what is told now that are
    not told: a number is passed over, or more have been than came."""
    new = {number for number in numbers if number > last}
    highest = max([last, *new, total or 0])
    return highest - last > len(new)
