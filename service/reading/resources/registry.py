"""Which reader reads which resource type; none of them can fail a record."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.reading.assertions import Assertion
from service.reading.resources import (
    allergies,
    conditions,
    family,
    judgements,
    medicines,
    observations,
    orders,
    people,
    procedures,
    questionnaires,
    visits,
)
from service.reading.resources.source import Find, Source

Reader = Callable[[Source], Iterator[Assertion]]

READERS: Mapping[str, Reader] = {
    "MedicationRequest": medicines.request,
    "MedicationStatement": medicines.statement,
    "MedicationAdministration": medicines.administration,
    "MedicationDispense": medicines.dispense,
    "Medication": medicines.medication,
    "Immunization": medicines.immunization,
    "Condition": conditions.condition,
    "AllergyIntolerance": allergies.allergy,
    "AdverseEvent": allergies.adverse_event,
    "Observation": observations.observation,
    "DiagnosticReport": procedures.report,
    "ImagingStudy": procedures.imaging,
    "Procedure": procedures.procedure,
    "Encounter": visits.encounter,
    "EpisodeOfCare": visits.episode,
    "Appointment": orders.appointment,
    "CarePlan": orders.care_plan,
    "Goal": orders.goal,
    "ServiceRequest": orders.service_request,
    "DeviceRequest": orders.device_request,
    "NutritionOrder": orders.nutrition_order,
    "Task": orders.task,
    "Flag": judgements.flag,
    "ClinicalImpression": judgements.clinical_impression,
    "RiskAssessment": judgements.risk_assessment,
    "DetectedIssue": judgements.detected_issue,
    "Consent": judgements.consent,
    "FamilyMemberHistory": family.family_member,
    "QuestionnaireResponse": questionnaires.response,
    "Patient": people.patient,
    "RelatedPerson": people.related_person,
    "CareTeam": people.care_team,
}


def read_resource(
    resource: Mapping[str, Any],
    text: str,
    *,
    find: Find = lambda _ref: None,
    on: str = "",
) -> tuple[Assertion, ...]:
    """What the resource's elements say; spans point into `text`, its rendering.

    `find` gives what a resolved "Type/id" names, None where it is not held. `on` is the ISO day of
    reading: what was bounded to end before it is past, and ages are told by it. () for a type
    that says nothing clinical, and for one so malformed that nothing in it can be trusted.
    """
    reader = READERS.get(str(resource.get("resourceType")))
    return tuple(reader(Source(resource, text, find, on))) if reader else ()
