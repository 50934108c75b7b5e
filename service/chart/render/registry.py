"""Which renderer makes the text of which resource type; none of them can lose a record."""

from collections.abc import Callable, Mapping

from service.chart.gaps import GapKind, gap
from service.chart.render import (
    administrative,
    allergies,
    documents,
    history,
    immunizations,
    medications,
    observations,
    other,
    people,
    plans,
    problems,
    questionnaires,
    reports,
    visits,
)
from service.chart.render.dates import day
from service.chart.render.modifiers import modifier
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

Renderer = Callable[[Scene], Rendering]

RENDERERS: Mapping[str, Renderer] = {
    "Patient": people.patient,
    "Practitioner": people.practitioner,
    "PractitionerRole": people.practitioner_role,
    "RelatedPerson": people.related_person,
    "CareTeam": people.care_team,
    "Organization": administrative.organization,
    "Location": administrative.location,
    "Coverage": administrative.coverage,
    "Consent": administrative.consent,
    "Encounter": visits.encounter,
    "EpisodeOfCare": visits.episode,
    "Appointment": visits.appointment,
    "Condition": problems.condition,
    "Flag": problems.flag,
    "ClinicalImpression": problems.clinical_impression,
    "DetectedIssue": problems.detected_issue,
    "RiskAssessment": problems.risk_assessment,
    "AllergyIntolerance": allergies.allergy,
    "AdverseEvent": allergies.adverse_event,
    "Medication": medications.medication,
    "MedicationRequest": medications.request,
    "MedicationStatement": medications.statement,
    "MedicationAdministration": medications.administration,
    "MedicationDispense": medications.dispense,
    "Immunization": immunizations.immunization,
    "Observation": observations.observation,
    "DiagnosticReport": reports.diagnostic_report,
    "ImagingStudy": reports.imaging_study,
    "Media": reports.media,
    "Specimen": reports.specimen,
    "Procedure": history.procedure,
    "FamilyMemberHistory": history.family_member,
    "Device": history.device,
    "CarePlan": plans.care_plan,
    "Goal": plans.goal,
    "ServiceRequest": plans.service_request,
    "DeviceRequest": plans.device_request,
    "NutritionOrder": plans.nutrition_order,
    "QuestionnaireResponse": questionnaires.response,
    "DocumentReference": documents.document_reference,
    "Composition": documents.composition,
    "Communication": documents.communication,
}


def render(scene: Scene) -> Rendering:
    """The text of a resource. A renderer that fails gives a gap and the barest text."""
    renderer = RENDERERS.get(str(scene.get("resourceType")), other.anything)
    try:
        rendering = renderer(scene)
        rendering.headline = modifier(scene.resource) + rendering.headline
        return rendering
    except Exception as error:  # a vendor's odd element must never drop a record
        reason = f"its text could not be made ({type(error).__name__}); only the barest is shown"
        scene.gaps.append(gap(GapKind.RENDER, reason))
        return _barest(scene)


def _barest(scene: Scene) -> Rendering:
    try:
        rendering = other.anything(scene)
    except Exception:
        kind = str(scene.get("resourceType"))
        return Rendering(title=kind, headline=f"{kind} that could not be read")
    rendering.headline += f" ({day(rendering.effective) or 'no date'}; not fully read)"
    return rendering
