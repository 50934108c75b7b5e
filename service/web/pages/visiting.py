"""Today's appointments and the patients in a person's care, as the EHR serves them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from service.review.visiting import ask_visits, my_patients
from service.web.guards import Requester
from service.web.pages.frame import Page, ThePage

router = APIRouter()


@router.get("/my-patients")
def visits(page: ThePage, _: Requester) -> Response:
    """Each with two identifiers, the summary that is prepared, or a button that asks for one."""
    settings = page.runtime.settings
    if not settings.fhir_url:
        return _show(page, problem="No EHR is connected here.")
    today = datetime.now(page.zone).date()
    listings = ask_visits(
        page.runtime.client,
        page.person,
        today,
        zone=page.zone,
        within_s=settings.fhir_ask_within_s,
    )
    found = my_patients(page.session, page.person, *listings)
    lists = (("Today's appointments", found.today), ("In your care", found.in_care))
    return _show(page, lists=lists, prepared=found.prepared)


def _show(page: Page, **told: Any) -> Response:
    shown: dict[str, Any] = {"problem": "", "lists": (), "prepared": {}}
    return page.show("my_patients.html", **(shown | told))
