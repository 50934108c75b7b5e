"""/patients/{id}/records: what is held of a chart, and what is unreadable."""

from fastapi import APIRouter

from service.review.charts import WantedRecords, open_chart
from service.summary.vocabulary import Standing
from service.web.api import shapes
from service.web.api.shapes import PatientId
from service.web.guards import Reader
from service.web.openapi import problems
from service.web.paging import Cursor, Limit, cursor_of, place_of
from service.web.transactions import Transaction

router = APIRouter(prefix="/patients", tags=["charts"])


@router.get("/{patient_id}/records", responses=problems(400, 404))
def list_records(
    patient_id: PatientId,
    session: Transaction,
    person: Reader,
    standing: Standing | None = None,
    old_versions: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> shapes.ChartBody:
    """The records of one patient, the last received first; `standing=unreadable` for those of
    which no text could be made."""
    held = open_chart(
        session,
        f"Patient/{patient_id}",
        person,
        limit=limit,
        after=place_of(cursor),
        wanted=WantedRecords(standing=standing, old_versions=old_versions),
    )
    return shapes.ChartBody(
        patient=held.patient_ref,
        pulled_at=held.pulled_at,
        gaps=list(held.gaps),
        withheld_words=held.withheld_words,
        rows=[shapes.RecordBody.model_validate(r) for r in held.records.rows],
        next=cursor_of(held.records.after),
    )
