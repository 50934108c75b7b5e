"""Who read a chart while its patient was erased brings nothing of it back."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import AuditEvent
from service.chart.models import Chart
from service.errors import NotFound
from service.sealing.models import PatientKey

ERASED = "patient.erased"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class PatientErased(NotFound):
    """The patient was removed meanwhile. What was read of them is dropped."""


def key_before(session: Session, patient_ref: str) -> bytes | None:
    """By what `check_not_erased` knows later whether this is the patient who was held now."""
    mine = select(PatientKey.id).where(PatientKey.patient_ref == patient_ref)
    return session.scalar(mine)


def check_not_erased(session: Session, patient_ref: str, before: bytes | None) -> None:
    """Raise PatientErased when the key that there was is gone, or is another one. It is held from
    here on: an erasure that comes now waits for this transaction, and removes what it wrote."""
    mine = select(PatientKey.id).where(PatientKey.patient_ref == patient_ref)
    now_held = session.scalar(mine.with_for_update(read=True, key_share=True))
    if before is not None and now_held != before:
        raise PatientErased("This patient was erased while their chart was read.")


def erased_since(session: Session, patients: Iterable[str], since: datetime) -> set[str]:
    """Those of these patients who were erased since then: what was sent before is of a patient
    who is not to be held."""
    acts = select(AuditEvent.patient_ref).where(
        AuditEvent.action == ERASED,
        AuditEvent.patient_ref.in_(set(patients)),
        AuditEvent.at >= since,
    )
    return {ref for ref in session.scalars(acts) if ref}


def left_alone(session: Session, patients: Iterable[str]) -> set[str]:
    """Those of these patients who were erased, and of whom nothing is held since: they come back
    when a person asks for them, and by no schedule or news of the EHR."""
    erased = erased_since(session, patients, EVER)
    held = select(Chart.patient_ref).where(Chart.patient_ref.in_(erased))
    return erased.difference(session.scalars(held)) if erased else set()
