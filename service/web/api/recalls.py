"""/recalls: withdraw all that a model, a prompt, a record or a span of time touched."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, Field

from service.review.paging import Place
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.web.api import shapes
from service.web.guards import Recaller
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.paging import Cursor, Limit, PageOf, cursor_of, place_of
from service.web.transactions import Transaction
from service.writeback.recall import recall as recalls
from service.writeback.recall.models import RecallState
from service.writeback.recall.touched import Criteria

router = APIRouter(prefix="/recalls", tags=["recalls"])


class CriteriaBody(shapes.Taken):
    """All that are given must fit."""

    model: str = Field(default="", max_length=200)
    prompt: str = Field(default="", max_length=200, description='Name, "name version" or hash.')
    source: str = Field(default="", max_length=300, description='"Type/id" that was read for it.')
    since: AwareDatetime | None = Field(default=None, description="When the text was made.")
    until: AwareDatetime | None = None

    def criteria(self) -> Criteria:
        return Criteria(self.model, self.prompt, self.source, self.since, self.until)


class RecallAsked(CriteriaBody):
    reason: str = Field(max_length=2000, description="Stands on every summary.")


class TouchedBody(shapes.Told):
    summary_id: str
    type: SummaryType
    status: SummaryStatus
    model: str
    prompt: str
    made_at: datetime
    document_refs: list[str] = Field(description="What the EHR holds of it.")


class StartedBody(shapes.Told):
    """That it is started. Why is read at the recall: what is kept under a key goes with nobody."""

    id: str
    criteria: dict[str, Any]
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None = Field(description="null while something waits.")


class RecallBody(StartedBody):
    reason: str


class RecalledBody(shapes.Told):
    summary_id: str
    state: RecallState
    status: SummaryStatus
    documents: list[str] = Field(description="What the EHR still holds of it as standing.")
    said: str = Field(description="What it waits for, or why the EHR would not.")


class ReportBody(RecallBody):
    counts: dict[str, int]
    summaries: list[RecalledBody]


def asked_criteria(
    model: Annotated[str, Query(max_length=200)] = "",
    prompt: Annotated[str, Query(max_length=200)] = "",
    source: Annotated[str, Query(max_length=300)] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Criteria:
    return Criteria(model, prompt, source, since, until)


@router.get("/touched", responses=problems(400))
def list_touched(
    session: Transaction,
    person: Recaller,
    criteria: Annotated[Criteria, Depends(asked_criteria)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[TouchedBody]:
    """What a recall would concern, the oldest text first. No patient, no text, no change."""
    found = recalls.list_touched(session, criteria, by=person)
    after = place_of(cursor)
    left = [t for t in found if after is None or (t.made_at, t.summary_id) > (after.at, after.id)]
    rows = [TouchedBody.model_validate(each) for each in left[:limit]]
    more = Place(left[limit - 1].made_at, left[limit - 1].summary_id) if left[limit:] else None
    return PageOf(rows=rows, next=cursor_of(more))


@router.post("", status_code=202, response_model=StartedBody, responses=problems(400, 404))
def start(
    asked: RecallAsked, session: Transaction, person: Recaller, once: ActOnce, request: Request
) -> Response:
    """Mark all that fits now. What is filed is retracted, what is not is rejected, also where it
    is signed and was not sent yet; what the system is at follows when it is done. The report tells
    how far it is."""

    def act() -> Answer:
        recall = recalls.start_recall(session, asked.criteria(), asked.reason, by=person)
        location = f"{request.url.path}/{recall.id}"
        return Answer(StartedBody.model_validate(recall), status=202, location=location)

    return once(act)


@router.get("", responses=problems(400))
def list_recalls(
    session: Transaction, person: Recaller, limit: Limit = 50, cursor: Cursor = None
) -> PageOf[RecallBody]:
    """Every recall, newest first."""
    after = place_of(cursor)
    found = recalls.list_recalls(session, by=person)
    left = [r for r in found if after is None or (r.asked_at, r.id) < (after.at, after.id)]
    rows = [RecallBody.model_validate(each) for each in left[:limit]]
    more = Place(left[limit - 1].asked_at, left[limit - 1].id) if left[limit:] else None
    return PageOf(rows=rows, next=cursor_of(more))


@router.get("/{recall_id}", responses=problems(404))
def report(recall_id: str, session: Transaction, person: Recaller) -> ReportBody:
    """How far it is, summary by summary."""
    return ReportBody.model_validate(recalls.report_on(session, recall_id, by=person).told())
