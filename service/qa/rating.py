"""Rate one text: answers to the short form, and errors marked on statements."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.database import now
from service.errors import NotFound
from service.qa import rubric
from service.qa.models import QaItem, QaRating, QaSample
from service.qa.permissions import check_can_rate
from service.review.restriction import may_read_text, restricted_records
from service.summary import progress
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person

NO_ITEM = "There is no such item in any sample."


def rate(
    session: Session,
    item_id: str,
    answers: Mapping[str, str],
    marks: Sequence[Mapping[str, Any]] = (),
    *,
    by: Person,
    comment: str = "",
) -> QaRating:
    """Keep this person's judgement of an item, in place of an earlier one of theirs.

    Raises BadInput (form), NotPermitted (role, own work), Conflict (closed), NotFound.
    """
    item = find_item(session, item_id)
    sample = _locked(session, item.sample_id)
    summary = progress.find_summary(session, item.summary_id)
    check_can_rate(by, summary, sample)
    version = text_of(session, item)
    check_open(summary, version, restricted_records(session, summary, by), by)
    rubric.check_answers(answers)
    kept = rubric.checked_marks(marks, len(version.content.placed()))
    rating = _own(session, item, by)
    rating.answers, rating.marks = dict(answers), kept
    rating.comment, rating.rated_at = rubric.checked_words(comment), now()
    session.flush()
    audit.record(
        session,
        "qa-item.rated",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        item_id=item.id,
        revision=rating.revision,
        answers=rating.answers,
        marks=len(kept),
    )
    return rating


def find_item(session: Session, item_id: str) -> QaItem:
    """The item of this id. Raises NotFound."""
    item = session.get(QaItem, item_id)
    if item is None:
        raise NotFound(NO_ITEM)
    return item


def check_open(
    summary: Summary, version: SummaryVersion, restricted: Collection[str], by: Person
) -> None:
    """Raise NotFound as for an item that is not there: who rates is not told of a text that they
    may not read."""
    if not may_read_text(summary, version, restricted, by):
        raise NotFound(NO_ITEM)


def find_sample(session: Session, sample_id: str) -> QaSample:
    """The sample of this id. Raises NotFound."""
    sample = session.get(QaSample, sample_id)
    if sample is None:
        raise NotFound("There is no such sample.")
    return sample


def _locked(session: Session, sample_id: str) -> QaSample:
    """The sample, locked: it is not closed, nor rated twice by one person, in between."""
    query = select(QaSample).where(QaSample.id == sample_id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def text_of(session: Session, item: QaItem) -> SummaryVersion:
    """The version that an item is about. Raises NotFound when the patient was erased."""
    version = session.get(SummaryVersion, item.version_id)
    if version is None:
        raise NotFound("The text of this item is held no longer.")
    return version


def _own(session: Session, item: QaItem, by: Person) -> QaRating:
    query = select(QaRating).where(QaRating.item_id == item.id, QaRating.person_id == by.id)
    rating = session.scalars(query).first()
    if rating is None:
        rating = QaRating(item_id=item.id, person_id=by.id, revision=1)
        session.add(rating)
    else:
        rating.revision += 1
    return rating
