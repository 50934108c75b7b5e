"""Hospital IT's page: statuses, whether each part answers, and the audit. No chart text."""

from fastapi import APIRouter, Response

from service.review.history import WantedActs, audit_page
from service.review.worklist import status_counts
from service.web.guards import Auditor
from service.web.pages.frame import ThePage

router = APIRouter()

PAGE = 50  # rows of the audit


@router.get("/operations")
def operations(
    page: ThePage, _: Auditor, before: int | None = None, action: str = "", actor: str = "",
    subject: str = "",
) -> Response:  # fmt: skip
    wanted = WantedActs(
        subject_id=subject.strip() or None, actor=actor.strip() or None,
        action=action.strip() or None,
    )  # fmt: skip
    rows, following = audit_page(
        page.session, page.person, wanted=wanted, limit=PAGE, before=before
    )
    return page.show(
        "operations.html", counts=status_counts(page.session, page.person), rows=rows,
        following=following, wanted=wanted, before=before,
        parts=page.request.app.state.readiness.parts(),
    )  # fmt: skip
