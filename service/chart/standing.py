"""May a record become evidence? By its own status; then by what else the chart holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from service.chart.render.words import all_codes
from service.chart.security import labels_of
from service.fhir.references import reference_of
from service.summary.vocabulary import Standing

Verdict = tuple[Standing, str]
EVIDENCE: Verdict = (Standing.EVIDENCE, "")

# Not about the patient's health, or only about how records were made or paid for.
_ADMINISTRATIVE_TYPES = """
Account AuditEvent Basic Binary Claim ClaimResponse Coverage CoverageEligibilityRequest
CoverageEligibilityResponse Endpoint EnrollmentRequest EnrollmentResponse ExplanationOfBenefit
Invoice Linkage List MessageHeader OperationOutcome Parameters PaymentNotice
PaymentReconciliation Provenance Schedule Slot Subscription
"""
ADMINISTRATIVE = frozenset(_ADMINISTRATIVE_TYPES.split())
DOCUMENTS = frozenset({"DocumentReference", "Composition"})

# status -> why it is no evidence; for every type.
_NEVER = {
    "entered-in-error": "entered in error",
    "not-done": "recorded as not done",
    "draft": "a draft",
    "registered": "registered, without a result yet",
    "cancelled": "cancelled",
}
# The same for some types only; a preliminary laboratory value is clinical information, a
# preliminary note is nobody's word yet.
_NEVER_OF = {
    "Composition": {"preliminary": "preliminary, not signed by its author"},
    "DocumentReference": {"preliminary": "preliminary, not signed by its author"},
    "QuestionnaireResponse": {"in-progress": "not finished", "stopped": "not finished"},
    "ClinicalImpression": {"in-progress": "not finished"},
    "CareTeam": {"proposed": "proposed only"},
    "Consent": {"proposed": "proposed only"},
    "FamilyMemberHistory": {"health-unknown": "unknown"},
}
# A depot refused, an operation not done: clinical facts, which their text begins with.
_TELLS_NOT_DONE = ("MedicationAdministration", "Procedure", "Immunization")
_STATUS_ELEMENTS = ("status", "docStatus", "lifecycleStatus")


def own_standing(resource: Mapping[str, Any]) -> Verdict:
    """What a resource says of itself, whatever else the chart holds."""
    resource_type = str(resource.get("resourceType"))
    if resource_type in ADMINISTRATIVE:
        return Standing.EXCLUDED, "an administrative record"
    reasons = _NEVER | _NEVER_OF.get(resource_type, {})
    for status in _statuses(resource):
        if status == "not-done" and resource_type in _TELLS_NOT_DONE:
            continue
        if reason := reasons.get(status):
            return Standing.EXCLUDED, reason
    if resource_type in DOCUMENTS and "AIAST" in labels_of(resource):
        # Our own earlier summary, come back from the EHR: it must not confirm itself.
        return Standing.EXCLUDED, "an AI-assisted summary; its own sources are read instead"
    return EVIDENCE


def _statuses(resource: Mapping[str, Any]) -> list[str]:
    found = [s for e in _STATUS_ELEMENTS if isinstance(s := resource.get(e), str)]
    return found + all_codes(resource.get("verificationStatus"))


@dataclass(frozen=True)
class Document:
    """What decides whether a note still stands: what it replaces, and which document it is."""

    ref: str
    superseded: bool
    stands: bool
    written_at: datetime | None
    received_at: datetime
    replaces: frozenset[str] = frozenset()
    identifiers: frozenset[str] = field(default_factory=frozenset)

    @property
    def order(self) -> tuple[datetime, datetime]:
        return self.written_at or datetime.min.replace(tzinfo=UTC), self.received_at


def replaced_documents(documents: Iterable[Document]) -> dict[str, str]:
    """Ref of each replaced document -> ref of the one that took its place.

    Only a document that itself stands can replace. Two that claim to replace each other: the
    newer stands. A `superseded` one that nothing replaces is not in the answer.
    """
    standing = [d for d in documents if d.stands]
    by_ref = {d.ref: d for d in standing}
    replaced: dict[str, str] = {}
    for newer in sorted(standing, key=lambda d: d.order):
        for ref in newer.replaces & by_ref.keys() - {newer.ref}:
            older = by_ref[ref]
            if newer.ref not in older.replaces or older.order <= newer.order:
                replaced[ref] = newer.ref
    return _by_identifier(standing, replaced)


def _by_identifier(standing: list[Document], replaced: dict[str, str]) -> dict[str, str]:
    """A superseded document gives way to the newest other with the same business identifier."""
    newest: dict[str, Document] = {}
    for document in sorted(standing, key=lambda d: (not d.superseded, d.order)):
        for identifier in document.identifiers:
            newest[identifier] = document
    for document in standing:
        for identifier in document.identifiers if document.superseded else ():
            if newest[identifier].ref != document.ref:
                replaced.setdefault(document.ref, newest[identifier].ref)
    return replaced


def replaces_of(resource: Mapping[str, Any]) -> list[str]:
    """References, as written, to the documents that this one replaces."""
    relations = resource.get("relatesTo")
    found = []
    for relation in relations if isinstance(relations, list) else []:
        if isinstance(relation, Mapping) and relation.get("code") == "replaces":
            target = relation.get("target") or relation.get("targetReference")
            found.append(reference_of(target))
    return [reference for reference in found if reference]


def identifiers_of(resource: Mapping[str, Any]) -> frozenset[str]:
    """Business identifiers of a document as "system|value"."""
    values = [resource.get("masterIdentifier")]
    given = resource.get("identifier")
    values += given if isinstance(given, list) else [given]
    return frozenset(
        f"{v.get('system') or ''}|{v['value']}"
        for v in values
        if isinstance(v, Mapping) and v.get("value")
    )
