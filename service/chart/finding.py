"""Finding a patient in the EHR: by name, record number and birth date, to be chosen by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from service.errors import BadInput
from service.fhir.client import FhirClient

MOST = 20  # more than that nobody compares: type more of the name
SHORTEST = 2  # letters of a name, so that no search lists everybody


@dataclass(frozen=True)
class FoundPatient:
    """Who the EHR says it is. `number` is the medical record number, "" where none is given;
    `warning` says why it may be the wrong chart: merged into another, not in use, deceased."""

    ref: str
    name: str
    sex: str
    born: str
    number: str
    warning: str = ""


def find_patients(
    client: FhirClient, *, name: str = "", number: str = "", born: str = "", within_s: float
) -> tuple[list[FoundPatient], bool]:
    """At most `MOST`, and whether there are more. Raises BadInput, FhirError."""
    query = _query(name.strip(), number.strip(), born.strip())
    found = client.within(within_s).search("Patient", query)
    patients = [p for p in islice(found, MOST + 1) if p.get("resourceType") == "Patient"]
    return [told(p) for p in patients[:MOST]], len(patients) > MOST


def _query(name: str, number: str, born: str) -> dict[str, str]:
    if not number and len(name) < SHORTEST:
        raise BadInput("Type a name of two letters or more, or the medical record number.")
    given = {"name": name, "identifier": number, "birthdate": born}
    return {k: v for k, v in given.items() if v} | {"_count": str(MOST + 1)}


def told(patient: Mapping[str, Any]) -> FoundPatient:
    """Who a Patient resource says it is."""
    return FoundPatient(
        f"Patient/{patient.get('id')}",
        _name(_list(patient.get("name"))),
        str(patient.get("gender") or ""),
        str(patient.get("birthDate") or ""),
        _number(_list(patient.get("identifier"))),
        _warning(patient),
    )


def _name(names: list[Mapping[str, Any]]) -> str:
    """The official or usual one, as it is written or from its parts."""
    order = {"official": 0, "usual": 1}
    for each in sorted(names, key=lambda n: order.get(str(n.get("use")), 2)):
        given = each.get("given")
        parts = [*(given if isinstance(given, list) else ()), each.get("family")]
        if written := each.get("text") or " ".join(str(part) for part in parts if part):
            return str(written)
    return ""


def _number(identifiers: list[Mapping[str, Any]]) -> str:
    """The one that is called a medical record number (MR), else the first with a value."""
    with_value = [each for each in identifiers if each.get("value")]
    called = [each for each in with_value if "MR" in _codes(each.get("type"))]
    return str(next(iter((*called, *with_value)), {}).get("value") or "")


def _codes(concept: object) -> list[str]:
    coding = concept.get("coding") if isinstance(concept, Mapping) else None
    return [str(each.get("code")) for each in _list(coding)]


def _warning(patient: Mapping[str, Any]) -> str:
    if any(link.get("type") == "replaced-by" for link in _list(patient.get("link"))):
        return "merged into another record"
    if patient.get("active") is False:
        return "not in use"
    if patient.get("deceasedBoolean") or patient.get("deceasedDateTime"):
        return "deceased"
    return ""


def _list(value: object) -> list[Mapping[str, Any]]:
    return [e for e in value if isinstance(e, Mapping)] if isinstance(value, list) else []
