"""Hospital IT's page: statuses, parts, drafting, switches and the audit. No chart text."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.drafting.extractive import NAME as EXTRACTIVE
from service.errors import BadInput, Conflict
from service.review.history import WantedActs, audit_page
from service.review.permissions import Ability, may
from service.review.switching import list_switches, switch_model_off, switch_model_on
from service.review.usage import usage
from service.review.worklist import status_counts
from service.web.guards import Auditor, Switcher
from service.web.pages.frame import Page, ThePage

router = APIRouter()

PAGE = 50  # rows of the audit
Words = Annotated[str, Form()]


@dataclass(frozen=True)
class Refused:
    """A switch that was not turned: why, and what had been written."""

    sentence: str
    status: int
    switch: str
    reason: str


@router.get("/operations")
def operations(
    page: ThePage,
    _: Auditor,
    before: int | None = None,
    action: str = "",
    actor: str = "",
    subject: str = "",
) -> Response:
    wanted = WantedActs(
        subject_id=subject.strip() or None,
        actor=actor.strip() or None,
        action=action.strip() or None,
    )
    return _show(page, wanted, before)


@router.post("/operations/switches/off")
def switch_off(page: ThePage, _: Switcher, switch: Words = "", reason: Words = "") -> Response:
    try:
        switch_model_off(page.session, switch, reason, by=page.person)
    except (BadInput, Conflict) as refusal:
        refused = Refused(refusal.sentence, refusal.status_code, switch, reason)
        return _show(page, WantedActs(), None, refused)
    return RedirectResponse("/operations?said=switched-off#switches-title", 303)


@router.post("/operations/switches/on")
def switch_on(page: ThePage, _: Switcher, switch: Words = "") -> Response:
    switch_model_on(page.session, switch, by=page.person)
    return RedirectResponse("/operations?said=switched-on#switches-title", 303)


def _show(
    page: Page, wanted: WantedActs, before: int | None, refused: Refused | None = None
) -> Response:
    rows, following = audit_page(
        page.session, page.person, wanted=wanted, limit=PAGE, before=before
    )
    settings = page.request.app.state.runtime.settings
    can_switch = may(page.person, Ability.SWITCH)
    switched = list_switches(page.session, page.person) if can_switch else None
    return page.show(
        "operations.html",
        refused.status if refused else 200,
        rows=rows,
        following=following,
        wanted=wanted,
        before=before,
        counts=status_counts(page.session, page.person),
        parts=page.request.app.state.readiness.parts(),
        used=usage(page.session, page.person) if may(page.person, Ability.READ_USAGE) else None,
        switched=switched,
        set_off=settings.model_off,
        has_model=settings.model != EXTRACTIVE,
        refused=refused,
    )
