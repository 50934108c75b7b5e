"""Ask the chart: a question box, and the chart's own words for an answer."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from service.errors import BadInput
from service.review import worklist
from service.review.asking import Answered, ask_chart
from service.web.guards import Reader
from service.web.pages.frame import Page, ThePage
from service.web.pages.names import shown_name
from service.web.pages.patients import patient_ref

router = APIRouter()


# A question may speak of the patient: it is sent in a body, never in an address that logs keep.
@router.post("/patients/{patient_id}/ask")
def ask(
    page: ThePage, _: Reader, patient_id: str, question: Annotated[str, Form()] = ""
) -> Response:
    ref = patient_ref(patient_id)
    try:
        answered = ask_chart(
            page.session, ref, question, page.person, index=page.runtime.index, zone=page.zone
        )
    except BadInput as refusal:
        return _show(page, ref, question, None, refusal)
    return _show(page, ref, answered.question, answered, None)


def _show(
    page: Page, ref: str, question: str, answered: Answered | None, refusal: BadInput | None
) -> Response:
    return page.show(
        "asked.html",
        refusal.status_code if refusal else 200,
        ref=ref,
        name=worklist.patient_names(page.session, [ref], page.person).get(ref, ""),
        question=question,
        shown_name=shown_name,
        answered=answered,
        refused=refusal.sentence if refusal else "",
    )
