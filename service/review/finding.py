"""Looking for a patient in the EHR: who may, and the mark that it leaves."""

from sqlalchemy.orm import Session

from service.chart.finding import FoundPatient, find_patients
from service.fhir.client import FhirClient
from service.review import permissions
from service.review.viewing import note_search
from service.summary.people import Person


def find_in_ehr(
    session: Session,
    person: Person,
    *,
    client: FhirClient,
    name: str,
    number: str,
    born: str,
    within_s: float,
) -> tuple[list[FoundPatient], bool]:
    """Patients to choose from, and whether there are more. Raises NotPermitted, BadInput,
    FhirError. The audit has who was shown, never what was typed."""
    permissions.check_may(person, permissions.Ability.REQUEST)
    found, more = find_patients(client, name=name, number=number, born=born, within_s=within_s)
    note_search(session, [patient.ref for patient in found], by=person)
    return found, more
