"""Today's appointments and the patients in a person's care, with what is prepared for each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.relations import note_listed
from service.chart.visits import Listing, appointments, in_care, treated
from service.fhir.client import FhirClient
from service.review import permissions
from service.review.preparing import ENDED
from service.review.viewing import note_patients
from service.summary.models import Summary
from service.summary.people import Person, Reach

NOT_KNOWN = "The EHR does not say which practitioner you are, so that nobody is listed here."


@dataclass(frozen=True)
class MyPatients:
    """Both lists; `prepared` is patient -> the newest summary that is not ended."""

    today: Listing
    in_care: Listing
    prepared: Mapping[str, Summary]


def ask_visits(
    client: FhirClient, person: Person, day: date, *, zone: tzinfo, within_s: float
) -> tuple[Listing, Listing]:
    """Of that day and of the person's care, as the EHR answers; for no transaction, it may take
    its time. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.REQUEST)
    if person.practitioner_ref is None:
        return Listing((), NOT_KNOWN), Listing((), NOT_KNOWN)
    hurried = client.within(within_s)
    of_day = appointments(hurried, day, zone=zone, practitioner_ref=person.practitioner_ref)
    return of_day, in_care(hurried, person.practitioner_ref, zone=zone)


def ask_treated(
    client: FhirClient, person: Person, names: Collection[str], *, zone: tzinfo, within_s: float
) -> Listing:
    """Everybody whom this person, by any of these names, treats now; as `ask_visits`."""
    permissions.check_may(person, permissions.Ability.REQUEST)
    if not names:
        return Listing((), NOT_KNOWN)
    around = (person.reach or Reach()).around
    return treated(client.within(within_s), names, around=around, zone=zone)


def my_patients(session: Session, person: Person, today: Listing, care: Listing) -> MyPatients:
    """With what is prepared; the audit has who was shown, and who was shown is this person's."""
    refs = sorted({visit.patient.ref for visit in (*today.visits, *care.visits)})
    note_listed(session, person, refs, whole=False)
    note_patients(session, "visits.listed", refs, by=person)
    return MyPatients(today, care, _newest(session, refs))


def keep_treated(session: Session, person: Person, told: Listing) -> None:
    """These patients are this person's, as the EHR has just said, and where it told all, no other
    is."""
    refs = {visit.patient.ref for visit in told.visits}
    note_listed(session, person, sorted(refs), whole=not told.problem)


def _newest(session: Session, refs: Iterable[str]) -> Mapping[str, Summary]:
    query = select(Summary).where(Summary.patient_ref.in_(refs), Summary.status.not_in(ENDED))
    return {s.patient_ref: s for s in session.scalars(query.order_by(Summary.requested_at))}
