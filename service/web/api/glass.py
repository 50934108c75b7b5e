"""/glass: open a stranger's chart for a reason and a time, and shut it again."""

from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from service.access.glass import REASONS, end_glass
from service.review.strangers import break_glass
from service.web.api import shapes
from service.web.guards import GlassBreaker
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/glass", tags=["people"])


class Break(shapes.Taken):
    patient: str = Field(pattern=r"^Patient/[A-Za-z0-9\-.]{1,64}$", examples=["Patient/1"])
    reason: Literal[tuple(REASONS)]  # type: ignore[valid-type]
    words: str = Field("", max_length=2_000, description="In the person's own words.")


class BrokenBody(shapes.Told):
    """`id` ends it before its time."""

    id: str
    patient_ref: str
    until: datetime
    reason: str


class Ended(shapes.Told):
    id: str


@router.post("", status_code=201, response_model=BrokenBody, responses=problems(400))
def break_one(
    asked: Break, session: Transaction, person: GlassBreaker, runtime: TheRuntime, once: ActOnce
) -> Response:
    """Open one patient's chart to yourself for `COUNTERSIGN_GLASS_HOURS`. The answer is the same
    whether or not anything is held of them; the audit and the security officer have it."""

    def act() -> Answer:
        lasts = timedelta(hours=runtime.settings.glass_hours)
        made = break_glass(
            session, asked.patient, asked.reason, asked.words, by=person, lasts=lasts
        )
        return Answer(BrokenBody.model_validate(made), 201, None, made.patient_ref)

    return once(act)


@router.post("/{glass_id}/end", response_model=Ended, responses=problems(404))
def end_one(
    glass_id: shapes.SummaryId, session: Transaction, person: GlassBreaker, once: ActOnce
) -> Response:
    """Shut it again, before its time."""

    def act() -> Answer:
        end_glass(session, glass_id, by=person)
        return Answer(Ended(id=glass_id))

    return once(act)
