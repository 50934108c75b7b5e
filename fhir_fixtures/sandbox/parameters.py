"""The search parameters: one table, read by the index, by search and by the CapabilityStatement.

Names and meanings follow http://hl7.org/fhir/R4/searchparameter-registry.html. A path is element
names joined by dots; lists are walked through.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from fhir_fixtures.sandbox.types import RESOURCE_TYPES


class Kind(StrEnum):
    TOKEN, REFERENCE, DATE, STRING = "token", "reference", "date", "string"


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Kind
    types: frozenset[str]
    paths: tuple[str, ...]


def _row(name: str, kind: Kind, types: str, *paths: str) -> Parameter:
    return Parameter(name, kind, frozenset(types.split()) or RESOURCE_TYPES, paths)


_EVERY = ""
_SUBJECT = (
    "CarePlan CareTeam ClinicalImpression Communication Composition Condition DeviceRequest"
    " DiagnosticReport DocumentReference Encounter Flag Goal List Media MedicationAdministration"
    " MedicationDispense MedicationRequest MedicationStatement Observation Procedure"
    " QuestionnaireResponse RiskAssessment ServiceRequest"
)
_PATIENT = (
    "AllergyIntolerance Consent DetectedIssue Device EpisodeOfCare FamilyMemberHistory"
    " ImmunizationRecommendation Immunization RelatedPerson"
)
_EFFECTIVE = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")
_OCCURRENCE = ("occurrenceDateTime", "occurrencePeriod")

PARAMETERS: tuple[Parameter, ...] = (
    _row("_tag", Kind.TOKEN, _EVERY, "meta.tag"),
    _row("_security", Kind.TOKEN, _EVERY, "meta.security"),
    _row("_profile", Kind.TOKEN, _EVERY, "meta.profile"),
    _row("identifier", Kind.TOKEN, _EVERY, "identifier", "masterIdentifier"),
    # Whose chart. `patient` is the compartment; the index puts it first.
    _row("patient", Kind.REFERENCE, _SUBJECT, "subject"),
    _row("patient", Kind.REFERENCE, _PATIENT, "patient"),
    _row("patient", Kind.REFERENCE, "Coverage", "beneficiary"),
    _row("patient", Kind.REFERENCE, "Provenance", "target"),
    _row("patient", Kind.REFERENCE, "ImagingStudy", "subject"),
    _row("patient", Kind.REFERENCE, "Appointment", "participant.actor"),
    _row("practitioner", Kind.REFERENCE, "Appointment", "participant.actor"),
    _row("practitioner", Kind.REFERENCE, "Encounter", "participant.individual"),
    _row("participant", Kind.REFERENCE, "CareTeam", "participant.member"),
    _row("patient", Kind.REFERENCE, "Claim ExplanationOfBenefit", "patient"),
    _row("patient", Kind.REFERENCE, "Task", "for"),
    _row("subject", Kind.REFERENCE, _SUBJECT + " ImagingStudy", "subject"),
    _row("encounter", Kind.REFERENCE, _SUBJECT, "encounter"),
    _row("encounter", Kind.REFERENCE, "DocumentReference", "context.encounter"),
    _row("context", Kind.REFERENCE, "MedicationAdministration MedicationStatement", "context"),
    _row("author", Kind.REFERENCE, "Composition DocumentReference QuestionnaireResponse", "author"),
    _row("relatesto", Kind.REFERENCE, "DocumentReference", "relatesTo.target"),
    _row("medication", Kind.REFERENCE, _SUBJECT, "medicationReference"),
    _row("target", Kind.REFERENCE, "Provenance", "target"),
    _row("entity", Kind.REFERENCE, "Provenance", "entity.what"),
    _row("agent", Kind.REFERENCE, "Provenance", "agent.who"),
    _row("practitioner", Kind.REFERENCE, "PractitionerRole", "practitioner"),
    _row("organization", Kind.REFERENCE, "PractitionerRole Device Patient", "organization"),
    _row("organization", Kind.REFERENCE, "Patient", "managingOrganization"),
    # What it is.
    _row(
        "code",
        Kind.TOKEN,
        "AllergyIntolerance Condition DiagnosticReport FamilyMemberHistory Flag List Medication"
        " Observation Procedure ServiceRequest",
        "code",
    ),
    _row("code", Kind.TOKEN, "AllergyIntolerance", "reaction.substance"),
    _row("code", Kind.TOKEN, "FamilyMemberHistory", "condition.code"),
    _row(
        "code",
        Kind.TOKEN,
        "MedicationAdministration MedicationDispense MedicationRequest MedicationStatement",
        "medicationCodeableConcept",
    ),
    _row("vaccine-code", Kind.TOKEN, "Immunization", "vaccineCode"),
    _row("component-code", Kind.TOKEN, "Observation", "component.code"),
    _row(
        "category",
        Kind.TOKEN,
        "AllergyIntolerance CarePlan CareTeam Composition Condition Consent DiagnosticReport"
        " DocumentReference Flag Goal MedicationRequest MedicationStatement Observation"
        " Procedure ServiceRequest",
        "category",
    ),
    _row(
        "type",
        Kind.TOKEN,
        "Binary Composition Coverage Device DocumentReference Encounter EpisodeOfCare Location"
        " Organization",
        "type",
    ),
    _row("class", Kind.TOKEN, "Encounter", "class"),
    _row("relationship", Kind.TOKEN, "FamilyMemberHistory", "relationship"),
    _row("questionnaire", Kind.TOKEN, "QuestionnaireResponse", "questionnaire"),
    # Where it stands.
    _row(
        "status",
        Kind.TOKEN,
        "CarePlan CareTeam ClinicalImpression Composition Consent Device DiagnosticReport"
        " DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Flag ImagingStudy"
        " Immunization List Location MedicationAdministration MedicationDispense"
        " MedicationRequest MedicationStatement Observation Procedure QuestionnaireResponse"
        " ServiceRequest Subscription Task",
        "status",
    ),
    _row("lifecycle-status", Kind.TOKEN, "Goal", "lifecycleStatus"),
    _row("clinical-status", Kind.TOKEN, "AllergyIntolerance Condition", "clinicalStatus"),
    _row("verification-status", Kind.TOKEN, "AllergyIntolerance Condition", "verificationStatus"),
    _row("intent", Kind.TOKEN, "CarePlan MedicationRequest ServiceRequest", "intent"),
    # When.
    _row("date", Kind.DATE, "Observation DiagnosticReport", *_EFFECTIVE),
    _row("date", Kind.DATE, "CarePlan CareTeam Encounter EpisodeOfCare Flag", "period"),
    _row("date", Kind.DATE, "Procedure", "performedDateTime", "performedPeriod"),
    _row("date", Kind.DATE, "Immunization RiskAssessment", *_OCCURRENCE),
    _row("date", Kind.DATE, "AllergyIntolerance", "recordedDate"),
    _row("date", Kind.DATE, "ClinicalImpression Composition", "date"),
    _row("date", Kind.DATE, "DocumentReference FamilyMemberHistory List", "date"),
    _row("date", Kind.DATE, "Consent", "dateTime"),
    _row("date", Kind.DATE, "Appointment", "start"),
    _row("period", Kind.DATE, "DocumentReference", "context.period"),
    _row("effective-time", Kind.DATE, "MedicationAdministration", *_EFFECTIVE),
    _row("effective", Kind.DATE, "MedicationStatement", *_EFFECTIVE),
    _row("authoredon", Kind.DATE, "MedicationRequest", "authoredOn"),
    _row("authored", Kind.DATE, "ServiceRequest", "authoredOn"),
    _row("authored", Kind.DATE, "QuestionnaireResponse", "authored"),
    _row("occurrence", Kind.DATE, "ServiceRequest", *_OCCURRENCE),
    _row("recorded-date", Kind.DATE, "Condition", "recordedDate"),
    _row("onset-date", Kind.DATE, "Condition", "onsetDateTime", "onsetPeriod"),
    _row("start-date", Kind.DATE, "Goal", "startDate"),
    _row("recorded", Kind.DATE, "Provenance", "recorded"),
    _row("birthdate", Kind.DATE, "Patient", "birthDate"),
    # Who.
    _row("gender", Kind.TOKEN, "Patient Practitioner", "gender"),
    _row("name", Kind.STRING, "Patient Practitioner", "name.text", "name.family", "name.given"),
    _row("name", Kind.STRING, "Location Organization", "name"),
    _row("family", Kind.STRING, "Patient Practitioner", "name.family"),
    _row("given", Kind.STRING, "Patient Practitioner", "name.given"),
    _row("device-name", Kind.STRING, "Device", "deviceName.name"),
)


@cache
def parameters_of(resource_type: str) -> dict[str, Parameter]:
    """The type's parameters by name; rows of one name are one parameter with all their paths."""
    found: dict[str, Parameter] = {}
    for row in PARAMETERS:
        if resource_type in row.types:
            before = found.get(row.name)
            paths = (*(before.paths if before else ()), *row.paths)
            found[row.name] = Parameter(row.name, row.kind, row.types, paths)
    return found
