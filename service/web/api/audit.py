"""/audit: who did what, latest first, for hospital IT."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.errors import BadInput
from service.numbers import whole_number
from service.review.history import WantedActs, audit_page
from service.web.api import shapes
from service.web.guards import Auditor
from service.web.openapi import problems
from service.web.paging import Cursor, Limit, PageOf
from service.web.transactions import Transaction

router = APIRouter(prefix="/audit", tags=["audit"])
Named = Annotated[str | None, Query(max_length=200, pattern=r"^[\x21-\x7e]+$")]


@router.get("", response_model=PageOf[shapes.AuditBody], responses=problems(400))
def list_acts(
    session: Transaction,
    person: Auditor,
    patient: Named = None,
    subject: Named = None,
    actor: Named = None,
    action: Named = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[shapes.AuditBody]:
    """The append-only record; each row carries the hash that chains it to the one before."""
    wanted = WantedActs(patient, subject, actor, action)
    rows, before = audit_page(session, person, wanted=wanted, limit=limit, before=_seq(cursor))
    told = [shapes.AuditBody.model_validate(row) for row in rows]
    return PageOf(rows=told, next=None if before is None else str(before))


def _seq(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if (before := whole_number(cursor)) is None:
        raise BadInput("This cursor was not given out here. Begin with the first page.")
    return before
