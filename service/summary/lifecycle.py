"""Which status may follow which, whose turn it is, and what is owed. The table is the code."""

from enum import StrEnum

from service.errors import Conflict
from service.queue import TaskName
from service.summary.vocabulary import SummaryStatus as S


class Owner(StrEnum):
    """Whose turn it is."""

    SYSTEM = "system"
    CLINICIAN = "clinician"
    SECOND_CLINICIAN = "second clinician"
    NOBODY = "nobody"


MOVES: dict[S, tuple[S, ...]] = {
    S.REQUESTED: (S.CHARTED, S.FAILED),
    S.CHARTED: (S.INDEXED, S.FAILED),
    S.INDEXED: (S.DRAFTED, S.FAILED),
    S.DRAFTED: (S.IN_REVIEW, S.FAILED),
    S.IN_REVIEW: (
        *(S.SIGNED, S.AWAITING_COSIGN, S.REQUESTED, S.REJECTED, S.SUPERSEDED),
        S.RETRACTING,  # of an amendment: what the EHR holds of it
    ),
    S.AWAITING_COSIGN: (S.SIGNED, S.IN_REVIEW, S.REJECTED),
    S.SIGNED: (S.FILED, S.FILING_REFUSED, S.FILING_UNKNOWN),
    S.FILING_UNKNOWN: (S.FILED, S.SIGNED),
    S.FILING_REFUSED: (S.SIGNED, S.IN_REVIEW),
    S.FILED: (S.IN_REVIEW, S.RETRACTING),
    S.RETRACTING: (S.RETRACTED, S.FILED, S.IN_REVIEW),
    S.FAILED: (S.REQUESTED, S.REJECTED, S.RETRACTING),
    S.REJECTED: (),
    S.SUPERSEDED: (),
    S.RETRACTED: (),
}

OWED: dict[S, TaskName] = {
    S.REQUESTED: TaskName.PULL_CHART,
    S.CHARTED: TaskName.INDEX_CHART,
    S.INDEXED: TaskName.DRAFT_SUMMARY,
    S.DRAFTED: TaskName.VERIFY_SUMMARY,
    S.SIGNED: TaskName.FILE_SUMMARY,
    S.FILING_UNKNOWN: TaskName.RECONCILE_FILING,
    S.RETRACTING: TaskName.RETRACT_SUMMARY,
}

PEOPLE: dict[S, Owner] = {
    S.IN_REVIEW: Owner.CLINICIAN,
    S.AWAITING_COSIGN: Owner.SECOND_CLINICIAN,
    S.FILING_REFUSED: Owner.CLINICIAN,
    S.FILED: Owner.CLINICIAN,
    S.FAILED: Owner.CLINICIAN,
}


def owner(status: S) -> Owner:
    """Whose turn it is: the system's exactly when a task is owed."""
    if status in OWED:
        return Owner.SYSTEM
    return PEOPLE.get(status, Owner.NOBODY)


def check_move(before: S, after: S) -> None:
    """Raise Conflict unless `after` may follow `before`."""
    if after not in MOVES[before]:
        raise Conflict(f"A summary that is {before} cannot become {after}. Look again.")


def table() -> str:
    """The lifecycle as a Markdown table; README carries it and a test compares."""
    rows = ["| status | whose turn | owed task | may become |", "|---|---|---|---|"]
    for status, after in MOVES.items():
        owed = OWED.get(status, "-")
        rows.append(f"| {status} | {owner(status)} | {owed} | {', '.join(after) or 'end'} |")
    return "\n".join(rows)
