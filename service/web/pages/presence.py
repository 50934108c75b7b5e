"""Who else is at a text: asked for again and again by the page while somebody is there."""

from fastapi import APIRouter, Response

from service.review.presence import editing
from service.summary.progress import find_summary
from service.web.guards import Reviewer
from service.web.pages.frame import ThePage

router = APIRouter()


@router.get("/summaries/{summary_id}/editing")
def who_edits(page: ThePage, _: Reviewer, summary_id: str) -> Response:
    """One line of the desk; it names people and no chart."""
    summary = find_summary(page.session, summary_id)
    others = editing(page.session, summary.id, page.person)
    return page.show("parts/presence.html", summary_id=summary.id, editing=others)
