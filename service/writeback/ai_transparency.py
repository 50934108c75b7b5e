"""AI Transparency on FHIR (1.0.0-ballot, still moving): all that we take from it is here.

Source: http://hl7.org/fhir/uv/aitransparency, profiles AI Device and AI Provenance.
"""

from typing import Any

Element = dict[str, Any]

_GUIDE = "http://hl7.org/fhir/uv/aitransparency"
_OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_DEVICE_TYPE = f"{_GUIDE}/CodeSystem/AIdeviceTypeCS"

EXTRACTIVE = "extractive"


def asserted_by_ai() -> Element:
    """The coding that marks a resource in whose making an AI took part (`meta.security`)."""
    return {
        "system": _OBSERVATION_VALUE,
        "code": "AIAST",
        "display": "Artificial Intelligence asserted",
    }


def ai_reason() -> Element:
    """The one Provenance.reason that the AI Provenance profile requires."""
    return {"coding": [asserted_by_ai()]}


def ai_type() -> Element:
    """Device.type of the AI Device profile, and the role of its agent in a Provenance."""
    return _device_type("Artificial-Intelligence", "All kinds of Artificial Intelligence")


def ai_kind(model: str) -> Element:
    """The extension that says which technique wrote: authored rules or a language model."""
    if model == EXTRACTIVE:
        kind = _device_type("Rule-Based-Systems", "Rule-Based Systems")
    else:
        kind = _device_type("Large-Language-Models", "Large Language Models")
    url = f"{_GUIDE}/StructureDefinition/aitransparency.AIKind"
    return {"url": url, "valueCodeableConcept": kind}


def _device_type(code: str, display: str) -> Element:
    return {"coding": [{"system": _DEVICE_TYPE, "code": code, "display": display}]}
