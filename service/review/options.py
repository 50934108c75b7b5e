"""What this person can do with this summary now, each with the reason when they cannot."""

from collections.abc import Collection
from dataclasses import dataclass

from service.review import permissions
from service.review.permissions import Answer
from service.review.remarks import can_comment
from service.summary.models import Summary
from service.summary.people import Person


@dataclass(frozen=True)
class Options:
    """One answer an act; each is true in a condition when the act is open."""

    edit: Answer
    comment: Answer
    resolve: Answer
    redraft: Answer
    sign: Answer
    cosign: Answer
    reject: Answer
    reopen: Answer
    amend: Answer
    retract: Answer
    retry: Answer
    cancel: Answer
    sign_needs_second: bool


def options_for(
    person: Person,
    summary: Summary,
    open_major: int,
    *,
    cosign_types: Collection[str],
    closed: permissions.Closed = permissions.NOT_CLOSED,
    in_ehr: bool = False,
) -> Options:
    """Asked with the same words that the acts check with."""
    digest = summary.current.digest if summary.current else ""
    review = permissions.can_review(person, summary)
    return Options(
        edit=review,
        comment=can_comment(person, summary),
        resolve=review,
        redraft=review,
        sign=permissions.can_sign(person, summary, open_major, digest, closed),
        cosign=permissions.can_cosign(person, summary, digest, closed),
        reject=permissions.can_reject(person, summary, in_ehr=in_ehr),
        reopen=permissions.can_reopen(person, summary),
        amend=permissions.can_amend(person, summary),
        retract=permissions.can_retract(person, summary, in_ehr=in_ehr),
        retry=permissions.can_retry(person, summary),
        cancel=permissions.can_cancel(person, summary),
        sign_needs_second=permissions.needs_cosign(person, summary.type, cosign_types),
    )
