"""/qa: draw a sample, rate what is in it, see the counts, take them along."""

from dataclasses import asdict
from enum import StrEnum

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.qa import export
from service.qa.handling import handling
from service.qa.models import QaSample
from service.qa.rating import find_sample, rate
from service.qa.reading import item_for_rating, list_samples, sample_items, sample_row
from service.qa.results import results
from service.qa.sampling import close_sample, draw_sample
from service.summary.people import Person
from service.web.api import qa_shapes as shapes
from service.web.api.shapes import SummaryId as RowId
from service.web.guards import Rater
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.paging import Cursor, Limit, PageOf, cursor_of, place_of
from service.web.transactions import Transaction

router = APIRouter(prefix="/qa", tags=["qa"])


class Form(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"
    MARKS = "marks"


CSV = "text/csv; charset=utf-8"
MEDIA_TYPES = {Form.CSV: CSV, Form.MARKS: CSV, Form.JSON: "application/json"}
WRITTEN = {
    Form.CSV: export.export_csv,
    Form.MARKS: export.export_marks,
    Form.JSON: export.export_json,
}


@router.post(
    "/samples", status_code=201, response_model=shapes.SampleBody, responses=problems(400, 409)
)
def draw(asked: shapes.NewSample, session: Transaction, person: Rater, once: ActOnce) -> Response:
    """Draw a sample of drafts or signed summaries by type, period and finding."""

    def act() -> Answer:
        sample = draw_sample(session, by=person, **dict(asked))
        return Answer(_told(session, sample, person), 201, f"/api/v1/qa/samples/{sample.id}")

    return once(act)


@router.get("/samples", response_model=PageOf[shapes.SampleBody], responses=problems(400))
def list_all(
    session: Transaction, person: Rater, limit: Limit = 50, cursor: Cursor = None
) -> PageOf[shapes.SampleBody]:
    """Samples and how far each is rated, the newest first."""
    page = list_samples(session, by=person, limit=limit, after=place_of(cursor))
    rows = [shapes.SampleBody.model_validate(row) for row in page.rows]
    return PageOf(rows=rows, next=cursor_of(page.after))


@router.get("/samples/{sample_id}", response_model=shapes.WholeSample, responses=problems(404))
def read_sample(sample_id: RowId, session: Transaction, person: Rater) -> shapes.WholeSample:
    """One sample and its items, at most a thousand, in the drawn order."""
    told = _told(session, find_sample(session, sample_id), person)
    rows = sample_items(session, sample_id, by=person)
    return shapes.WholeSample.model_validate({**dict(told), "rows": rows})


@router.get(
    "/samples/{sample_id}/results", response_model=shapes.ResultsBody, responses=problems(404)
)
def read_results(sample_id: RowId, session: Transaction, person: Rater) -> shapes.ResultsBody:
    """Counts with bounds: in all, by type, by month, and how far raters agree."""
    return shapes.ResultsBody.model_validate(asdict(results(session, sample_id, by=person)))


@router.get("/handling", response_model=shapes.HandlingBody)
def read_handling(session: Transaction, person: Rater) -> shapes.HandlingBody:
    """How far signed texts are from their drafts, and what was decided about each kind of finding,
    over 90 days."""
    return shapes.HandlingBody.model_validate(asdict(handling(session, by=person)))


@router.get(
    "/samples/{sample_id}/export",
    response_class=Response,
    responses={
        **problems(404),
        200: {"description": "CSV or JSON.", "content": {"text/csv": {}, "application/json": {}}},
    },
)
def export_sample(
    sample_id: RowId,
    session: Transaction,
    person: Rater,
    format: Form = Form.CSV,
    with_text: bool = False,
) -> Response:
    """The ratings, or with `marks` a row a marked statement; comments, notes and statements, which
    may quote the chart, only `with_text`."""
    write = WRITTEN[format]
    body = write(session, sample_id, by=person, with_text=with_text)
    end = "-marks.csv" if format is Form.MARKS else f".{format}"
    named = {"Content-Disposition": f'attachment; filename="sample-{sample_id[:8]}{end}"'}
    return Response(body, media_type=MEDIA_TYPES[format], headers=named)


@router.post(
    "/samples/{sample_id}/close", response_model=shapes.SampleBody, responses=problems(404, 409)
)
def close(sample_id: RowId, session: Transaction, person: Rater, once: ActOnce) -> Response:
    """From now on no rating of this sample changes."""

    def act() -> Answer:
        sample = find_sample(session, sample_id)
        close_sample(session, sample, by=person)
        return Answer(_told(session, sample, person))

    return once(act)


@router.get("/items/{item_id}", response_model=shapes.ItemBody, responses=problems(404, 409))
def read_item(item_id: RowId, session: Transaction, person: Rater) -> shapes.ItemBody:
    """One text to rate, beside its sources; nobody rates what they had a hand in."""
    return shapes.ItemBody.model_validate(_flat(session, item_id, person))


@router.put(
    "/items/{item_id}/rating", response_model=shapes.RatingBody, responses=problems(400, 404, 409)
)
def rate_item(
    item_id: RowId, asked: shapes.NewRating, session: Transaction, person: Rater, once: ActOnce
) -> Response:
    """Keep your judgement, in place of an earlier one of yours, until the sample is closed."""

    def act() -> Answer:
        marks = [dict(mark) for mark in asked.marks]
        rating = rate(session, item_id, asked.answers, marks, by=person, comment=asked.comment)
        return Answer(shapes.RatingBody.model_validate(rating))

    return once(act)


def _told(session: Session, sample: QaSample, person: Person) -> shapes.SampleBody:
    return shapes.SampleBody.model_validate(sample_row(session, sample, person))


def _flat(session: Session, item_id: str, person: Person) -> dict[str, object]:
    """The item as it is read, each placed statement with its own text."""
    found = item_for_rating(session, item_id, by=person)
    statements = [
        {"index": p.index, "text": p.statement.text, "start": p.start, "end": p.end}
        for p in found.statements
    ]
    return {**vars(found), "statements": statements}
