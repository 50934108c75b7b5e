"""/summaries/{id}/events: each change of status and the draft's progress, as they happen."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from service.drafting.progress import Progress
from service.numbers import whole_number
from service.review.history import HistoryRow, changes_of
from service.summary import progress
from service.summary.lifecycle import Owner, owner
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus
from service.web.api.shapes import SummaryId
from service.web.at_once import AtOnce
from service.web.errors import TooManyAtOnce
from service.web.guards import Lister
from service.web.openapi import problems
from service.web.runtime import Runtime, TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/summaries", tags=["summaries"])

POLL_S = 0.5
HEARTBEAT_S = 15  # proxies close what is silent for 30 to 60 s
MOST_STREAMS = 24  # of one caller: each asks the database twice a second, for all who wait
LONGEST_S = 900  # then the browser comes again with Last-Event-ID, and is checked again

LastSeen = Annotated[
    str | None, Header(alias="Last-Event-ID", description="Events up to this id are left out.")
]


# What a page has shown already: a browser cannot send the header at its first connection.
After = Annotated[int, Query(ge=0, lt=2**63, description="As Last-Event-ID, which wins.")]


@router.get(
    "/{summary_id}/events",
    responses={
        **problems(404),
        200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."},
        204: {"description": "Nothing more will come: do not connect again."},
    },
    response_class=EventSourceResponse,
)
def follow_summary(
    summary_id: SummaryId,
    request: Request,
    session: Transaction,
    person: Lister,
    runtime: TheRuntime,
    last_seen: LastSeen = None,
    after: After = 0,
) -> Response:
    """Events named `status` with {"id", "status", "owner", "at"}; the id counts up for good.

    Between them, while a draft is written, events named `progress` with {"id", "stage", "done",
    "total", "words"}: counts, never chart text; they carry no id. 429 for who follows 24 at once.
    """
    summary = progress.find_summary(session, summary_id)
    after = _number(last_seen) or after
    waiting = owner(summary.status) is Owner.SYSTEM
    if after and not waiting and not changes_of(session, summary_id, after=after):
        return Response(status_code=204)
    at_once: AtOnce = request.app.state.at_once
    at_once.check(_streams_of(person), MOST_STREAMS)
    told = _counted(at_once, _streams_of(person), _changes(runtime, summary_id, after))
    return EventSourceResponse(told, ping=HEARTBEAT_S)


def _streams_of(person: Person) -> str:
    return f"{person.id}\nevents"


async def _counted(
    at_once: AtOnce, caller: str, told: AsyncIterator[ServerSentEvent]
) -> AsyncIterator[ServerSentEvent]:
    """The same, among the streams of this caller for as long as it is read. One that another was
    faster than ends at once, and is asked for again."""
    with suppress(TooManyAtOnce), at_once.one_more(caller, MOST_STREAMS):
        async for each in told:
            yield each


async def _changes(runtime: Runtime, summary_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    """What the audit says, in its order: no change is missed between two looks."""
    until = time.monotonic() + LONGEST_S
    status, told = None, None
    while time.monotonic() < until:
        look = await run_in_threadpool(_look, runtime, summary_id, after)
        for change in look.changes:
            after, status = change.seq, _status(change)
            yield _event(summary_id, change, status)
        if status is not None and owner(status) is not Owner.SYSTEM:
            return
        if look.step and look.step != told:
            told = look.step
            yield _step(summary_id, told)
        await asyncio.sleep(POLL_S)


@dataclass(frozen=True)
class Look:
    """What is new since the last look: changes of status, and how far the draft is."""

    changes: tuple[HistoryRow, ...]
    step: Progress | None


def _look(runtime: Runtime, summary_id: str, after: int) -> Look:
    step = runtime.under_way.progress(summary_id)
    with runtime.transaction() as session:
        return Look(changes_of(session, summary_id, after=after), step)


def _status(change: HistoryRow) -> SummaryStatus:
    return SummaryStatus(change.action.removeprefix("summary."))


def _event(summary_id: str, change: HistoryRow, status: SummaryStatus) -> ServerSentEvent:
    told: dict[str, Any] = {
        "id": summary_id,
        "status": status,
        "owner": owner(status),
        "at": change.at,
    }
    return ServerSentEvent(orjson.dumps(told).decode(), event="status", id=str(change.seq))


def _step(summary_id: str, step: Progress) -> ServerSentEvent:
    told = {"id": summary_id, **asdict(step)}
    return ServerSentEvent(orjson.dumps(told).decode(), event="progress")


def _number(last_seen: str | None) -> int:
    """The id that a browser names; 0 for what is none (at most 18 digits fit the column)."""
    return whole_number(last_seen) or 0
