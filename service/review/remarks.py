"""What is said of a statement beside the text: to a colleague, or that what is filed is wrong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.database import now
from service.errors import Conflict, NotFound
from service.review import permissions
from service.review.actions import amend
from service.review.hold import locked, needed, optional
from service.review.permissions import Answer
from service.summary.models import Remark, Summary
from service.summary.people import Person
from service.summary.vocabulary import RemarkKind, SummaryStatus


def check_can_comment(person: Person, summary: Summary) -> None:
    """Say something of a statement to a colleague: before the last signature."""
    permissions.check_may(person, permissions.Ability.REVIEW)
    permissions.check_status(summary, SummaryStatus.IN_REVIEW, SummaryStatus.AWAITING_COSIGN)


def can_comment(person: Person, summary: Summary) -> Answer:
    return permissions.ask(lambda: check_can_comment(person, summary))


def comment(
    session: Session, summary_id: str, index: int, words: str, *, by: Person, digest: str
) -> Remark:
    """Say something of a statement to the colleagues who review it, or sign after. Raises
    NotPermitted, NotFound, BadInput, Conflict."""
    summary = locked(session, summary_id)
    check_can_comment(by, summary)
    permissions.check_digest(summary, digest)
    return _said(session, summary, index, needed(words), RemarkKind.COMMENT, by)


def report_wrong(
    session: Session, summary_id: str, index: int, words: str, *, by: Person, digest: str
) -> Remark:
    """Of a text that is filed: it is opened for correction, and quality has a case. The words may
    be left out. Raises NotPermitted, NotFound, BadInput, Conflict."""
    summary = locked(session, summary_id)
    permissions.check_can_amend(by, summary)
    permissions.check_digest(summary, digest)
    told = optional(words)
    found = _said(session, summary, index, told, RemarkKind.WRONG, by)
    reason = f"Statement {index + 1} is wrong"
    amend(session, summary_id, f"{reason}: {told}" if told else f"{reason}.", by=by)
    return found


def settle(
    session: Session, remark_id: str, *, by: Person, summary_id: str | None = None
) -> Remark:
    """It is answered, or looked at: a comment by who reviews, a report by quality. Raises NotFound
    too where it is said of another summary than the one named."""
    remark = session.get(Remark, remark_id, with_for_update=True)
    if remark is None or summary_id not in (None, remark.summary_id):
        raise NotFound("There is no such remark.")
    is_report = remark.kind is RemarkKind.WRONG
    permissions.check_may(by, permissions.Ability.RATE if is_report else permissions.Ability.REVIEW)
    if remark.settled_at is not None:
        raise Conflict("Somebody has settled this already.")
    remark.settled_by, remark.settled_at = by.id, now()
    _note(session, remark, "settled", by)
    return remark


def open_comments(session: Session, summary_id: str) -> Mapping[str, Sequence[Remark]]:
    """Words of a statement -> what is said of it and not settled, oldest first."""
    query = select(Remark).where(
        Remark.summary_id == summary_id,
        Remark.kind == RemarkKind.COMMENT,
        Remark.settled_at.is_(None),
    )
    found: dict[str, list[Remark]] = defaultdict(list)
    for remark in session.scalars(query.order_by(Remark.made_at)):
        found[remark.said].append(remark)
    return found


def _said(
    session: Session, summary: Summary, index: int, words: str, kind: RemarkKind, by: Person
) -> Remark:
    assert summary.current is not None  # nothing reaches review without a version
    remark = Remark(
        summary_id=summary.id,
        version_id=summary.current.id,
        kind=kind,
        person_id=by.id,
        said=summary.current.content.statement(index).text,
        words=words,
        settled_by=None,
        settled_at=None,
    )
    session.add(remark)
    session.flush()
    _note(session, remark, "made", by)
    return remark


def _note(session: Session, remark: Remark, done: str, by: Person) -> None:
    """The audit has that it was said, and of which text; the words stay in their row."""
    audit.record(
        session,
        f"remark.{done}",
        actor=by.id,
        patient_ref=session.get_one(Summary, remark.summary_id).patient_ref,
        subject_id=remark.summary_id,
        kind=remark.kind,
        remark=remark.id,
    )
