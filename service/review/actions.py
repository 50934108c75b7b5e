"""What people do to a summary: each act checks, changes, and leaves its audit row."""

from collections.abc import Collection, Sequence
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from service import audit
from service.chart.merged import merged_into
from service.review import freshness, permissions
from service.review.findings import resolve_finding
from service.review.history import changes_of, last_filed
from service.review.hold import count_open, locked, needed
from service.review.restriction import count_restricted
from service.review.returning import Length, check_has_section, return_as
from service.review.viewing import check_seen, note_view
from service.summary import progress
from service.summary.attestations import attest
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import Severity, SummaryStatus, SummaryType
from service.verification.custody import is_whole

__all__ = [
    "amend",
    "cosign",
    "note_chart_view",
    "note_view",
    "redraft_section",
    "reject",
    "reopen",
    "request_summary",
    "resolve_finding",
    "retract",
    "retry",
    "return_for_redraft",
    "sign",
]


def request_summary(
    session: Session,
    patient_ref: str,
    summary_type: SummaryType,
    *,
    by: Person,
    encounter_ref: str | None = None,
) -> Summary:
    """Ask for a new summary of "Patient/id"; its chart is then owed by the system.
    `encounter_ref` is the visit that the EHR had open."""
    permissions.check_may(by, permissions.Ability.REQUEST)
    return progress.request_summary(
        session, patient_ref, summary_type, actor=by.id, encounter_ref=encounter_ref
    )


def sign(
    session: Session,
    summary_id: str,
    digest: str,
    *,
    by: Person,
    cosign_types: Collection[str] = (),
    zone: tzinfo = UTC,
    unasked_blocks: bool = False,
) -> Summary:
    """Vouch for exactly this text. It is then owed to the EHR, or to a second clinician.

    What has changed on the chart since the draft counts first; `unasked_blocks` where the site
    wants no signature while the EHR could not be asked.
    """
    summary = locked(session, summary_id)
    fresh = freshness.look(session, summary, by, zone=zone)
    open_major = count_open(summary.current, Severity.MAJOR)
    permissions.check_can_sign(by, summary, open_major, digest, _closed(session, summary, by))
    permissions.check_asked(fresh.unanswered if fresh and unasked_blocks else "")
    permissions.check_whole(is_whole(session, summary))
    check_seen(session, summary, by)
    attest(session, summary, "signed", by=by)
    waits = permissions.needs_cosign(by, summary.type, cosign_types)
    status = SummaryStatus.AWAITING_COSIGN if waits else SummaryStatus.SIGNED
    progress.advance(session, summary, status, actor=by.id)
    return summary


def _closed(session: Session, summary: Summary, by: Person) -> permissions.Closed:
    return permissions.Closed(
        count_restricted(session, summary, by), merged_into(session, summary.patient_ref)
    )


def cosign(
    session: Session,
    summary_id: str,
    digest: str,
    *,
    by: Person,
    zone: tzinfo = UTC,
    unasked_blocks: bool = False,
) -> Summary:
    """The second clinician vouches for the same text, if the chart still says it."""
    summary = locked(session, summary_id)
    fresh = freshness.look(session, summary, by, zone=zone)
    permissions.check_can_cosign(by, summary, digest, _closed(session, summary, by))
    permissions.check_unchanged(fresh.undecided if fresh else 0)
    permissions.check_asked(fresh.unanswered if fresh and unasked_blocks else "")
    permissions.check_whole(is_whole(session, summary))
    check_seen(session, summary, by)
    attest(session, summary, "cosigned", by=by)
    progress.advance(session, summary, SummaryStatus.SIGNED, actor=by.id)
    return summary


def reject(
    session: Session, summary_id: str, reason: str, *, by: Person, digest: str | None = None
) -> Summary:
    """End it: this summary will not be used. `digest`, here and below, is the text that the person
    was looking at: another one is a Conflict, since the reason was not given for it."""
    summary = locked(session, summary_id)
    in_ehr = bool(last_filed(changes_of(session, summary.id)))
    permissions.check_can_reject(by, summary, in_ehr=in_ehr)
    permissions.check_looked_at(summary, digest)
    return _move(session, summary, SummaryStatus.REJECTED, needed(reason), by=by)


def return_for_redraft(
    session: Session, summary_id: str, reason: str, *, by: Person, digest: str | None = None
) -> Summary:
    """Have the chart read and the summary drafted anew, as the reason asks. Raises Conflict where
    that was done for the same reason from the same chart."""
    summary = locked(session, summary_id)
    permissions.check_can_review(by, summary)
    permissions.check_looked_at(summary, digest)
    return return_as(session, summary, {"reason": needed(reason)}, by=by)


def redraft_section(
    session: Session,
    summary_id: str,
    key: str,
    length: Length,
    reason: str,
    *,
    by: Person,
    digest: str | None = None,
) -> Summary:
    """Have one section drafted anew, shorter or longer; the others stand. Raises NotFound where
    there is no such section, and Conflict as above."""
    summary = locked(session, summary_id)
    permissions.check_can_review(by, summary)
    permissions.check_looked_at(summary, digest)
    check_has_section(summary, key)
    asked = {"section": key, "length": length.value, "reason": reason.strip()}
    return return_as(session, summary, asked, by=by)


def reopen(
    session: Session, summary_id: str, reason: str, *, by: Person, digest: str | None = None
) -> Summary:
    """Back into review instead of cosigning it, or after the EHR refused it."""
    summary = locked(session, summary_id)
    permissions.check_can_reopen(by, summary)
    permissions.check_looked_at(summary, digest)
    return _move(session, summary, SummaryStatus.IN_REVIEW, needed(reason), by=by)


def amend(
    session: Session, summary_id: str, reason: str, *, by: Person, digest: str | None = None
) -> Summary:
    """Open a filed summary for correction; what is signed next replaces it in the EHR."""
    summary = locked(session, summary_id)
    permissions.check_can_amend(by, summary)
    permissions.check_looked_at(summary, digest)
    return _move(session, summary, SummaryStatus.IN_REVIEW, needed(reason), by=by)


def retract(
    session: Session, summary_id: str, reason: str, *, by: Person, digest: str | None = None
) -> Summary:
    """Withdraw a filed summary, or one that is open for correction: what the EHR holds of it will
    be marked there as entered in error. Raises Blocked unless the person has opened the text since
    it was filed: of one that a colleague has filed meanwhile, they meant what was there before."""
    summary = locked(session, summary_id)
    filed = last_filed(changes_of(session, summary.id))
    permissions.check_can_retract(by, summary, in_ehr=bool(filed))
    permissions.check_looked_at(summary, digest)
    check_seen(session, summary, by, after=filed)
    return _move(session, summary, SummaryStatus.RETRACTING, needed(reason), by=by)


def retry(session: Session, summary_id: str, *, by: Person) -> Summary:
    """Ask the system again for what failed: the draft, or the filing."""
    summary = locked(session, summary_id)
    permissions.check_can_retry(by, summary)
    failed = summary.status is SummaryStatus.FAILED
    if not failed:
        permissions.check_unrestricted(count_restricted(session, summary, by))
    again = SummaryStatus.REQUESTED if failed else SummaryStatus.SIGNED
    return _move(session, summary, again, "", by=by)


def note_chart_view(
    session: Session,
    patient_ref: str,
    *,
    by: Person,
    record_ref: str | None = None,
    listed: Sequence[str] = (),
) -> None:
    """Leave the mark that this person looked at what is held of this chart, at one record, or at
    a list of these."""
    shown: dict[str, Any] = {"record": record_ref} if record_ref else {}
    if listed:
        shown["records"] = list(listed)
    audit.record(session, "chart.viewed", actor=by.id, patient_ref=patient_ref, **shown)


def _move(
    session: Session, summary: Summary, status: SummaryStatus, reason: str, *, by: Person
) -> Summary:
    progress.advance(
        session,
        summary,
        status,
        actor=by.id,
        reason=reason,
        practitioner_ref=by.practitioner_ref,
    )
    return summary
