"""Nothing typed is lost: what stands in a form is kept, and a session can be held open."""

from contextlib import suppress
from functools import partial

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from service.review import edits, unsaved
from service.web.at_once import AtOnce
from service.web.errors import TooManyAtOnce
from service.web.guards import Anybody, Reviewer
from service.web.pages.acts import Words
from service.web.pages.editing import to
from service.web.pages.frame import Page, ThePage

router = APIRouter()


@router.get("/still-here", status_code=204)
def still_here(_: Anybody) -> Response:
    """For a page whose reader is there: the session goes on. 401 once it has ended."""
    return Response(status_code=204)


@router.post("/summaries/{summary_id}/unsaved", status_code=204)
def keep_words(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    form: Words = "",
    text: Words = "",
    digest: Words = "",
) -> Response:
    """Keep what stands in a form, for this person only, until it is saved or let go. Whoever types
    will save: behind the answer the chart is made ready for that, while they write on."""
    unsaved.keep(page.session, summary_id, form, text, digest=digest, by=page.person)
    return Response(status_code=204, background=BackgroundTask(_make_ready, page, summary_id))


async def _make_ready(page: Page, summary_id: str) -> None:
    """One at a time of a person: who types at ten texts at once takes no more threads for it."""
    at_once: AtOnce = page.request.app.state.at_once
    runtime, plan = page.runtime, edits.as_it_stands
    seen = {"by": page.person, "prompts": runtime.prompts}
    with suppress(TooManyAtOnce), at_once.one_more(f"{page.person.id}\nahead", most=1):
        ahead = partial(edits.verify_ahead, runtime.transaction, summary_id, plan, **seen)
        await run_in_threadpool(ahead)


@router.post("/summaries/{summary_id}/unsaved/let-go")
def let_go(page: ThePage, _: Reviewer, summary_id: str, form: Words = "") -> Response:
    unsaved.forget(page.session, summary_id, form, by=page.person)
    return to(summary_id, "main", said="let-go")
