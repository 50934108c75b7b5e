"""Who may do what: each `check_can_…` raises in words, each `can_…` answers by calling it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from service.errors import Blocked, Conflict, CountersignError, NotPermitted
from service.summary.lifecycle import OWED
from service.summary.models import Attestation, Summary
from service.summary.people import Person
from service.summary.vocabulary import Role, SummaryStatus, SummaryType


class Ability(StrEnum):
    """What a role may be allowed; the value completes "may not …"."""

    REQUEST = "ask for a summary"
    INGEST = "add resources to a chart"
    LIST = "see the statuses of summaries"
    READ = "read summaries and charts"
    REVIEW = "review or edit a summary"
    SIGN = "sign a summary"
    COSIGN = "cosign a summary"
    RATE = "draw samples and rate summaries"
    READ_AUDIT = "read the audit"
    READ_USAGE = "see what drafting took"
    SWITCH = "switch the model off or on"
    JOBS = "see and retry the system's work"
    END_SESSIONS = "end sessions and revoke tokens"
    RECALL = "recall what a model, prompt or record touched"
    BREAK_GLASS = "open a stranger's chart by breaking the glass"
    READ_GLASS = "see who opened a stranger's chart, and shut it"
    RULE_NOTES = "confirm or release notes that are withheld by their look"


PREPARING = (
    SummaryStatus.REQUESTED,
    SummaryStatus.CHARTED,
    SummaryStatus.INDEXED,
    SummaryStatus.DRAFTED,
)

DOCTORS = frozenset({Role.CLINICIAN, Role.TRAINEE, Role.ATTENDING})

ALLOWED: dict[Ability, frozenset[Role]] = {
    Ability.REQUEST: DOCTORS | {Role.SERVICE},
    Ability.INGEST: frozenset({Role.SERVICE}),
    Ability.LIST: frozenset(Role),
    Ability.READ: DOCTORS | {Role.QA, Role.SERVICE},
    Ability.REVIEW: DOCTORS,
    Ability.SIGN: DOCTORS,
    Ability.COSIGN: frozenset({Role.ATTENDING}),
    Ability.RATE: frozenset({Role.QA}),
    # Hospital IT and the security officer: statuses and the audit, never the text of a chart.
    Ability.READ_AUDIT: frozenset({Role.IT, Role.SECURITY}),
    Ability.READ_USAGE: frozenset({Role.IT, Role.QA}),
    Ability.SWITCH: frozenset({Role.IT}),
    Ability.JOBS: frozenset({Role.IT, Role.SERVICE}),
    Ability.END_SESSIONS: frozenset({Role.IT, Role.SECURITY}),
    # Ids and statuses, and no chart: who runs the model knows first that it was wrong.
    Ability.RECALL: frozenset({Role.IT, Role.SECURITY}),
    Ability.BREAK_GLASS: DOCTORS,
    # Whoever looks at who broke in reads their reasons, which may speak of the patient.
    Ability.READ_GLASS: frozenset({Role.SECURITY}),
    # Who reads such a list learns who is in treatment: one role, and none of a note's words.
    Ability.RULE_NOTES: frozenset({Role.SECURITY}),
}


@dataclass(frozen=True)
class Answer:
    """Whether an act is open to a person now; `reason` says why not. True in a condition if so."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


class Closed(NamedTuple):
    """What keeps a text from any signature: how many of its sources were restricted after it was
    drafted, and the record that the EHR has merged the patient into, "" where none."""

    restricted: int = 0
    merged_into: str = ""


NOT_CLOSED = Closed()


def ask(check: Callable[[], None]) -> Answer:
    """The answer of a `check_`: allowed, or refused with its sentence."""
    try:
        check()
    except CountersignError as refusal:
        return Answer(False, refusal.sentence)
    return Answer(True)


def check_may(person: Person, ability: Ability) -> None:
    """Raise NotPermitted unless the person's role carries this ability."""
    if person.role not in ALLOWED[ability]:
        raise NotPermitted(f"The role {person.role} may not {ability}.")
    if person.abilities is not None and ability not in person.abilities:
        raise NotPermitted(f"This token may not {ability}: its scopes leave that out.")


def may(person: Person, ability: Ability) -> bool:
    return bool(ask(lambda: check_may(person, ability)))


def check_status(summary: Summary, *expected: SummaryStatus) -> None:
    """Raise Conflict unless the summary stands at one of these."""
    if summary.status not in expected:
        wanted = " or ".join(expected)
        raise Conflict(
            f"{_who_signed(summary)}This summary is {summary.status}, not {wanted}. "
            "Look at it again."
        )


def _who_signed(summary: Summary) -> str:
    """Whoever comes second is told who was first."""
    digest = summary.current.digest if summary.current else None
    signed = [a for a in summary.attestations if a.digest == digest]
    return f"{signed[-1].person_name} has {signed[-1].meaning} this text. " if signed else ""


def check_digest(summary: Summary, digest: str) -> None:
    """Raise Conflict unless `digest` names the text that stands now; "" says that none does."""
    if digest != (summary.current.digest if summary.current else ""):
        raise Conflict("The text has changed since you opened it. Read the current version.")


def check_looked_at(summary: Summary, digest: str | None) -> None:
    """The same where the caller says which text they were looking at; None says nothing."""
    if digest is not None:
        check_digest(summary, digest)


def check_can_review(person: Person, summary: Summary) -> None:
    """Edit, resolve a finding, return for a new draft: only what is in review."""
    check_may(person, Ability.REVIEW)
    check_status(summary, SummaryStatus.IN_REVIEW)


def can_review(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_review(person, summary))


def check_can_sign(
    person: Person, summary: Summary, open_major: int, digest: str, closed: Closed = NOT_CLOSED
) -> None:
    """Raise NotPermitted, Conflict (moved on, other text) or Blocked (open major findings,
    sources that were restricted after the draft, a patient whom the EHR has merged away)."""
    check_may(person, Ability.SIGN)
    _check_known_to_ehr(person)
    check_status(summary, SummaryStatus.IN_REVIEW)
    check_digest(summary, digest)
    _check_is_another(summary, person, "cosigned", "another clinician signs it first")
    if open_major:
        plural = "s are" if open_major > 1 else " is"
        raise Blocked(f"{open_major} major finding{plural} open. Resolve before you sign.")
    check_unrestricted(closed.restricted)
    check_not_merged(closed.merged_into)


def can_sign(
    person: Person, summary: Summary, open_major: int, digest: str, closed: Closed = NOT_CLOSED
) -> Answer:
    return ask(lambda: check_can_sign(person, summary, open_major, digest, closed))


def check_not_merged(merged_into: str) -> None:
    """Raise Blocked where the EHR goes on with this patient in another record: nobody reads what
    is filed in this one, and what the other says of them was not read."""
    if merged_into:
        raise Blocked(
            f"The EHR has merged this patient into {merged_into}, so nothing is signed or filed "
            "here. Ask for the summary there."
        )


def check_unrestricted(restricted: int) -> None:
    """Raise Blocked when sources of the text may not be used any more."""
    if restricted:
        plural = "s of this text were" if restricted > 1 else " of this text was"
        raise Blocked(
            f"{restricted} source{plural} restricted after it was drafted. Return it for a new "
            "draft, or remove the statements that cite it."
        )


def check_whole(is_whole: bool) -> None:
    """Raise Blocked where findings are not those that verification found: somebody took one away
    past this service, or made it less grave."""
    if not is_whole:
        raise Blocked(
            "What was found in this text has been altered outside of this service. Return it for "
            "a new draft, and tell the security officer."
        )


def check_unchanged(changes: int) -> None:
    """Raise Blocked when the chart has changed after the first signature in ways that matter."""
    if changes:
        plural = "s have" if changes > 1 else " has"
        raise Blocked(
            f"{changes} change{plural} come to the chart since this was drafted. Take it back to "
            "review, so that somebody decides about them."
        )


def check_asked(unanswered: str) -> None:
    """Raise Blocked where the site wants no signature on a chart that could not be asked for."""
    if unanswered:
        raise Blocked(
            f"The EHR could not be asked what is new, so this is not signed: {unanswered}"
        )


def check_can_cosign(
    person: Person, summary: Summary, digest: str, closed: Closed = NOT_CLOSED
) -> None:
    """A second clinician, on the text that the first one signed."""
    check_may(person, Ability.COSIGN)
    _check_known_to_ehr(person)
    check_status(summary, SummaryStatus.AWAITING_COSIGN)
    check_digest(summary, digest)
    _check_is_another(summary, person, "signed", "somebody else cosigns it")
    check_unrestricted(closed.restricted)
    check_not_merged(closed.merged_into)


def can_cosign(
    person: Person, summary: Summary, digest: str, closed: Closed = NOT_CLOSED
) -> Answer:
    return ask(lambda: check_can_cosign(person, summary, digest, closed))


def check_can_reject(person: Person, summary: Summary, *, in_ehr: bool = False) -> None:
    """Reject what is in review, waits for the second clinician, or has failed; never what the
    EHR holds, which would stay there with nobody left to withdraw it."""
    check_may(person, Ability.REVIEW)
    check_status(
        summary, SummaryStatus.IN_REVIEW, SummaryStatus.AWAITING_COSIGN, SummaryStatus.FAILED
    )
    if in_ehr:
        raise Blocked(
            "A text of this summary is in the EHR, so it cannot be rejected. "
            "Sign the text that shall stand, or retract what is there."
        )


def can_reject(person: Person, summary: Summary, *, in_ehr: bool = False) -> Answer:
    return ask(lambda: check_can_reject(person, summary, in_ehr=in_ehr))


def check_can_reopen(person: Person, summary: Summary) -> None:
    """Back into review: from the second clinician, or after the EHR refused the filing."""
    check_may(person, Ability.REVIEW)
    check_status(summary, SummaryStatus.AWAITING_COSIGN, SummaryStatus.FILING_REFUSED)


def can_reopen(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_reopen(person, summary))


def check_can_amend(person: Person, summary: Summary) -> None:
    """Correct what is filed."""
    check_may(person, Ability.SIGN)
    check_status(summary, SummaryStatus.FILED)


def can_amend(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_amend(person, summary))


def check_can_retract(person: Person, summary: Summary, *, in_ehr: bool = False) -> None:
    """Withdraw what the EHR holds: what is filed, and what is open for correction, also where its
    new draft has failed. A wrong text must not stand until somebody has signed a better one."""
    check_may(person, Ability.SIGN)
    amended = (SummaryStatus.IN_REVIEW, SummaryStatus.FAILED) if in_ehr else ()
    check_status(summary, SummaryStatus.FILED, *amended)
    # A trainee's amendment is cosigned before it is filed; a withdrawal has nobody after it.
    is_others = any(each.person_id != person.id for each in summary.attestations)
    if person.role is Role.TRAINEE and is_others:
        raise NotPermitted(
            "Somebody else signed or cosigned this text, so a clinician or an attending withdraws "
            "it. Open it for correction, and tell them what is wrong."
        )


def can_retract(person: Person, summary: Summary, *, in_ehr: bool = False) -> Answer:
    return ask(lambda: check_can_retract(person, summary, in_ehr=in_ehr))


def check_can_retry(person: Person, summary: Summary) -> None:
    """Ask again for what failed: the draft, or the filing."""
    check_may(person, Ability.REVIEW)
    check_status(summary, SummaryStatus.FAILED, SummaryStatus.FILING_REFUSED)


def can_retry(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_retry(person, summary))


def check_can_rerun(person: Person, summary: Summary) -> None:
    """Have the system try again now: what failed, what the EHR refused, or what stands."""
    check_may(person, Ability.JOBS)
    failed = (SummaryStatus.FAILED, SummaryStatus.FILING_REFUSED)
    check_status(summary, *failed, *OWED)


def can_rerun(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_rerun(person, summary))


def check_can_give_up(person: Person, summary: Summary) -> None:
    """End what the system prepares, so that it stands failed; never what somebody has signed."""
    check_may(person, Ability.JOBS)
    check_status(summary, *PREPARING)


def can_give_up(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_give_up(person, summary))


def check_can_cancel(person: Person, summary: Summary) -> None:
    """Stop what the system prepares: whoever may ask for a summary may."""
    check_may(person, Ability.REQUEST)
    check_status(summary, *PREPARING)


def check_can_stop(person: Person, summary: Summary) -> None:
    """Either of these two: who asks for summaries stops one, who looks after jobs gives one up."""
    if not can_give_up(person, summary):
        check_can_cancel(person, summary)


def can_cancel(person: Person, summary: Summary) -> Answer:
    return ask(lambda: check_can_cancel(person, summary))


def needs_cosign(person: Person, summary_type: SummaryType, cosign_types: Collection[str]) -> bool:
    """Whether a second clinician has to sign: a trainee's text, or where the institution asks."""
    return person.role is Role.TRAINEE or summary_type.value in cosign_types


def _check_known_to_ehr(person: Person) -> None:
    if not person.practitioner_ref:
        raise NotPermitted("The EHR does not know you as a practitioner; ask IT to link you.")


def _check_is_another(summary: Summary, person: Person, meaning: str, instead: str) -> None:
    """Raise NotPermitted where this person gave the current text this meaning, or may have."""
    digest = summary.current.digest if summary.current else None
    for each in summary.attestations:
        if (each.digest, each.meaning) != (digest, meaning):
            continue
        # The same practitioner may come through two providers, under two ids.
        if person.id == each.person_id or person.practitioner_ref == each.practitioner_ref:
            raise NotPermitted(f"You {meaning} this text yourself; {instead}.")
        if not _are_told_apart(person, each):
            raise NotPermitted(
                f"{each.person_name} {meaning} this text, and the EHR does not tell whether that "
                "is you: one of you is known there by a PractitionerRole alone. Ask IT to let "
                "Countersign read who has that role, and sign in again."
            )


def _are_told_apart(person: Person, other: Attestation) -> bool:
    """A provider tells its own accounts apart. Of two providers' it is the Practitioners that
    differ: one human has several roles."""
    if _provider_of(person.id) == _provider_of(other.person_id):
        return True
    refs = (person.practitioner_ref or "", other.practitioner_ref)
    return all(ref.startswith("Practitioner/") for ref in refs)


def _provider_of(person_id: str) -> str:
    """What stands before the id that the provider gave; "" of the people of a demo."""
    key, colon, _ = person_id.partition(":")
    return key if colon else ""
