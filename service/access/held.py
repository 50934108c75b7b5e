"""What decides on a chart's records now: the consents and labels that the database holds."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.access.consent import Consents, consents_of
from service.chart.models import SourceRecord


def held_consents(session: Session, patient_ref: str) -> Consents:
    """The consents of one patient, as they count now."""
    return consents_of(session.scalars(_consents(patient_ref)))


def told_apart(session: Session, patient_ref: str, *, held_at: datetime) -> str:
    """Another text whenever a consent counts otherwise, or a record that was held at that instant
    is labelled otherwise. What came later closes nothing that anybody had read by then."""
    consents = list(session.scalars(_consents(patient_ref)))
    given = [(each.id, each.standing) for each in consents]
    record = SourceRecord
    labelled = select(record.id, record.labels, record.marking["ruling"].astext).where(
        record.patient_ref == patient_ref, record.received_at <= held_at, record.labels != []
    )
    rows = session.execute(labelled.order_by(record.id)).all()
    return repr((given, consents_of(consents).fingerprint(), rows))


def _consents(patient_ref: str) -> Select[SourceRecord]:
    mine = select(SourceRecord).where(
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
        SourceRecord.resource_type == "Consent",
    )
    return mine.order_by(SourceRecord.resource_ref)
