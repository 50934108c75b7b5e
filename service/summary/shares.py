"""How much is worked on at once for one person or one patient, so that nobody else waits for it.

A place is a lock of the transaction that works: it is given back whatever becomes of its process,
and nothing is counted that could be counted wrongly.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.orm import Session

from service.database import now
from service.summary.models import Job, Summary
from service.summary.turns import PREPARING

# Somebody who asked so lately is likely to ask again, and then finds a worker free.
ABOUT = timedelta(minutes=10)


def takes_place(session: Session, summary_id: str, *, most: int) -> bool:
    """Whether work on this summary may begin in this transaction: while others are about, `most`
    of what one person asked for, and of one patient, are worked on at once."""
    query = select(Summary.requested_by, Summary.patient_ref, Summary.status)
    asked = session.execute(query.where(Summary.id == summary_id)).one_or_none()
    if asked is None or asked.status not in PREPARING:
        return True
    person, patient, _ = asked
    names = (f"person\n{person}", f"patient\n{patient}")
    return all(_takes_one(session, name, most) for name in names) or not session.scalar(
        _others_about(person, patient)
    )


def pass_over(session: Session, summary_id: str) -> None:
    """Remember that its message was let go: whoever of the same ends next rings for it."""
    mine = update(Job).where(Job.summary_id == summary_id)
    session.execute(mine.values(passed_over_at=now()))


def next_ones(session: Session, summary_id: str) -> list[Summary]:
    """What was passed over for the person and for the patient of this summary, the oldest of each;
    it is not told again."""
    mine = select(Summary).where(Summary.id == summary_id).subquery()
    found: dict[str, Summary] = {}
    for same in (
        Summary.requested_by == mine.c.requested_by,
        Summary.patient_ref == mine.c.patient_ref,
    ):
        oldest = _passed_over().join(mine, same).order_by(Summary.requested_at)
        found |= {each.id: each for each in session.scalars(oldest.limit(1))}
    _forget(session, list(found))
    return list(found.values())


def passed_over(session: Session, *, before: datetime) -> list[Summary]:
    """What was passed over before that instant and nobody rang for since: whoever should have was
    ended. It is not told again."""
    found = list(session.scalars(_passed_over().where(Job.passed_over_at < before)))
    _forget(session, [each.id for each in found])
    return found


def _takes_one(session: Session, name: str, most: int) -> bool:
    keys = (func.hashtextextended(f"share\n{name}\n{n}", 0) for n in range(most))
    return any(session.scalar(select(func.pg_try_advisory_xact_lock(key))) for key in keys)


def _others_about(person: str, patient: str) -> Select[bool]:
    others = exists().where(
        Summary.requested_by != person,
        Summary.patient_ref != patient,
        or_(Summary.status.in_(PREPARING), Summary.requested_at > now() - ABOUT),
    )
    return select(others)


def _passed_over() -> Select[Summary]:
    waiting = select(Summary).join(Job, Job.summary_id == Summary.id)
    return waiting.where(Job.passed_over_at.is_not(None), Summary.status.in_(PREPARING))


def _forget(session: Session, ids: list[str]) -> None:
    session.execute(update(Job).where(Job.summary_id.in_(ids)).values(passed_over_at=None))
