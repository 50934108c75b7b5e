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

# A subject of these types is no patient, and is in no patient's chart.
NO_PATIENTS = frozenset(
    {"Group", "Device", "Location", "Practitioner", "PractitionerRole", "Organization"}
    | {"Substance", "HealthcareService"}
)

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
        target = find(ref) if type_of(ref) not in NO_PATIENTS else None
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
    """True when a patient is or may be its subject, in whatever form: not where that is clearly
    something else, a group, a device, a place."""
    paths = SUBJECT_PATHS.get(str(resource.get("resourceType")), USUAL_PATHS)
    subjects = (element for path in paths for element in _at(resource, path.split(".")))
    return any(type_of(reference_of(each) or "") not in NO_PATIENTS for each in subjects)


def is_strangers(resource: Resource, patient_ref: str, *, resolve: Resolve, find: Find) -> bool:
    """True where it speaks of a patient who is not for certain this one: of another, of two, or of
    one who is named in a way that we do not resolve."""
    owner = patient_of(resource, resolve=resolve, find=find)
    return owner != patient_ref if owner else names_subject(resource)


def _at(value: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _at(element, names)
    elif not names:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        yield from _at(value.get(names[0]), names[1:])
