"""Resources of a small chart, each as one line makes it."""

import base64
from typing import Any

Resource = dict[str, Any]
RXNORM, SNOMED = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://snomed.info/sct"
LOINC, CLINICAL = "http://loinc.org", "http://terminology.hl7.org/CodeSystem"


def medicine(id_: str, name: str, code: str, status: str = "active", **more: Any) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": code, "display": name}],
            "text": name,
        },
        "authoredOn": "2026-04-01",
        "dosageInstruction": [{"text": "1 at night"}],
        **more,
    }


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{CLINICAL}/{system}", "code": code}]}


def allergy(id_: str, name: str, code: str, verified: str = "confirmed", **more: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": id_,
        "clinicalStatus": coded("allergyintolerance-clinical", "active"),
        "verificationStatus": coded("allergyintolerance-verification", verified),
        "code": {"coding": [{"system": SNOMED, "code": code, "display": name}], "text": name},
        "recordedDate": "2020-02-01",
        **more,
    }


def problem(id_: str, name: str, code: str, **more: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": id_,
        "clinicalStatus": coded("condition-clinical", "active"),
        "verificationStatus": coded("condition-ver-status", "confirmed"),
        "code": {"coding": [{"system": SNOMED, "code": code, "display": name}], "text": name},
        "recordedDate": "2019-03-01",
        **more,
    }


def score(id_: str, code: str, name: str, value: float, status: str = "final") -> Resource:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": status,
        "code": {"coding": [{"system": LOINC, "code": code, "display": name}], "text": name},
        "effectiveDateTime": "2026-05-04",
        "valueQuantity": {"value": value, "unit": "mmol/L" if code == "14334-7" else "{score}"},
    }


def note(id_: str, text: str, on: str = "2026-05-04T10:00:00Z", **more: Any) -> Resource:
    made = {
        "resourceType": "DocumentReference",
        "id": id_,
        "status": "current",
        "docStatus": "final",
        "type": {
            "coding": [{"system": LOINC, "code": "11506-3", "display": "Progress note"}],
            "text": text.split("\n")[0],
        },
        "date": on,
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain",
                    "data": base64.b64encode(text.encode()).decode(),
                }
            }
        ],
    }
    if "encounter" in more:
        made["context"] = more.pop("encounter")
    return made | more
