"""Drafts that are ready before a visit: whose are asked for, and each once."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service import audit
from service.chart.erased import left_alone
from service.chart.visits import Visit
from service.database import now
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.summary.vocabulary import SummaryType

ENDED = (S.REJECTED, S.SUPERSEDED, S.RETRACTED)
SETTLED = (*ENDED, S.FILED, S.FAILED)
RECENT = timedelta(hours=20)  # the schedule comes once a day, and may come twice


def prepare_visits(session: Session, visits: Iterable[Visit], *, most: int) -> int:
    """Ask for a pre-visit summary of each patient who comes, by the time of the visit; how many
    were asked for. None is where one is open, or was asked for since yesterday, nor of who was
    erased; what it may read, and whether a model is asked, is decided like for any other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("prepare", 0))))
    refs = list(dict.fromkeys(visit.patient.ref for visit in visits))
    passed = _held(session, refs) | left_alone(session, refs)
    wanted = [ref for ref in refs if ref not in passed]
    for ref in wanted[:most]:
        progress.request_summary(session, ref, SummaryType.PRE_VISIT, actor=SYSTEM)
    audit.record(
        session,
        "visits.prepared",
        actor=SYSTEM,
        visits=len(refs),
        asked=len(wanted[:most]),
        left=len(wanted[most:]),
    )
    return len(wanted[:most])


def _held(session: Session, refs: list[str]) -> set[str]:
    is_open, is_recent = Summary.status.not_in(SETTLED), Summary.requested_at > now() - RECENT
    query = select(Summary.patient_ref).where(
        Summary.patient_ref.in_(refs),
        Summary.type == SummaryType.PRE_VISIT,
        or_(is_open, is_recent),
    )
    return set(session.scalars(query))
