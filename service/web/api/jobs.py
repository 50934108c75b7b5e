"""/jobs: what the system owes or has failed at, for hospital IT and its programs."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field

from service.review import jobs
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.web.api import shapes
from service.web.api.shapes import SummaryId
from service.web.guards import Operator
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.paging import Cursor, Limit, PageOf, cursor_of, place_of
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/jobs", tags=["jobs"])


class JobCountBody(shapes.Told):
    status: SummaryStatus
    number: int
    oldest: datetime = Field(description="Since when the one that has stood longest stands.")


class WorkBody(shapes.Told):
    counts: list[JobCountBody]
    waiting: int | None = Field(description="Messages that no worker has taken; null: not known.")
    swept_at: datetime | None = Field(description="When the last sweep went by; null: not known.")


class JobBody(shapes.Told):
    summary_id: str
    type: SummaryType
    status: SummaryStatus
    task: str = Field(description="The task that is owed; empty for what has failed.")
    since: datetime
    attempts: int
    tried_at: datetime | None
    reason: str = Field(description="The system's own words; never text of a chart.")
    trace_id: str = Field(description="`request_id` of the request that asked, as logs have it.")
    can_retry: bool
    can_give_up: bool


class Moved(shapes.Told):
    """How a summary stands after the act."""

    id: str
    status: str


@router.get("", response_model=PageOf[JobBody], responses=problems(400))
def list_jobs(
    session: Transaction, person: Operator, limit: Limit = 50, cursor: Cursor = None
) -> PageOf[JobBody]:
    """What has stood longest first; no patient and no text of a chart."""
    found = jobs.jobs(session, person, limit=limit, after=place_of(cursor))
    rows = [JobBody.model_validate(row) for row in found.rows]
    return PageOf(rows=rows, next=cursor_of(found.after))


@router.get("/work", response_model=WorkBody)
def read_work(session: Transaction, person: Operator, runtime: TheRuntime) -> WorkBody:
    """The same in counts by status, with the queue and the last sweep."""
    return WorkBody.model_validate(jobs.work(session, person, runtime.under_way))


@router.post("/{summary_id}/retry", response_model=Moved, responses=problems(404, 409, 422))
def retry(summary_id: SummaryId, session: Transaction, person: Operator, once: ActOnce) -> Response:
    """Try again now: what failed, what the EHR refused, or the step that is owed."""
    return once(lambda: _moved(jobs.retry_job(session, summary_id, by=person)))


@router.post("/{summary_id}/give-up", response_model=Moved, responses=problems(400, 404, 409))
def give_up(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: Operator,
    once: ActOnce,
    runtime: TheRuntime,
) -> Response:
    """End what stands before a draft. It is failed then, and can be asked for again."""

    def act() -> Answer:
        under_way = runtime.under_way
        return _moved(
            jobs.give_up(session, summary_id, asked.reason, by=person, under_way=under_way)
        )

    return once(act)


def _moved(summary: Summary) -> Answer:
    return Answer(Moved.model_validate(summary), patient_ref=summary.patient_ref)
