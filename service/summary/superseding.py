"""One open draft of a type and period for a patient: a newer one takes the place of the older."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus

GAVE_WAY = "A newer draft of the same type and period took its place; it was not signed."


def supersede_others(session: Session, summary: Summary) -> str:
    """The patient's other drafts in review that nobody ever signed, of this type and period, give
    way. A sentence on them for the newer one; "" where there was none."""
    mine = _period(summary)
    gone = [other for other in _others(session, summary) if mine and _period(other) == mine]
    for other in gone:
        progress.advance(session, other, SummaryStatus.SUPERSEDED, actor=SYSTEM, reason=GAVE_WAY)
    if not gone:
        return ""
    days = ", ".join(f"{other.requested_at:%Y-%m-%d}" for other in gone)
    return f"It takes the place of the open draft that was asked for on {days}."


def _others(session: Session, summary: Summary) -> Sequence[Summary]:
    query = select(Summary).where(
        Summary.patient_ref == summary.patient_ref,
        Summary.type == summary.type,
        Summary.id != summary.id,
        Summary.status == SummaryStatus.IN_REVIEW,
        ~Summary.attestations.any(),
    )
    return session.scalars(query.order_by(Summary.requested_at).with_for_update()).all()


def _period(summary: Summary) -> tuple[object, object] | None:
    """From when to when it is; None before it is drafted, and for a draft of unknown coverage."""
    window = summary.current.coverage.get("window") if summary.current else None
    return (window.get("since"), window.get("until")) if window else None
