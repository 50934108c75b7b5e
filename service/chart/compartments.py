"""Whose chart a resource belongs to: the one patient that it is about, or nobody's.

Follows http://hl7.org/fhir/R4/compartmentdefinition-patient.html, but for the subject only: a
person who is mentioned (a participant, a recipient) does not take the record into their chart.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.fhir.references import conditional, reference_of, type_of

Resource = Mapping[str, Any]
Find = Callable[[str], Resource | None]
Resolve = Callable[[str], str]

# Where the subject stands; every other type has `subject` or `patient`.
SUBJECT_PATHS: dict[str, tuple[str, ...]] = {
    "Appointment": ("participant.actor",),
    "AppointmentResponse": ("actor",),
    "AuditEvent": ("entity.what",),
    "Binary": ("securityContext",),
    "Coverage": ("beneficiary",),
    "Group": (),  # its members are many patients; it is in nobody's chart
    "Person": ("link.target",),
    "Provenance": ("target",),
    "ResearchSubject": ("individual",),
    "SupplyRequest": ("deliverTo",),
    "Task": ("for",),
}
USUAL_PATHS = ("subject", "patient")

# These speak of other records: their patient is the patient of what they point at.
BY_TARGET = frozenset({"Provenance", "Binary", "AuditEvent"})


def patient_of(resource: Resource, *, resolve: Resolve, find: Find) -> str | None:
    """ "Patient/id" that this resource is about; None for nobody, or for more than one.

    `resolve` turns a reference as written into "Type/id"; `find` gives the resource behind it,
    when it is at hand.
    """
    resource_type = resource.get("resourceType")
    if resource_type == "Patient":
        return f"Patient/{resource.get('id')}"
    refs = {resolve(reference) for reference in subject_references(resource)}
    patients = {ref for ref in refs if type_of(ref) == "Patient"}
    if not patients and resource_type in BY_TARGET:
        patients = set(_patients_of_targets(refs, resolve=resolve, find=find))
    return patients.pop() if len(patients) == 1 else None


def _patients_of_targets(refs: set[str], *, resolve: Resolve, find: Find) -> Iterator[str]:
    for ref in refs:
        target = find(ref)
        if target is None or target.get("resourceType") in BY_TARGET:
            continue  # never a circle of provenances
        if patient := patient_of(target, resolve=resolve, find=find):
            yield patient


def subject_references(resource: Resource) -> Iterator[str]:
    """The references, as written, at the places where this type names its subject; a patient who
    is named by identifier alone as "Patient?identifier=system|value"."""
    for path in SUBJECT_PATHS.get(str(resource.get("resourceType")), USUAL_PATHS):
        for element in _at(resource, path.split(".")):
            if reference := reference_of(element) or _by_identifier(element):
                yield reference


def _by_identifier(element: Any) -> str | None:
    """Only with its system: a bare number is somebody else's elsewhere."""
    named = element.get("identifier") if isinstance(element, Mapping) else None
    if not isinstance(named, Mapping) or element.get("type", "Patient") != "Patient":
        return None
    return conditional("Patient", named) if named.get("system") and named.get("value") else None


def names_subject(resource: Resource) -> bool:
    """True when a subject is given in any form, such as by identifier alone."""
    paths = SUBJECT_PATHS.get(str(resource.get("resourceType")), USUAL_PATHS)
    return any(True for path in paths for _ in _at(resource, path.split(".")))


def _at(value: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _at(element, names)
    elif not names:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        yield from _at(value.get(names[0]), names[1:])
