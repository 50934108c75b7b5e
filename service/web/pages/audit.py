"""Who saw this patient, what did this person do: the audit by days, for IT and security."""

from fastapi import APIRouter, Response

from service.errors import BadInput
from service.review.history import WantedActs, audit_page
from service.web.guards import Auditor
from service.web.pages.days import midnight
from service.web.pages.frame import Page, ThePage
from service.web.pages.patients import patient_ref

router = APIRouter()

PAGE = 100


@router.get("/audit")
def who_did_what(
    page: ThePage,
    _: Auditor,
    patient: str = "",
    actor: str = "",
    since: str = "",
    until: str = "",
    before: int | None = None,
) -> Response:
    asked = {"patient": patient, "actor": actor, "since": since, "until": until}
    try:
        wanted = _wanted(page, patient.strip(), actor.strip(), since, until)
    except BadInput as refusal:
        return page.show("audit.html", 400, rows=[], asked=asked, problem=refusal.sentence)
    rows, following = audit_page(
        page.session, page.person, wanted=wanted, limit=PAGE, before=before
    )
    return page.show("audit.html", rows=rows, asked=asked, problem="", following=following)


def _wanted(page: Page, patient: str, actor: str, since: str, until: str) -> WantedActs:
    """`until` is a day, and the whole of it counts."""
    return WantedActs(
        patient_ref=patient_ref(patient) if patient else None,
        actor=actor or None,
        since=midnight(since, page.zone),
        until=midnight(until, page.zone, days=1),
    )
