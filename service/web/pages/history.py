"""A summary's history: who did what, and each earlier version against the current text."""

from fastapi import APIRouter, Response

from service.review.desk import Desk, VersionHead
from service.web.guards import Reader
from service.web.pages.desk import filings_of, is_draft, opened_desk
from service.web.pages.diff import word_diff
from service.web.pages.frame import ThePage

router = APIRouter()


@router.get("/summaries/{summary_id}/history")
def history(page: ThePage, _: Reader, summary_id: str, version: int | None = None) -> Response:
    desk = opened_desk(page, summary_id)
    earlier = _earlier(desk, version)
    changes = word_diff(earlier.text, desk.versions[-1].text) if earlier else []
    return page.show(
        "history.html",
        desk=desk,
        earlier=earlier,
        changes=changes,
        filings=filings_of(page.session, desk),
        is_draft=is_draft(desk),
        tab="history",
    )


def _earlier(desk: Desk, number: int | None) -> VersionHead | None:
    """The version asked for, else the one before the current."""
    before = desk.versions[:-1]
    return next((v for v in before if v.number == number), before[-1] if before else None)
