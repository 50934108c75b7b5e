"""Our values in the words that the pages say, and what each of our words means."""

import re
from collections.abc import Mapping

from service.facts.fact import Standing
from service.summary.lifecycle import Owner
from service.summary.people import DEMO_PEOPLE, SERVICE_ACCOUNT, SYSTEM
from service.summary.vocabulary import (
    FindingKind,
    ResolutionAction,
    Role,
    Severity,
    SummaryStatus,
    SummaryType,
    Support,
)
from service.verification.models import Reason

STATUS = {
    SummaryStatus.REQUESTED: "Reading the chart",
    SummaryStatus.CHARTED: "Indexing the chart",
    SummaryStatus.INDEXED: "Drafting",
    SummaryStatus.DRAFTED: "Checking the draft",
    SummaryStatus.IN_REVIEW: "In review",
    SummaryStatus.AWAITING_COSIGN: "Awaiting cosignature",
    SummaryStatus.SIGNED: "Signed, being filed",
    SummaryStatus.FILED: "Filed in the EHR",
    SummaryStatus.FILING_REFUSED: "Refused by the EHR",
    SummaryStatus.FILING_UNKNOWN: "Filing not confirmed",
    SummaryStatus.RETRACTING: "Being retracted",
    SummaryStatus.RETRACTED: "Retracted",
    SummaryStatus.FAILED: "Failed",
    SummaryStatus.REJECTED: "Rejected",
    SummaryStatus.SUPERSEDED: "Superseded",
}

TYPE = {
    SummaryType.PRE_VISIT: "Pre-visit summary",
    SummaryType.HOSPITAL_COURSE: "Hospital course",
    SummaryType.DISCHARGE: "Discharge summary",
    SummaryType.HANDOFF: "Handoff",
    SummaryType.PSYCHIATRIC_PROGRESS: "Psychiatric progress",
    SummaryType.MEDICATION_HISTORY: "Medication history",
}

OWNER = {
    Owner.SYSTEM: "Countersign",
    Owner.CLINICIAN: "Clinician",
    Owner.SECOND_CLINICIAN: "Second clinician",
    Owner.NOBODY: "Nobody",
}

SUPPORT: dict[Support | None, str] = {
    Support.SUPPORTED: "Supported",
    Support.CONTRADICTED: "Contradicted",
    Support.NOT_FOUND: "Not found in sources",
    Support.NOT_CHECKABLE: "Cannot be checked",
    None: "Not checked yet",
}

# What stands beside a statement: nothing where its sources bear it.
DOUBT: dict[Support | None, str] = {
    Support.SUPPORTED: "",
    Support.CONTRADICTED: "The chart says otherwise",
    Support.NOT_FOUND: "Not found in the chart",
    Support.NOT_CHECKABLE: "",
    None: "not checked",
}

SUPPORT_MEANS = {
    Support.SUPPORTED: "The cited text says it; its numbers, dates and drug names agree.",
    Support.CONTRADICTED: "The cited text says something else.",
    Support.NOT_FOUND: "We did not find it in what is cited. It may still be true: unknown "
    "is not absent.",
    Support.NOT_CHECKABLE: "It is a judgement or a plan that no source can prove. Yours to weigh.",
}

FINDING = {
    FindingKind.UNSUPPORTED: "Not in its sources",
    FindingKind.CONTRADICTED: "The chart says otherwise",
    FindingKind.OMITTED: "Left out",
    FindingKind.CONFLICT: "The chart disagrees with itself",
    FindingKind.RISK: "Risk",
    FindingKind.LANGUAGE: "Wording",
    FindingKind.INJECTION: "The chart text gives orders",
    FindingKind.OUTDATED: "The chart has changed",
}

SEVERITY = {Severity.MAJOR: "Major", Severity.MINOR: "Minor"}

EDIT = {
    "statement-reworded": "reworded",
    "statement-removed": "removed",
    "statement-added": "added",
    "statement-moved": "moved",
    "statement-cited": "cited anew",
    "fact-inserted": "inserted from the chart",
}
STEP = {"undone": "The last edit taken back", "redone": "The edit done again"}

RESOLUTION = {
    ResolutionAction.ACCEPTED: "The statement stands",
    ResolutionAction.CORRECTED: "Corrected in the text",
    ResolutionAction.DISMISSED: "The finding is wrong",
}

ACTION = {
    "summary.requested": "Asked for",
    "summary.charted": "Chart read",
    "summary.indexed": "Chart indexed",
    "summary.drafted": "Drafted",
    "summary.in-review": "Ready for review",
    "summary.awaiting-cosign": "Signed, awaiting cosignature",
    "summary.signed": "Signed",
    "summary.edited": "Statement edited",
    "summary.viewed": "Opened",
    "summary.attested": "Signature sealed",
    "finding.resolved": "Finding resolved",
    "remark.made": "Said of a statement",
    "remark.settled": "Settled what was said",
    "filing.filed": "Document taken by the EHR",
    "job.rung": "Asked to be tried again at once",
    "job.given-up": "Given up by IT",
    "chart.viewed": "Chart opened",
    "qa-reports.viewed": "Reports of what is wrong shown",
    "patients.searched": "Patients looked for in the EHR",
    "chart.asked": "EHR asked what is new",
    "glass.broken": "Glass broken: a stranger's chart opened",
    "glass.ended": "Glass closed before its time",
    "glass.reported": "Report of broken glass shown",
    "relation.not-found": "Chart opened without a relation that is known",
    "model.switched-off": "Model switched off",
    "model.switched-on": "Model switched on",
    "session.started": "Signed in",
    "session.ended": "Signed out",
    "session.renewed": "Signed in again",
    "session.copied": "Session ended: its ticket was used twice",
    "session.ended-everywhere": "Signed out everywhere",
    "sign-in.refused": "Sign-in refused",
    "person.first-seen": "Signed in for the first time",
    "token.made": "Token made",
    "token.revoked": "Token revoked",
}

ROLE = {
    Role.CLINICIAN: "clinician",
    Role.TRAINEE: "trainee",
    Role.ATTENDING: "attending",
    Role.QA: "quality",
    Role.IT: "hospital IT",
    Role.SECURITY: "security officer",
    Role.SERVICE: "service account",
}

STANDING = {
    Standing.CURRENT: "Current",
    Standing.ON_HOLD: "On hold",
    Standing.PAST: "Past",
    Standing.PLANNED: "Planned",
    Standing.REFUTED: "Not so",
    Standing.DISPUTED: "Disputed",
    Standing.UNKNOWN: "Not certain",
}

MEANING = {"signed": "Signed", "cosigned": "Cosigned"}

RESOURCE = {
    "AllergyIntolerance": "Allergy",
    "CarePlan": "Care plan",
    "CareTeam": "Care team",
    "ClinicalImpression": "Clinical impression",
    "DiagnosticReport": "Report",
    "DocumentReference": "Note",
    "Composition": "Note",
    "Condition": "Problem",
    "FamilyMemberHistory": "Family history",
    "MedicationAdministration": "Medicine given",
    "MedicationRequest": "Prescription",
    "MedicationStatement": "Medicine as taken",
    "Observation": "Observation",
    "QuestionnaireResponse": "Questionnaire",
    "ServiceRequest": "Order",
}

SAID = {
    "saved": "Saved and checked again.",
    "same": "Nothing was changed.",
    "undone": "The earlier words are back, checked again.",
    "removed": "The statement was removed; the rest was checked again.",
    "moved": "Moved; the text was checked again.",
    "added": "Added and checked.",
    "inserted": "Inserted with its source, and checked.",
    "cited": "It rests on the words that you chose; checked again.",
    "taken-back": "The last edit was taken back.",
    "done-again": "The edit stands again.",
    "let-go": "Let go. The text is as it was.",
    "rewritten": "The offered words stand in the text now; it was checked again.",
    "commented": "Your comment stands beside the text. It is never filed.",
    "remark-settled": "Settled.",
    "reported": "Open for correction, and quality has the case. Mend the statement and sign again.",
    "resolved": "Your decision is kept with the finding.",
    "return": "Returned: the chart is read and drafted anew.",
    "section-anew": "That section is drafted anew.",
    "reject": "Rejected. It will not be used.",
    "reopen": "Back in review.",
    "amend": "Open for correction. What you sign next replaces it in the EHR.",
    "retract": "Being withdrawn from the EHR.",
    "retry": "Asked again.",
    "job-retried": "It is tried again now.",
    "job-given-up": "Given up. It stands as failed, and can be asked for again.",
    "cancelled": "Cancelled. Nothing was drafted; it can be asked for again.",
    "cancelling": "It is told to stop, and stops at the end of the present step.",
    "signed": "Signed. Exactly this text is on its way to the EHR.",
    "first-signed": "Signed. A second clinician cosigns before it is filed.",
    "cosigned": "Cosigned. Exactly this text is on its way to the EHR.",
    "requested": "Asked for. The row below follows it.",
    "switched-off": "The model is switched off there. Drafts are taken from the chart and say why.",
    "switched-on": "The model is asked again there.",
    "drawn": "The sample is drawn.",
    "rated": "Your rating is kept.",
    "closed": "The sample is closed; its ratings stay as they are.",
    "sessions-ended": "Ended: that person signs in again before they go on.",
    "token-revoked": "Revoked. The token opens nothing any more.",
    "glass-broken": "Open to you for a time. Compare name and birth date before you read on.",
    "glass-taken-back": "Closed. That person sees the chart no more.",
    "glass-ended": "Closed. That chart is shut to you again.",
    "signed-out": "You are signed out.",
    "signed-out-everywhere": "You are signed out here and on every other browser.",
}

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HOW = re.compile(r"(.*?)( given| as taken|)$", re.S)

_NAMES = {person.id: person.name for person in DEMO_PEOPLE.values()}
_NAMES |= {SYSTEM: "Countersign", SERVICE_ACCOUNT.id: SERVICE_ACCOUNT.name}


def who(person_id: str | None) -> str:
    """The name for an id that acts; an id that is not known here is shown as it is."""
    return _NAMES.get(person_id or "", person_id or "")


def action(name: str) -> str:
    """An audit action in words, e.g. "summary.in-review" -> "In review"."""
    noun, _, done = name.partition(".")
    if name in ACTION:
        return ACTION[name]
    if noun == "summary" and done in STATUS:
        return STATUS[SummaryStatus(done)]
    return f"{noun.replace('-', ' ').capitalize()} {done}"


def resource(resource_type: str) -> str:
    """ "Medication dispense" for a type that has no name of its own here."""
    return RESOURCE.get(resource_type) or _CAPITAL.sub(" ", resource_type).capitalize()


def written_by(writer: str) -> str:
    """Who worded a statement: a person, the chart itself, or the model by its name."""
    known = {
        "person": "Edited by a person",
        "extractive": "Taken from the chart",
        "own": "The clinician's own",
    }
    return known.get(writer, f"Drafted by {writer}")


def section_by(said: str, written: Mapping[str, str]) -> str:
    """Who wrote a section, of the writer's own words: "extractive", "extractive (why)", a model.
    A reason that several sections have is said once, above them."""
    name, _, why = said.partition(" (")
    shown = written_by(name)
    return f"{shown}: {why.removesuffix(')')}" if why and not _is_shared(said, written) else shown


def shared_reasons(written: Mapping[str, str]) -> dict[str, list[str]]:
    """Why several sections were not written by the model, each reason with their keys."""
    found: dict[str, list[str]] = {}
    for key, said in written.items():
        if _is_shared(said, written):
            found.setdefault(said.partition(" (")[2].removesuffix(")"), []).append(key)
    return found


def _is_shared(said: str, written: Mapping[str, str]) -> bool:
    return " (" in said and list(written.values()).count(said) > 1


def reason(why: Mapping[str, str]) -> str:
    """Why a statement is doubted, as a sentence."""
    return Reason(why["check"], why.get("said", ""), why.get("source", "")).sentence()


def counted(number: int, noun: str) -> str:
    """ "1 finding", "2 findings", "2 allergies", "2 medicines as taken"."""
    if number == 1:
        return f"1 {noun}"
    what, how = _HOW.match(noun).groups()  # type: ignore[union-attr]
    is_y = what.endswith("y") and what[-2:-1] not in "aeiou"
    return f"{number} {f'{what[:-1]}ies' if is_y else f'{what}s'}{how}"


def name(line: str) -> str:
    """The name in the line of a Patient record, "Ada Example (female; born 1987-04-02)"."""
    return line.partition(" (")[0]


def about(line: str) -> str:
    """What the line says beside the name: sex and birth date, where the chart has them."""
    return line.partition(" (")[2].removesuffix(")")


def initials(full: str) -> str:
    """ "IL" of "Dr Ines Lindqvist, MD"."""
    return "".join(word[0] for word in full.partition(",")[0].split()[-2:]).upper()
