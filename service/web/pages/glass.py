"""Breaking the glass: the page that asks why, the act, its end; and the officer's report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.access.glass import REASONS, end_glass
from service.chart.models import Chart
from service.errors import BadInput, NotPermitted
from service.fhir.references import id_of
from service.review.strangers import break_glass, strangers, strangers_csv, take_back
from service.web.guards import GlassBreaker, GlassReader
from service.web.pages.days import midnight
from service.web.pages.frame import Page, ThePage
from service.web.pages.patients import patient_ref
from service.web.reach import GLASS

router = APIRouter()

PAGE = 100
Words = Annotated[str, Form(max_length=10_000)]
Known = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True)
class Asked:
    """What stands in the form: the patient as the person named them, `known` as a search in the
    EHR has just shown them (nothing of it is looked up here), and what was refused."""

    patient: str = ""
    known: str = ""
    reason: str = ""
    words: str = ""
    problem: str = ""


@router.get(GLASS)
def ask(page: ThePage, _: GlassBreaker, patient: str = "") -> Response:
    return _show(page, Asked(patient[:80]))


@router.post(f"{GLASS}/patient")
def ask_for(page: ThePage, _: GlassBreaker, patient: Words = "", known: Known = "") -> Response:
    """The same page for who was found in the EHR; their name stays out of the address."""
    return _show(page, Asked(patient[:80], known))


@router.post(GLASS)
def break_it(
    page: ThePage,
    person: GlassBreaker,
    patient: Words = "",
    known: Known = "",
    reason: Words = "",
    words: Words = "",
) -> Response:
    """To the chart; where nothing is held of the patient, to the form that asks for a summary."""
    try:
        ref = patient_ref(patient)
        lasts = timedelta(hours=page.runtime.settings.glass_hours)
        break_glass(page.session, ref, reason, words, by=person, lasts=lasts)
    except (BadInput, NotPermitted) as refusal:
        asked = Asked(patient[:80], known, reason, words, refusal.sentence)
        return _show(page, asked, refusal.status_code)
    is_held = page.session.get(Chart, ref) is not None
    where = f"/patients/{id_of(ref)}?" if is_held else f"/worklist?patients={id_of(ref)}&"
    return RedirectResponse(f"{where}said=glass-broken", 303)


@router.post(f"{GLASS}/end")
def end(page: ThePage, person: GlassBreaker, glass_id: Words = "") -> Response:
    end_glass(page.session, glass_id, by=person)
    return RedirectResponse("/worklist?said=glass-ended", 303)


@router.get("/glass")
def report(
    page: ThePage, person: GlassReader, since: str = "", until: str = "", before: int | None = None
) -> Response:
    """Who opened a stranger's chart, by days."""
    asked = {"since": since, "until": until}
    try:
        first, last = _span(page, since, until)
    except BadInput as refusal:
        return page.show("glass.html", 400, rows=(), asked=asked, problem=refusal.sentence)
    rows, following = strangers(
        page.session, person, since=first, until=last, limit=PAGE, before=before
    )
    return page.show(
        "glass.html", rows=rows, following=following, asked=asked, problem="", reasons=REASONS
    )


@router.post("/glass/end")
def take_it_back(page: ThePage, person: GlassReader, glass_id: Words = "") -> Response:
    """The officer shuts a chart that somebody has opened so."""
    take_back(page.session, glass_id, by=person)
    return RedirectResponse("/glass?said=glass-taken-back", 303)


@router.get("/glass.csv")
def report_csv(page: ThePage, person: GlassReader, since: str = "", until: str = "") -> Response:
    first, last = _span(page, since, until)
    body = strangers_csv(page.session, person, since=first, until=last)
    headers = {"Content-Disposition": 'attachment; filename="broken-glass.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _span(page: Page, since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """`until` is a day, and the whole of it counts."""
    return midnight(since, page.zone), midnight(until, page.zone, days=1)


def _show(page: Page, asked: Asked, status: int = 200) -> Response:
    return page.show(
        "break_glass.html",
        status,
        asked=asked,
        reasons=REASONS,
        hours=page.runtime.settings.glass_hours,
    )
