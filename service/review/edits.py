"""What every edit begins and ends with: the summary held, and a new version that is verified."""

from typing import Any

from sqlalchemy.orm import Session

from service import audit
from service.review import freshness, permissions
from service.review.findings import mark_corrected
from service.review.hold import locked
from service.summary import progress
from service.summary.document import Document
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person
from service.verification.verify import Prompts, verify_version


def opened(
    session: Session, summary_id: str, digest: str | None, by: Person
) -> tuple[Summary, SummaryVersion]:
    """The summary held for an edit, and the version that the person was looking at."""
    summary = locked(session, summary_id)
    permissions.check_can_review(by, summary)
    if digest is not None:
        permissions.check_digest(summary, digest)
    assert summary.current is not None  # nothing reaches review without a version
    return summary, summary.current


def new_version(
    session: Session,
    summary: Summary,
    edited: Document,
    *,
    edit: dict[str, Any],
    by: Person,
    prompts: Prompts | None,
) -> SummaryVersion:
    """The next version with this content, verified; `edit` says what was done: {"act", "statement"
    (its index), ...}. What was open before and is not found any more was answered by it."""
    before = summary.current
    assert before is not None
    version = progress.add_version(
        session, summary, edited, made_by=by.id, writer=before.writer, coverage=before.coverage
    )
    version.edit = edit
    verify_version(session, version, summary, prompts=prompts)
    freshness.look(session, summary, by)
    mark_corrected(before, version, by=by)
    audit.record(
        session,
        "summary.edited",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        before=before.digest,
        digest=version.digest,
        **edit,
    )
    return version
