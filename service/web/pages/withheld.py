"""Notes that are withheld by their look: the security officer confirms or releases each."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.access import rulings
from service.review.viewing import note_patients
from service.web.guards import NoteRuler
from service.web.pages.frame import ThePage

router = APIRouter()

RecordId = Annotated[str, Form(pattern=r"^[0-9a-f]{1,64}$")]


@router.get("/withheld")
def withheld(page: ThePage, _: NoteRuler, after: str = "") -> Response:
    notes, following = rulings.undecided(page.session, after=after[:64])
    shown = [note.patient_ref for note in notes if note.patient_ref]
    note_patients(page.session, rulings.LISTED, shown, by=page.person)
    return page.show("withheld.html", notes=notes, following=following)


@router.post("/withheld/release")
def release(page: ThePage, person: NoteRuler, record_id: RecordId) -> Response:
    rulings.release(page.session, record_id, by=person.id)
    return RedirectResponse("/withheld", 303)


@router.post("/withheld/confirm")
def confirm(page: ThePage, person: NoteRuler, record_id: RecordId) -> Response:
    rulings.confirm(page.session, record_id, by=person.id)
    return RedirectResponse("/withheld", 303)
