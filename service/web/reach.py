"""Whose charts a person opens: the one place that asks, for every route that names a patient.

`guards.caller` asks it for what a path names; a route that takes a patient in its body or form
asks it itself. The answer for a stranger is that for a patient who is not here.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from typing import NoReturn
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.relations import Standing, note_stranger, own_names, standing_to
from service.access.wording import TREATING
from service.chart.visits import Listing
from service.fhir.references import id_of, is_ref
from service.review.visiting import ask_treated, keep_treated
from service.settings import Settings
from service.summary.models import Summary
from service.summary.people import Person, Reach
from service.web.errors import NotOpen
from service.web.runtime import runtime_of
from service.web.sessions import SignedIn

GLASS = "/break-glass"
ASKED_AGAIN_AFTER_S = 300.0  # of the EHR about one person: a stranger's tries cost it no more
AND_OF_A_SILENT_ONE_S = 15.0
MAX_PEOPLE = 10_000
SAID = (
    "Nothing of that id is open to you: it is not here, or the EHR names no part of yours in this "
    "patient's care now. Who cares for the patient all the same breaks the glass."
)


@dataclass
class Asked:
    """Of one person: whose turn it is to ask, when the EHR last answered, and from when on it is
    asked again."""

    turn: Lock = field(default_factory=Lock)
    answered_at: float = float("-inf")
    due_at: float = float("-inf")

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self.due_at

    def note(self, *, is_silent: bool) -> None:
        self.answered_at = time.monotonic()
        self.due_at = self.answered_at + (
            AND_OF_A_SILENT_ONE_S if is_silent else ASKED_AGAIN_AFTER_S
        )


class LastAsked:
    """When the EHR was last asked about each person, in this process."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, Asked] = OrderedDict()
        self._turn = Lock()

    def of(self, person_id: str) -> Asked:
        with self._turn:
            asked = self._people.setdefault(person_id, Asked())
            self._people.move_to_end(person_id)
            if len(self._people) > MAX_PEOPLE:
                self._people.popitem(last=False)
            return asked


def with_reach(found: SignedIn, settings: Settings) -> SignedIn:
    """The same, with what decides whose charts they open. Other roles keep their own rules."""
    person, strictness = found.person, settings.relation_in_force
    if strictness == "off" or person.role not in TREATING:
        return found
    covering = [
        each.of
        for each in settings.covering
        if each.counts_for(person.role, person.practitioner_ref)
    ]
    reach = Reach(
        launched=found.came.patient_ref,
        covers=frozenset().union(*covering),
        around=timedelta(days=settings.relation_days),
        zone=ZoneInfo(settings.time_zone),
        is_bound=strictness == "asked",
    )
    return replace(found, person=replace(person, reach=reach))


def check_path(request: Request, person: Person) -> None:
    """Raise NotOpen where the path names a patient, or a summary, of a stranger."""
    named = request.path_params
    if "patient_id" in named:
        check_reaches(request, person, f"Patient/{named['patient_id']}")
    elif "summary_id" in named:
        check_reaches(request, person, summary_id=str(named["summary_id"]))


def check_reaches(
    request: Request, person: Person, patient_ref: str = "", *, summary_id: str = ""
) -> None:
    """Raise NotOpen for a stranger, where the site asks for a relation; where it only tells, the
    audit has it. In transactions of its own: between them the EHR is asked, once in a while."""
    if person.reach is None:
        return
    if patient_ref and not is_ref(patient_ref):
        _refuse(request, "")  # a page might read it as another patient's than we do
    began = time.monotonic()
    ref, found = _look(request, person, patient_ref, summary_id)
    is_unsure = found is None or found.is_stranger or found.is_old
    if is_unsure and learn_patients(request, person, since=began):
        ref, found = _look(request, person, patient_ref, summary_id)
    if found is None or found.is_stranger:
        _meet_stranger(request, person, patient_ref, ref)
    request.state.standing = found  # what the page says of it; a refusal's page says nothing


def learn_patients(request: Request, person: Person, *, since: float = 0.0) -> bool:
    """Ask the EHR whom this person treats, if that is not known of late; whether it was asked
    after `since`. Who comes while another asks for the same person waits for the answer."""
    if not runtime_of(request).settings.fhir_url:
        return False
    asked: Asked = request.app.state.last_asked.of(person.id)
    with asked.turn:
        if asked.is_due:
            asked.note(is_silent=_ask(request, person).can_retry)
    return asked.answered_at >= since


def _ask(request: Request, person: Person) -> Listing:
    runtime = runtime_of(request)
    with runtime.transaction() as session:
        names = own_names(session, person)
    told = ask_treated(
        runtime.client,
        person,
        names,
        zone=request.app.state.zone,
        within_s=runtime.settings.fhir_ask_within_s,
    )
    with runtime.transaction() as session:
        keep_treated(session, person, told)
    return told


def _look(
    request: Request, person: Person, patient_ref: str, summary_id: str
) -> tuple[str, Standing | None]:
    """Who the patient is, and how the person stands to them; None where the path leads to
    nobody."""
    with runtime_of(request).transaction() as session:
        ref = patient_ref or _patient_of(session, summary_id)
        if not ref or person.reach is None:
            return ref, None
        return ref, standing_to(session, ref, person, person.reach)


def _meet_stranger(request: Request, person: Person, patient_ref: str, ref: str) -> None:
    """Shut, or where the site only tells, told to the audit."""
    if person.reach is None or person.reach.is_bound:
        _refuse(request, patient_ref)
    if ref:
        with runtime_of(request).transaction() as session:
            note_stranger(session, ref, person)


def _refuse(request: Request, patient_ref: str) -> NoReturn:
    """The page that asks why names only the patient whom the person has named."""
    request.state.glass = f"{GLASS}?patient={id_of(patient_ref)}" if patient_ref else GLASS
    request.state.refused_patient = patient_ref  # it may stand in the body, which nobody else reads
    raise NotOpen(SAID)


def _patient_of(session: Session, summary_id: str) -> str:
    found = select(Summary.patient_ref).where(Summary.id == summary_id)
    return (session.scalar(found) or "") if summary_id.isalnum() else ""
