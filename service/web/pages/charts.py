"""The patient page: what is held of a chart, what could not be read, and its summaries."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.errors import NotFound
from service.review import charts, permissions, worklist
from service.review.actions import note_chart_view
from service.review.charts import HeldChart, WantedRecords
from service.review.neighbours import Neighbours, neighbours
from service.review.paging import Page as Rows
from service.review.sources import decisions_to_show, why_withheld
from service.review.worklist import Wanted, WorklistRow
from service.summary.people import Person
from service.summary.vocabulary import Standing
from service.web.guards import Reader
from service.web.pages.frame import Page, ThePage
from service.web.pages.patients import patient_ref
from service.web.paging import cursor_of, place_of

router = APIRouter()

PAGE = 100  # records


@dataclass(frozen=True)
class Unreadable:
    """A record of which no text could be made, and why."""

    id: str
    title: str
    effective: str
    reason: str


@router.get("/patients/{patient_id}")
def patient(
    page: ThePage,
    _: Reader,
    patient_id: str,
    type: str = "",
    cursor: str = "",
) -> Response:
    ref = patient_ref(patient_id)
    summaries = worklist.worklist(page.session, page.person, wanted=Wanted(patient_ref=ref)).rows
    chart = _chart(page, ref, type, cursor, summaries)
    name = worklist.patient_names(page.session, [ref], page.person).get(ref, "")
    return page.show(
        "patient.html",
        ref=ref,
        name=name,
        chart=chart,
        summaries=summaries,
        chosen=type,
        following=cursor_of(chart.records.after),
        types=_types(page, ref, chart),
        unreadable=unreadable(page.session, ref, page.person),
        can_ask=permissions.may(page.person, permissions.Ability.REQUEST),
    )


@router.get("/patients/{patient_id}/records/{record_id}")
def record(page: ThePage, _: Reader, patient_id: str, record_id: str) -> Response:
    """One record's whole text, if this person may see it."""
    ref = patient_ref(patient_id)
    found = page.session.get(SourceRecord, record_id)
    if found is None or found.patient_ref != ref:
        raise NotFound("This patient has no such record here.")
    decision = decisions_to_show(page.session, ref, [found], page.person)[found.id]
    if not decision.allowed and page.person.role not in TREATING:
        raise NotFound("This patient has no such record here.")
    note_chart_view(page.session, ref, by=page.person, record_ref=found.resource_ref)
    withheld = "" if decision.allowed else why_withheld(decision, page.person)
    beside = neighbours(page.session, found, page.person) if decision.allowed else Neighbours()
    return page.show("record.html", ref=ref, record=found, withheld=withheld, beside=beside)


def unreadable(session: Session, ref: str, person: Person) -> list[Unreadable]:
    """What is held but could not be read, as far as this person may know of it."""
    query = select(SourceRecord).where(
        SourceRecord.patient_ref == ref,
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.UNREADABLE,
    )
    records = list(session.scalars(query.order_by(SourceRecord.resource_ref)))
    decisions = decisions_to_show(session, ref, records, person)
    return [
        Unreadable(r.id, r.title or r.resource_ref, r.effective, r.standing_reason)
        for r in records
        if decisions[r.id].allowed
    ]


def _chart(
    page: Page, ref: str, kind: str, cursor: str, summaries: Sequence[WorklistRow]
) -> HeldChart:
    """What is held; empty while the first summary of a patient is still being prepared."""
    wanted = WantedRecords(resource_type=kind or None)
    after = place_of(cursor or None)
    try:
        return charts.open_chart(
            page.session, ref, page.person, wanted=wanted, limit=PAGE, after=after
        )
    except NotFound:
        if not summaries:
            raise
        return HeldChart(ref, None, (), "", Rows((), None))


def _types(page: Page, ref: str, chart: HeldChart) -> list[str]:
    """The kinds to choose from; who is not told of restricted records is not told their kinds."""
    if page.person.role not in TREATING:
        return sorted({row.resource_type for row in chart.records.rows})
    query = select(SourceRecord.resource_type).where(SourceRecord.patient_ref == ref).distinct()
    return sorted(page.session.scalars(query))
