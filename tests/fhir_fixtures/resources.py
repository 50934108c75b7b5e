"""Builders of small valid resources; keywords replace elements, None removes them."""

import base64
from typing import Any

Resource = dict[str, Any]

LOINC = "http://loinc.org"
CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
AGENT_TYPE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def a_patient(**elements: Any) -> Resource:
    name = [{"family": "Lindqvist", "given": ["Maren"]}]
    return _with({"resourceType": "Patient", "name": name, "birthDate": "1984-05-02"}, elements)


def an_observation(patient: str, day: str, **elements: Any) -> Resource:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            concept("http://terminology.hl7.org/CodeSystem/observation-category", "survey")
        ],
        "code": concept(LOINC, "44261-6"),
        "subject": {"reference": patient},
        "effectiveDateTime": day,
        "valueInteger": 14,
    }
    return _with(observation, elements)


def a_document(patient: str, **elements: Any) -> Resource:
    data = base64.b64encode(b"Mood improved since March.").decode()
    document = {
        "resourceType": "DocumentReference",
        "identifier": [{"system": "urn:example:summary", "value": "s-1"}],
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, "11506-3"),
        "category": [concept(CATEGORY, "clinical-note")],
        "subject": {"reference": patient},
        "date": "2025-03-04T10:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
    }
    return _with(document, elements)


def a_device(**elements: Any) -> Resource:
    names = [{"name": "Countersign", "type": "user-friendly-name"}]
    return _with({"resourceType": "Device", "status": "active", "deviceName": names}, elements)


def a_provenance(target: str, device: str, **elements: Any) -> Resource:
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": target}],
        "recorded": "2025-03-04T10:00:01Z",
        "agent": [{"type": concept(AGENT_TYPE, "assembler"), "who": {"reference": device}}],
    }
    return _with(provenance, elements)


def an_entry(resource: Resource, **elements: Any) -> Resource:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"resource": resource, "request": request, **elements}


def a_transaction(*entries: Resource, **elements: Any) -> Resource:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries), **elements}


def _with(resource: Resource, elements: Resource) -> Resource:
    return {k: v for k, v in (resource | elements).items() if v is not None}
