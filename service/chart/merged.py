"""Whether the EHR has merged a patient into another record, where their chart goes on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.fhir import wire
from service.fhir.references import reference_of


def merged_into(session: Session, patient_ref: str) -> str:
    """That record, by the Patient as held now; "" where nothing was merged, or nobody is held."""
    query = select(SourceRecord.raw).where(
        SourceRecord.resource_ref == patient_ref,
        SourceRecord.resource_type == "Patient",
        SourceRecord.is_latest,
    )
    raw = session.scalars(query).first()
    return replaced_by(wire.parse(raw)) if raw else ""


def replaced_by(patient: Mapping[str, Any]) -> str:
    """The record that took this Patient's place, as the EHR names it; "" where there is none."""
    links = patient.get("link")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("type") == "replaced-by":
            return reference_of(link.get("other")) or "another record"
    return ""
