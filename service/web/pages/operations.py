"""Hospital IT's page: statuses, parts, drafting, switches and the audit. No chart text."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.drafting.extractive import NAME as EXTRACTIVE
from service.errors import BadInput, Conflict
from service.review import jobs
from service.review.history import ANY_ACT, WantedActs, audit_page
from service.review.permissions import Ability, may
from service.review.strangers import count_recent
from service.review.switching import list_switches, switch_model_off, switch_model_on
from service.review.usage import usage
from service.review.worklist import status_counts
from service.web.guards import Auditor, Switcher
from service.web.pages.frame import Page, ThePage
from service.web.paging import cursor_of, place_of

router = APIRouter()

PAGE = 50  # rows of the audit
JOBS = 20  # rows of the system's work
Words = Annotated[str, Form()]


@dataclass(frozen=True)
class Refused:
    """A switch that was not turned: why, and what had been written."""

    sentence: str
    status: int
    switch: str
    reason: str


@dataclass(frozen=True)
class RefusedJob:
    """Work that was not tried again or given up: why."""

    sentence: str
    status: int
    summary_id: str


@router.get("/operations")
def operations(
    page: ThePage,
    _: Auditor,
    before: int | None = None,
    action: str = "",
    actor: str = "",
    subject: str = "",
    jobs_after: str = "",
) -> Response:
    wanted = WantedActs(
        subject_id=subject.strip() or None,
        actor=actor.strip() or None,
        action=action.strip() or None,
    )
    return show_operations(page, wanted, before, jobs_after=jobs_after)


@router.post("/operations/switches/off")
def switch_off(page: ThePage, _: Switcher, switch: Words = "", reason: Words = "") -> Response:
    try:
        switch_model_off(page.session, switch, reason, by=page.person)
    except (BadInput, Conflict) as refusal:
        refused = Refused(refusal.sentence, refusal.status_code, switch, reason)
        return show_operations(page, refused=refused)
    return RedirectResponse("/operations?said=switched-off#switches-title", 303)


@router.post("/operations/switches/on")
def switch_on(page: ThePage, _: Switcher, switch: Words = "") -> Response:
    switch_model_on(page.session, switch, by=page.person)
    return RedirectResponse("/operations?said=switched-on#switches-title", 303)


def show_operations(
    page: Page,
    wanted: WantedActs = ANY_ACT,
    before: int | None = None,
    *,
    refused: Refused | None = None,
    refused_job: RefusedJob | None = None,
    jobs_after: str = "",
) -> Response:
    rows, following = audit_page(
        page.session, page.person, wanted=wanted, limit=PAGE, before=before
    )
    settings = page.request.app.state.runtime.settings
    can_read_glass = may(page.person, Ability.READ_GLASS)
    can_switch = may(page.person, Ability.SWITCH)
    switched = list_switches(page.session, page.person) if can_switch else None
    turned_down = refused or refused_job
    return page.show(
        "operations.html",
        turned_down.status if turned_down else 200,
        **_work(page, jobs_after),
        refused_job=refused_job,
        rows=rows,
        following=following,
        wanted=wanted,
        before=before,
        counts=status_counts(page.session, page.person),
        parts=page.request.app.state.readiness.parts(),
        used=usage(page.session, page.person) if may(page.person, Ability.READ_USAGE) else None,
        switched=switched,
        set_off=settings.model_off,
        strangers=count_recent(page.session, page.person) if can_read_glass else None,
        has_model=settings.model != EXTRACTIVE,
        refused=refused,
    )


def _work(page: Page, after: str) -> dict[str, Any]:
    """The system's work for whoever may see it; to others its panel is not shown."""
    if not may(page.person, Ability.JOBS):
        return {"work": None}
    found = jobs.jobs(page.session, page.person, limit=JOBS, after=place_of(after))
    work = jobs.work(page.session, page.person, page.runtime.under_way)
    return {"work": work, "jobs": found.rows, "more_jobs": cursor_of(found.after)}
