"""Small FHIR resources and bundles for tests of the chart."""

import base64
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord

PATIENT = "Patient/p1"


def a_patient(id_: str = "p1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id_, "name": [{"text": "Ada Vane"}], **more}


def a_record(resource_type: str, id_: str = "1", **more: Any) -> dict[str, Any]:
    """A resource about the patient; `patient=None` leaves the subject out."""
    subject = {"subject": {"reference": PATIENT}}
    if resource_type in ("AllergyIntolerance", "Immunization", "FamilyMemberHistory", "Consent"):
        subject = {"patient": {"reference": PATIENT}}
    return {"resourceType": resource_type, "id": id_, **subject, **more}


def a_concept(text: str, code: str = "", system: str = "http://snomed.info/sct") -> dict[str, Any]:
    return {"text": text, **({"coding": [{"system": system, "code": code}]} if code else {})}


def a_note(text: str | bytes, kind: str = "text/plain", id_: str = "n1", **more: Any) -> dict:
    """A DocumentReference with this attachment inside."""
    content = text if isinstance(text, bytes) else text.encode()
    attachment = {"contentType": kind, "data": base64.b64encode(content).decode()}
    return a_document(attachment, id_=id_, **more)


def a_document(*attachments: dict[str, Any], id_: str = "n1", **more: Any) -> dict[str, Any]:
    document = {
        "status": "current",
        "docStatus": "final",
        "date": "2026-03-01T10:00:00Z",
        "type": a_concept("Progress note", "11506-3", "http://loinc.org"),
        "content": [{"attachment": attachment} for attachment in attachments],
    }
    return a_record("DocumentReference", id_, **{**document, **more})


def a_bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def latest(session: Session, ref: str) -> SourceRecord:
    """The latest version held of "Type/id"."""
    session.expire_all()
    query = select(SourceRecord).where(SourceRecord.resource_ref == ref, SourceRecord.is_latest)
    return session.scalars(query).one()
