"""What is held of a patient's chart: every record, what could not be read, what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.orm import Session

from service.access.decisions import Decision
from service.access.wording import TREATING, withheld_words
from service.chart.models import Chart, SourceRecord
from service.errors import NotFound
from service.review import permissions
from service.review.actions import note_chart_view
from service.review.coverage import gaps_for
from service.review.paging import MAX_PAGE, Page, Place
from service.review.sources import decisions_to_show, why_withheld
from service.summary.people import Person
from service.summary.vocabulary import Standing


@dataclass(frozen=True)
class HeldRecord:
    """One record version. `withheld` says why its title is not shown; `gaps` what it lacks."""

    record_id: str
    source_ref: str
    version: str
    resource_type: str
    title: str
    effective: str
    author: str
    received_at: datetime
    is_latest: bool
    standing: Standing
    standing_reason: str
    gaps: tuple[dict[str, Any], ...]
    withheld: str


@dataclass(frozen=True)
class HeldChart:
    """One page of a chart. `gaps` are searches that failed, `pulled_at` None if never pulled."""

    patient_ref: str
    pulled_at: datetime | None
    gaps: tuple[dict[str, Any], ...]
    withheld_words: str
    records: Page[HeldRecord]


@dataclass(frozen=True)
class WantedRecords:
    """Which records: by default the latest version of each, whatever its standing."""

    standing: Standing | None = None
    resource_type: str | None = None
    old_versions: bool = False


ALL_LATEST = WantedRecords()


def open_chart(
    session: Session,
    patient_ref: str,
    person: Person,
    *,
    wanted: WantedRecords = ALL_LATEST,
    limit: int = 50,
    after: Place | None = None,
) -> HeldChart:
    """A page of what is held; it is a view of the chart and leaves its mark in the audit.

    Raises NotFound when nothing is held of this patient, NotPermitted.
    """
    permissions.check_may(person, permissions.Ability.READ)
    chart = _chart(session, patient_ref)
    limit = max(1, min(limit, MAX_PAGE))
    found = list(islice(_visible(session, patient_ref, person, wanted, after, limit), limit + 1))
    shown = tuple(_held(record, decision, person) for record, decision in found[:limit])
    listed = [each.source_ref for each in shown if not each.withheld]  # the rest was not seen
    note_chart_view(session, patient_ref, by=person, listed=listed)
    count = sum(1 for _, decision in found[:limit] if not decision.allowed)
    more = len(found) > limit
    last = Place(shown[-1].received_at, shown[-1].record_id) if more else None
    return HeldChart(
        patient_ref,
        chart.pulled_at if chart else None,
        gaps_for(chart.gaps if chart else (), patient_ref, person),
        withheld_words(count, person.role),
        Page(shown, last),
    )


def _chart(session: Session, patient_ref: str) -> Chart | None:
    chart = session.get(Chart, patient_ref)
    held = select(exists().where(SourceRecord.patient_ref == patient_ref))
    if chart is None and not session.scalar(held):
        raise NotFound("Nothing is held of this patient. Ask for a summary, or ingest a Bundle.")
    return chart


def _visible(
    session: Session,
    patient_ref: str,
    person: Person,
    wanted: WantedRecords,
    after: Place | None,
    size: int,
) -> Iterator[tuple[SourceRecord, Decision]]:
    """The records in their order, with what is decided on each. Who does not treat the patient is
    not told that a restricted record exists: not by a page that is short of it, nor by a cursor."""
    treats = person.role in TREATING
    while True:
        batch = list(session.scalars(_chosen(patient_ref, wanted, after).limit(size + 1)))
        decisions = decisions_to_show(session, patient_ref, batch, person)
        for record in batch:
            if treats or decisions[record.id].allowed:
                yield record, decisions[record.id]
        if len(batch) <= size:
            return
        after = Place(batch[-1].received_at, batch[-1].id)


def _chosen(patient_ref: str, wanted: WantedRecords, after: Place | None) -> Select[SourceRecord]:
    record = SourceRecord
    query = select(record).where(record.patient_ref == patient_ref)
    if not wanted.old_versions:
        query = query.where(record.is_latest)
    if wanted.standing:
        query = query.where(record.standing == wanted.standing)
    if wanted.resource_type:
        query = query.where(record.resource_type == wanted.resource_type)
    if after:
        query = query.where(tuple_(record.received_at, record.id) < (after.at, after.id))
    return query.order_by(record.received_at.desc(), record.id.desc())


def _held(record: SourceRecord, decision: Decision, person: Person) -> HeldRecord:
    shown = decision.allowed
    return HeldRecord(
        record.id,
        record.resource_ref,
        record.version,
        record.resource_type,
        record.title if shown else "Withheld",
        record.effective if shown else "",
        record.author if shown else "",
        record.received_at,
        record.is_latest,
        record.standing,
        record.standing_reason,
        tuple(record.gaps) if shown else (),
        "" if shown else why_withheld(decision, person),
    )
