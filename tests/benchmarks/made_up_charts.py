"""Charts of any size for measuring time: plausible in kinds and lengths, about nobody."""

import base64
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

MEDICINES = (
    "Sertraline 50 mg oral tablet",
    "Lithium carbonate 300 mg capsule",
    "Quetiapine 25 mg tablet",
    "Metformin 500 mg tablet",
    "Lisinopril 10 mg tablet",
)
PROBLEMS = (
    "Major depressive disorder",
    "Generalized anxiety disorder",
    "Essential hypertension",
    "Type 2 diabetes mellitus",
    "Insomnia",
)
TESTS = (
    ("2160-0", "Creatinine", "mg/dL"),
    ("44261-6", "PHQ-9 total score", "{score}"),
    ("14334-7", "Lithium level", "mmol/L"),
    ("3016-3", "TSH", "mIU/L"),
)
SAID = (
    "Sleeps {} hours a night and wakes early.",
    "Mood rated {} of 10 by the patient.",
    "Denies suicidal ideation, plan or intent on visit {}.",
    "Missed {} doses since last time.",
    "Works {} hours a week at the library.",
    "Walks {} minutes a day with her sister.",
    "Blood pressure was taken {} times at home.",
    "Continue sertraline; review in {} weeks.",
)
HEADINGS = ("INTERVAL HISTORY", "MENTAL STATUS EXAM", "RISK ASSESSMENT", "PLAN")


def a_bundle(patient: str, size: int, chance: random.Random) -> str:
    """A Bundle of about `size` records of one patient, in JSON."""
    resources = [_patient(patient), *_records(patient, size - 1, chance)]
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": each} for each in resources],
        }
    )


def _patient(patient: str) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": patient,
        "birthDate": "1980-05-06",
        "name": [{"family": "Measure", "given": ["Nadia"]}],
        "identifier": [{"value": "MRN-100200300"}],
    }


def _records(patient: str, count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    makers = (_note, _result, _result, _medicine, _problem)
    for number in range(count):
        day = (date(2016, 1, 1) + timedelta(days=chance.randrange(3_600))).isoformat()
        maker = makers[number % len(makers)]
        yield maker(day, chance) | {
            "id": f"{patient}-{number}",
            "subject": {"reference": f"Patient/{patient}"},
        }


def _note(day: str, chance: random.Random) -> dict[str, Any]:
    body = "\n\n".join(
        f"{heading}\n{chance.choice(SAID).format(chance.randrange(1, 99))}" for heading in HEADINGS
    )
    data = base64.b64encode(body.encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "date": f"{day}T10:00:00Z",
        "type": {"text": "Progress note"},
        "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
    }


def _result(day: str, chance: random.Random) -> dict[str, Any]:
    code, name, unit = chance.choice(TESTS)
    return {
        "resourceType": "Observation",
        "status": "final",
        "effectiveDateTime": day,
        "category": [{"coding": [{"code": "survey" if "PHQ" in name else "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "valueQuantity": {"value": chance.randrange(1, 30), "unit": unit},
    }


def _medicine(day: str, chance: random.Random) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "intent": "order",
        "authoredOn": day,
        "status": chance.choice(("active", "stopped", "completed", "completed")),
        "medicationCodeableConcept": {"text": chance.choice(MEDICINES)},
    }


def _problem(day: str, chance: random.Random) -> dict[str, Any]:
    status = chance.choice(("active", "resolved"))
    return {
        "resourceType": "Condition",
        "recordedDate": day,
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"text": chance.choice(PROBLEMS)},
    }
