"""What hospital IT does about the system's work: try again, give up."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput, Blocked, Conflict
from service.review import jobs
from service.web.guards import Operator
from service.web.pages.frame import Page, ThePage
from service.web.pages.operations import RefusedJob, show_operations

router = APIRouter()


@router.post("/operations/jobs/{summary_id}/retry")
def retry(page: ThePage, _: Operator, summary_id: str) -> Response:
    try:
        jobs.retry_job(page.session, summary_id, by=page.person)
    except (Conflict, Blocked) as refusal:
        return _refused(page, summary_id, refusal)
    return RedirectResponse("/operations?said=job-retried#jobs-title", 303)


@router.post("/operations/jobs/{summary_id}/give-up")
def give_up(
    page: ThePage, _: Operator, summary_id: str, reason: Annotated[str, Form()] = ""
) -> Response:
    try:
        under_way = page.runtime.under_way
        jobs.give_up(page.session, summary_id, reason, by=page.person, under_way=under_way)
    except (BadInput, Conflict) as refusal:
        return _refused(page, summary_id, refusal)
    return RedirectResponse("/operations?said=job-given-up#jobs-title", 303)


def _refused(page: Page, summary_id: str, refusal: BadInput | Blocked | Conflict) -> Response:
    refused = RefusedJob(refusal.sentence, refusal.status_code, summary_id)
    return show_operations(page, refused_job=refused)
