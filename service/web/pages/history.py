"""A summary's history: who did what, and each earlier version against the current text."""

from collections.abc import Mapping
from itertools import pairwise

from fastapi import APIRouter, Response

from service.review.desk import Desk, VersionHead
from service.review.freshness import difference
from service.review.history import version_texts
from service.web.guards import Reader
from service.web.pages.desk import filings_of, is_draft, opened_desk
from service.web.pages.diff import Change, word_diff
from service.web.pages.frame import ThePage

router = APIRouter()


@router.get("/summaries/{summary_id}/history")
def history(page: ThePage, _: Reader, summary_id: str, version: int | None = None) -> Response:
    desk = opened_desk(page, summary_id)
    texts = version_texts(page.session, summary_id)
    earlier = _earlier(desk, version)
    changes = word_diff(texts[earlier.number], texts[desk.versions[-1].number]) if earlier else []
    return page.show(
        "history.html",
        desk=desk,
        earlier=earlier,
        changes=changes,
        steps=_steps(desk, texts),
        filings=filings_of(page.session, desk),
        is_draft=is_draft(desk),
        tab="history",
    )


def _steps(desk: Desk, texts: Mapping[int, str]) -> dict[int, list[Change]]:
    """Number of each edited version -> what it changed in the one before, that alone."""
    found = {}
    for before, after in pairwise(desk.versions):
        if after.edit:
            old, new, *_ = difference(texts[before.number], texts[after.number])
            found[after.number] = word_diff(old, new)
    return found


def _earlier(desk: Desk, number: int | None) -> VersionHead | None:
    """The version asked for, else the one before the current."""
    before = desk.versions[:-1]
    return next((v for v in before if v.number == number), before[-1] if before else None)
