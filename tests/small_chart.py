"""A small ordinary chart, in FHIR: enough for a draft, quick to index."""

import base64
from typing import Any

Resource = dict[str, Any]


def ordinary(ref: str) -> list[Resource]:
    """A problem, an allergy, two medicines, two scores and a note; the Patient is apart."""
    body = (
        "INTERVAL HISTORY\nMood better since the last visit. Sleeps 7 hours. Denies SI and HI.\n"
        "PLAN\nContinue sertraline 50 mg daily. Next visit in 4 weeks."
    )
    return [
        problem(ref, "own", "Major depressive disorder, recurrent, moderate"),
        allergy(ref, "own", "Penicillin G"),
        medication(ref, "own", "Sertraline 50 mg oral tablet"),
        medication(ref, "second", "Trazodone 50 mg oral tablet"),
        score(ref, "2026-06-01", 14),
        score(ref, "2026-08-20", 9),
        note(ref, "own", "Psychiatry progress note", "2026-08-20", body),
    ]


def patient(ref: str, given: str, family: str, born: str, number: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": _id(ref),
        "birthDate": born,
        "gender": "female",
        "name": [{"given": [given], "family": family}],
        "identifier": [{"type": {"text": "MRN"}, "value": number}],
    }


def problem(ref: str, name: str, text: str) -> Resource:
    return {
        **_of(ref, "Condition", name),
        "code": {"text": text},
        "recordedDate": "2026-09-01",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "category": [{"coding": [{"code": "problem-list-item"}]}],
    }


def allergy(ref: str, name: str, text: str) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"{_id(ref)}-allergy-{name}",
        "patient": {"reference": ref},
        "code": {"text": text},
        "recordedDate": "2019-04-02",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "criticality": "high",
        "reaction": [{"manifestation": [{"text": "anaphylaxis"}], "severity": "severe"}],
    }


def medication(ref: str, name: str, text: str) -> Resource:
    return {
        **_of(ref, "MedicationRequest", name),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "authoredOn": "2026-03-02",
        "dosageInstruction": [{"text": "take 1 tablet once daily"}],
    }


def score(ref: str, day: str, value: int) -> Resource:
    return {
        **_of(ref, "Observation", f"phq-{day}"),
        "status": "final",
        "effectiveDateTime": day,
        "code": {
            "coding": [{"system": "http://loinc.org", "code": "44261-6"}],
            "text": "PHQ-9 total score",
        },
        "category": [{"coding": [{"code": "survey"}]}],
        "valueQuantity": {"value": value},
    }


def note(ref: str, name: str, title: str, day: str, body: str) -> Resource:
    content = {"contentType": "text/plain", "data": base64.b64encode(body.encode()).decode()}
    return {
        **_of(ref, "DocumentReference", name),
        "status": "current",
        "date": f"{day}T10:00:00Z",
        "type": {"text": title},
        "author": [{"display": "Sofia Lind, MD"}],
        "content": [{"attachment": content}],
    }


def _of(ref: str, resource_type: str, name: str) -> Resource:
    named = f"{_id(ref)}-{resource_type.lower()}-{name}"
    return {"resourceType": resource_type, "id": named, "subject": {"reference": ref}}


def _id(ref: str) -> str:
    return ref.removeprefix("Patient/")
