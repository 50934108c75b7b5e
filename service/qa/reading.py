"""What QA pages and routes show: samples, their items, one item to rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from service import audit
from service.qa import rubric
from service.qa.models import QaItem, QaRating, QaSample
from service.qa.permissions import can_rate, check_can_rate, check_may_rate
from service.qa.rating import check_open, find_item, find_sample, text_of
from service.review.paging import MAX_PAGE, Page, Place
from service.review.restriction import closed_in, closed_to, ever_cited
from service.review.sources import DeskSource, desk_sources, look_up
from service.review.viewing import note_patients
from service.summary import progress
from service.summary.document import Document, Placed
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person


@dataclass(frozen=True)
class SampleRow:
    """A sample in a list. `rated` counts items that somebody rated, `rated_by_me` the reader's."""

    id: str
    seed: str
    criteria: Mapping[str, Any]
    made_by: str
    made_at: datetime
    frame_size: int
    frame_hash: str
    items: int
    rated: int
    rated_by_me: int
    closed_at: datetime | None


@dataclass(frozen=True)
class ItemRow:
    """An item in its sample. `can_rate` is False for one's own work and in a closed sample."""

    id: str
    position: int
    summary_id: str
    patient_ref: str
    type: str
    digest: str
    raters: int
    rated_by_me: bool
    can_rate: bool


@dataclass(frozen=True)
class ItemToRate:
    """One text beside its sources, the form, and the reader's own rating; nobody else's."""

    item: ItemRow
    sample_id: str
    title: str
    text: str
    document: Document
    statements: tuple[Placed, ...]
    sources: tuple[DeskSource, ...]
    questions: tuple[rubric.Question, ...]
    answers: Mapping[str, str]
    marks: tuple[Mapping[str, Any], ...]
    comment: str


def list_samples(
    session: Session, *, by: Person, limit: int = 50, after: Place | None = None
) -> Page[SampleRow]:
    """One page, the newest sample first. Raises NotPermitted."""
    check_may_rate(by)
    limit = max(1, min(limit, MAX_PAGE))
    query = select(QaSample).order_by(QaSample.made_at.desc(), QaSample.id.desc())
    if after is not None:
        query = query.where(tuple_(QaSample.made_at, QaSample.id) < (after.at, after.id))
    found = list(session.scalars(query.limit(limit + 1)))
    rows = tuple(sample_row(session, each, by) for each in found[:limit])
    more = len(found) > limit
    return Page(rows, Place(rows[-1].made_at, rows[-1].id) if more else None)


def sample_row(session: Session, sample: QaSample, by: Person) -> SampleRow:
    """One sample and how far it is rated."""
    rated = (
        select(func.count(QaItem.id.distinct())).join(QaRating).where(QaItem.sample_id == sample.id)
    )
    mine = rated.where(QaRating.person_id == by.id)
    items = select(func.count()).where(QaItem.sample_id == sample.id)
    return SampleRow(
        sample.id,
        sample.seed,
        sample.criteria,
        sample.made_by,
        sample.made_at,
        sample.frame_size,
        sample.frame_hash,
        session.scalar(items) or 0,
        session.scalar(rated) or 0,
        session.scalar(mine) or 0,
        sample.closed_at,
    )


def sample_items(session: Session, sample_id: str, *, by: Person) -> tuple[ItemRow, ...]:
    """Every item in the drawn order, but those whose text was closed to this person since; ids
    only, no text. Raises NotFound, NotPermitted."""
    check_may_rate(by)
    sample = find_sample(session, sample_id)
    query = (
        select(QaItem, Summary, SummaryVersion)
        .join(Summary, Summary.id == QaItem.summary_id)
        .join(SummaryVersion, SummaryVersion.id == QaItem.version_id)
        .where(QaItem.sample_id == sample_id)
        .order_by(QaItem.position)
        .options(
            selectinload(QaItem.ratings),
            selectinload(Summary.versions).selectinload(SummaryVersion.findings),
            selectinload(Summary.attestations),
        )
    )
    found = session.execute(query).all()
    closed = closed_to(session, ((summary, version) for _, summary, version in found), by)
    rows = tuple(
        _item_row(item, summary, sample, by)
        for item, summary, version in found
        if version.id not in closed
    )
    note_patients(session, "qa-sample.viewed", [row.patient_ref for row in rows], by=by)
    return rows


def item_for_rating(session: Session, item_id: str, *, by: Person) -> ItemToRate:
    """The text beside its sources as this person may see them; the look is audited.

    Raises NotFound, NotPermitted (role, own work), Conflict (the sample is closed).
    """
    check_may_rate(by)
    item = find_item(session, item_id)
    summary = progress.find_summary(session, item.summary_id)
    check_can_rate(by, summary, item.sample)
    version = text_of(session, item)
    placed = version.content.placed()
    audit.record(
        session,
        "qa-item.viewed",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        item_id=item.id,
        digest=item.digest,
    )
    ids, refs = ever_cited(summary), (summary.patient_ref,)
    looked = look_up(session, summary.patient_ref, by, ids=ids, refs=refs)
    check_open(summary, version, closed_in(looked, summary), by)
    own = next((each for each in item.ratings if each.person_id == by.id), None)
    return ItemToRate(
        item=_item_row(item, summary, item.sample, by),
        sample_id=item.sample_id,
        title=version.content.title,
        text=version.text,
        document=version.content,
        statements=tuple(placed),
        sources=desk_sources(looked, placed, (), by),
        questions=rubric.QUESTIONS,
        answers=own.answers if own else {},
        marks=tuple(own.marks) if own else (),
        comment=own.comment if own else "",
    )


def _item_row(item: QaItem, summary: Summary, sample: QaSample, by: Person) -> ItemRow:
    raters = {each.person_id for each in item.ratings}
    return ItemRow(
        item.id,
        item.position,
        summary.id,
        summary.patient_ref,
        summary.type,
        item.digest,
        len(raters),
        by.id in raters,
        can_rate(by, summary, sample),
    )
