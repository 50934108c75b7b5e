"""/summaries/{id}/findings: what a person decided about each."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.review import actions
from service.web.api import shapes
from service.web.api.looked_at import IfMatch, looked_at
from service.web.api.shapes import SummaryId
from service.web.api.summaries import ACT, whole
from service.web.guards import Reviewer
from service.web.idempotency import ActOnce, Answer
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/summaries/{summary_id}/findings", tags=["summaries"])
Number = Annotated[int, Path(ge=0, le=100_000, description="As the current version numbers it.")]


@router.post("/{number}/resolution", response_model=shapes.Whole, responses=ACT)
def resolve_finding(
    summary_id: SummaryId,
    number: Number,
    asked: shapes.Resolution,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    runtime: TheRuntime,
    if_match: IfMatch = None,
) -> Response:
    """Decide about a finding: `accepted` (the statement stands), `corrected` (the text was
    changed to answer it) or `dismissed` (the finding is wrong)."""

    def act() -> Answer:
        actions.resolve_finding(
            session,
            summary_id,
            number,
            asked.action,
            asked.reason,
            by=person,
            digest=looked_at(asked.digest, if_match),
        )
        return whole(session, summary_id, person, runtime)

    return once(act)
