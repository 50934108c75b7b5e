"""What a chart is pulled with: the table of searches, each with the reason why it is asked.

A row is data: to read more, add a row. Every search is by `patient`, which all of R4's patient
compartment has but AdverseEvent; servers that lack a type answer 4xx, and that becomes a gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# A later pull asks again for what changed shortly before the last one: servers stamp
# lastUpdated before they commit, and clocks differ.
OVERLAP = timedelta(minutes=15)


@dataclass(frozen=True)
class Search:
    """One search for one patient's records, and what a summary would lack without it."""

    resource_type: str
    reason: str
    params: dict[str, str] = field(default_factory=dict, hash=False)
    by: str = "patient"

    @property
    def name(self) -> str:
        """As gaps name it: "Observation category=survey"."""
        extra = " ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.resource_type} {extra}".strip()

    def query(self, patient_ref: str, since: datetime | None) -> dict[str, str]:
        query = {self.by: patient_ref, **self.params}
        if since is not None:
            at = (since - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            query["_lastUpdated"] = f"ge{at}"
        return query


# Servers limited to US Core need a category with Observation: asked for one by one, each is a
# page of its own kind and fails alone.
OBSERVATION_CATEGORIES = {
    "survey": "scores and their items: PHQ-9, GAD-7, C-SSRS, AUDIT",
    "laboratory": "drug levels, renal and thyroid function",
    "vital-signs": "weight and blood pressure under medication",
    "social-history": "tobacco, alcohol, housing, employment",
    "exam": "mental status and other findings of an examination",
    "therapy": "response to a therapy",
    "imaging": "findings of imaging",
    "procedure": "findings during a procedure",
    "activity": "sleep and activity",
    "sdoh": "social needs",
    "functional-status": "how the patient manages daily life",
    "disability-status": "disabilities",
    "cognitive-status": "cognition",
}

SEARCHES: tuple[Search, ...] = (
    Search("Encounter", "visits and stays; notes and labels hang on them"),
    Search("EpisodeOfCare", "programmes of care, whose labels their records inherit"),
    Search("Condition", "problems and diagnoses"),
    Search("AllergyIntolerance", "allergies: leaving one out does the most harm"),
    Search("AdverseEvent", "harm that a medicine or a device did", by="subject"),
    Search("MedicationRequest", "what is and was prescribed"),
    Search("MedicationStatement", "what the patient says is taken"),
    Search("MedicationAdministration", "what was given in hospital, depots"),
    Search("MedicationDispense", "what was handed out"),
    Search("Observation", "every observation, where the server allows asking for all"),
    Search("DiagnosticReport", "reports and their conclusions"),
    Search("ImagingStudy", "pictures that were taken, whose report may come later"),
    Search("Procedure", "procedures and therapies"),
    Search("CarePlan", "care plans, safety plans"),
    Search("Goal", "what patient and team want to reach"),
    Search("CareTeam", "who cares for the patient"),
    Search("ServiceRequest", "what is ordered and pending"),
    Search("Task", "what somebody is to do, and has not yet"),
    Search("Appointment", "visits that are to come, were missed or were called off"),
    Search("Immunization", "vaccines"),
    Search("FamilyMemberHistory", "suicide and illness in the family"),
    Search("QuestionnaireResponse", "questionnaires as they were answered"),
    Search("Consent", "what may be used and shown at all"),
    Search("Flag", "warnings: risk, precautions"),
    Search("ClinicalImpression", "assessments"),
    Search("DetectedIssue", "interactions that somebody noticed"),
    Search("RiskAssessment", "judgements of risk"),
    Search("DocumentReference", "notes"),
    Search("Composition", "notes written as structured documents"),
    Search("Communication", "messages between patient and team"),
    Search("Device", "implants and devices in use"),
)

# Held already is enough for these; otherwise they are read one by one, since searching a
# directory for one patient is not possible.
READ_WHEN_REFERRED = frozenset(
    {
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Medication",
        "Location",
        "RelatedPerson",
        "Observation",
        "Encounter",
        "EpisodeOfCare",
    }
)
MAX_READS = 500  # of referred records in one pull; what is beyond stays a visible dangling gap


def narrower_searches(search: Search, documents: Iterable[str]) -> Iterator[Search]:
    """The same by category, for servers that refuse to list them all; none of any other search.
    `documents` are the categories of notes that this EHR knows."""
    if search.name == "Observation":
        for category, reason in OBSERVATION_CATEGORIES.items():
            yield Search("Observation", reason, {"category": category})
    if search.name == "DocumentReference":
        for category in documents:
            yield Search("DocumentReference", search.reason, {"category": category})
