"""What every act begins with: the summary held still, and the reason in words."""

from sqlalchemy.orm import Session

from service.errors import BadInput
from service.summary.models import Summary, SummaryVersion
from service.summary.progress import not_held
from service.summary.vocabulary import Severity

MAX_REASON = 2_000  # characters; the reason is kept for good


def locked(session: Session, summary_id: str) -> Summary:
    """The summary as it stands, nobody else changing it until this transaction ends.

    Whoever comes second waits here, then sees what the first one did. Raises NotFound.
    """
    summary = session.get(Summary, summary_id, with_for_update=True, populate_existing=True)
    if summary is None:
        raise not_held(summary_id)
    return summary


def needed(reason: str) -> str:
    """The reason without its margins. Raises BadInput when there is none, or no end to it."""
    kept = optional(reason)
    if not kept:
        raise BadInput("Give the reason in a few words.")
    return kept


def optional(reason: str) -> str:
    """The reason without its margins, perhaps empty. Raises BadInput when it is too long."""
    kept = storable(reason).strip()
    if len(kept) > MAX_REASON:
        raise BadInput(f"The reason is longer than {MAX_REASON} characters. Shorten it.")
    return kept


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def count_open(version: SummaryVersion | None, severity: Severity) -> int:
    """How many findings of this severity wait for a decision."""
    findings = version.findings if version else []
    return sum(1 for f in findings if f.severity == severity and f.resolution is None)
