"""What was reported as wrong after it was filed: the cases that quality looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.qa.permissions import check_may_rate
from service.review.restriction import may_read
from service.summary.models import Remark, Summary, SummaryVersion
from service.summary.people import Person
from service.summary.vocabulary import RemarkKind, SummaryType

MOST = 50


@dataclass(frozen=True)
class Report:
    """One case. `said` are the words of the statement and `words` those of who reported it, None
    where the text rests on what this person may not see."""

    id: str
    summary_id: str
    type: SummaryType
    said: str | None
    words: str | None
    by: str
    at: datetime


def open_reports(session: Session, *, by: Person) -> Sequence[Report]:
    """Those that nobody has looked at, oldest first; whose words it shows stands in the audit.

    Raises NotPermitted.
    """
    check_may_rate(by)
    query = (
        select(Remark, Summary, SummaryVersion)
        .join(Summary, Summary.id == Remark.summary_id)
        .join(SummaryVersion, SummaryVersion.id == Remark.version_id)
        .where(Remark.kind == RemarkKind.WRONG, Remark.settled_at.is_(None))
        .order_by(Remark.made_at)
        .limit(MOST)
    )
    found, shown = [], []
    for remark, summary, version in session.execute(query):
        found.append(_report(session, remark, summary, version, by))
        shown += [summary] if found[-1].words is not None else []
    if shown:
        patients = sorted({summary.patient_ref for summary in shown})
        summaries = sorted({summary.id for summary in shown})
        audit.record(
            session, "qa-reports.viewed", actor=by.id, patients=patients, summaries=summaries
        )
    return found


def _report(
    session: Session, remark: Remark, summary: Summary, version: SummaryVersion, by: Person
) -> Report:
    is_open = may_read(session, summary, version, by)
    return Report(
        remark.id,
        summary.id,
        summary.type,
        remark.said if is_open else None,
        remark.words if is_open else None,
        remark.person_id,
        remark.made_at,
    )
