"""What the EHR could not be searched for: a person must know before they sign what is missing."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from service.chart.gaps import GapKind
from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft

# Without these a summary can do harm though every sentence of it is true.
GRAVE = {
    "AllergyIntolerance": "allergies",
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
    "MedicationAdministration": "medicines",
    "MedicationDispense": "medicines",
    "Flag": "risk",
    "RiskAssessment": "risk",
    "DocumentReference": "notes and documents",
    "Composition": "notes and documents",
}

# Each is what most EHRs keep its kind in: not served, nothing says what the patient has.
ALONE = frozenset({"AllergyIntolerance", "MedicationRequest", "DocumentReference"})


def unread_findings(coverage: Mapping[str, Any]) -> list[FindingDraft]:
    """One finding for each kind of record that could not be read, major for what is grave.

    What an EHR does not serve at all is major only where the kind has no other source left.
    """
    reasons: dict[str, list[str]] = defaultdict(list)
    lost: set[str] = set()
    for gap in coverage.get("searches_failed", ()):
        if gap.get("kind") != GapKind.SEARCH:
            continue
        resource_type = str(gap.get("source", "")).partition(" ")[0]
        what = GRAVE.get(resource_type, resource_type)
        reasons[what].append(f"{gap.get('source', '')}: {gap.get('reason', '')}")
        if not gap.get("unserved") or resource_type in ALONE:
            lost.add(what)
    return [_finding(what, said, what in lost) for what, said in reasons.items()]


def _finding(what: str, reasons: list[str], is_lost: bool) -> FindingDraft:
    is_grave = is_lost and what in GRAVE.values()
    return FindingDraft(
        FindingKind.RISK if what == "risk" else FindingKind.OMITTED,
        Severity.MAJOR if is_grave else Severity.MINOR,
        "unread",
        f"Not all of the {what} could be read, so what is not here may still be in the EHR. "
        + " ".join(dict.fromkeys(reasons)),
    )
