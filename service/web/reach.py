"""Whose charts a person opens: the one place that asks, for every route that names a patient.

`guards.caller` asks it for what a path names; a route that takes a patient in its body or form
asks it itself. The answer for a stranger is that for a patient who is not here.
"""

import time
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.relations import Standing, note_stranger, standing_to
from service.access.wording import TREATING
from service.fhir.references import id_of, is_ref
from service.review.visiting import ask_visits, keep_listed
from service.settings import Settings
from service.summary.models import Summary
from service.summary.people import Person, Reach
from service.web.errors import NotOpen
from service.web.runtime import runtime_of
from service.web.sessions import SignedIn

GLASS = "/break-glass"
ASKED_AGAIN_AFTER_S = 300.0  # of the EHR about one person: a stranger's tries cost it no more
MAX_PEOPLE = 10_000
SAID = (
    "Nothing of that id is open to you: it is not here, or the EHR names no part of yours in this "
    "patient's care now. Who cares for the patient all the same breaks the glass."
)


class LastAsked:
    """When the EHR was last asked about each person, in this process."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, float] = OrderedDict()

    def is_due(self, person_id: str) -> bool:
        """Whether to ask now; whoever is told so asks."""
        at = time.monotonic()
        if at - self._people.get(person_id, -ASKED_AGAIN_AFTER_S) < ASKED_AGAIN_AFTER_S:
            return False
        self._people[person_id] = at
        self._people.move_to_end(person_id)
        if len(self._people) > MAX_PEOPLE:
            self._people.popitem(last=False)
        return True


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
    found = _look(request, person, patient_ref, summary_id)
    if (found is None or found.is_stranger) and learn_patients(request, person):
        found = _look(request, person, patient_ref, summary_id)
    if person.reach.is_bound and (found is None or found.is_stranger):
        is_named = is_ref(patient_ref)
        request.state.glass = f"{GLASS}?patient={id_of(patient_ref)}" if is_named else GLASS
        raise NotOpen(SAID)
    request.state.standing = found  # what the page says of it; a refusal's page says nothing


def learn_patients(request: Request, person: Person) -> bool:
    """Ask the EHR whom this person sees today and has in care, if that is not known of late;
    whether it was asked."""
    runtime, last = runtime_of(request), request.app.state.last_asked
    if not runtime.settings.fhir_url or not last.is_due(person.id):
        return False
    zone = request.app.state.zone
    listings = ask_visits(
        runtime.client,
        person,
        datetime.now(zone).date(),
        zone=zone,
        within_s=runtime.settings.fhir_ask_within_s,
    )
    with runtime.transaction() as session:
        keep_listed(session, person, *listings)
    return True


def _look(request: Request, person: Person, patient_ref: str, summary_id: str) -> Standing | None:
    """How they stand to the patient; None where the path leads to nobody. A stranger whose chart
    opens all the same is told to the audit."""
    with runtime_of(request).transaction() as session:
        ref = patient_ref or _patient_of(session, summary_id)
        if not is_ref(ref) or person.reach is None:
            return None
        found = standing_to(session, ref, person, person.reach)
        if found.is_stranger and not person.reach.is_bound:
            note_stranger(session, ref, person)
        return found


def _patient_of(session: Session, summary_id: str) -> str:
    found = select(Summary.patient_ref).where(Summary.id == summary_id)
    return (session.scalar(found) or "") if summary_id.isalnum() else ""
