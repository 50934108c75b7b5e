"""Nothing typed is lost: what stands in a form is kept, and a session can be held open."""

from fastapi import APIRouter, Response
from starlette.background import BackgroundTask

from service.review import edits, unsaved
from service.web.guards import Anybody, Reviewer
from service.web.pages.acts import Words
from service.web.pages.editing import to
from service.web.pages.frame import ThePage

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
    ready = BackgroundTask(
        edits.verify_ahead,
        page.runtime.transaction,
        summary_id,
        edits.as_it_stands,
        by=page.person,
        prompts=page.runtime.prompts,
    )
    return Response(status_code=204, background=ready)


@router.post("/summaries/{summary_id}/unsaved/let-go")
def let_go(page: ThePage, _: Reviewer, summary_id: str, form: Words = "") -> Response:
    unsaved.forget(page.session, summary_id, form, by=page.person)
    return to(summary_id, "main", said="let-go")
