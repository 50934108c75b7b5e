"""Records that the EHR has moved from one patient to another: the first chart lets them go."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.chart.held import in_parts
from service.chart.models import SourceRecord
from service.summary.vocabulary import Standing

MOVED = "the EHR has since filed this record under another patient"


def exclude_moved(session: Session, patient_ref: str | None, since: datetime) -> set[str]:
    """Exclude what is newer in another patient's chart; whose charts lost a record.

    By the EHR's lastUpdated only: without it two sources may just use the same id. The record
    stays visible as excluded, so that a wrong guess shows.
    """
    if patient_ref is None:
        return set()
    record = SourceRecord
    latest = (record.is_latest, record.updated_at.is_not(None), record.patient_ref.is_not(None))
    columns = select(record.id, record.resource_ref, record.patient_ref, record.updated_at)
    new = columns.where(record.patient_ref == patient_ref, record.received_at >= since, *latest)
    mine = {row.resource_ref: row for row in session.execute(new)}
    losers = {}
    for refs in in_parts(mine):
        others = columns.where(
            record.resource_ref.in_(refs), record.patient_ref != patient_ref, *latest
        )
        for other in session.execute(others):
            pair = sorted((other, mine[other.resource_ref]), key=lambda row: row.updated_at)
            if pair[0].updated_at < pair[1].updated_at:
                losers[pair[0].id] = pair[0].patient_ref
    excluded = {"standing": Standing.EXCLUDED, "standing_reason": MOVED}
    if losers:
        session.execute(update(record).where(record.id.in_(losers)).values(excluded))
    return set(losers.values())
