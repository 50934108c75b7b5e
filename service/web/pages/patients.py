"""Finding patients by name or id among the charts that are held."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.relations import open_patients
from service.chart.models import SourceRecord
from service.errors import BadInput
from service.sealing.marking import learn_keys
from service.summary.people import Person

PATIENT_ID = re.compile(r"(?:Patient/)?([A-Za-z0-9.\-]{1,64})")  # FHIR's own rule for an id
HEAD = "Patient: "  # how the headline of a Patient record begins


@dataclass(frozen=True)
class Patient:
    """Whose chart is held: "Patient/id", and name, sex and birth date as the chart has them."""

    ref: str
    name: str


def held_patients(
    session: Session, person: Person, words: str = "", *, limit: int = 200
) -> Sequence[Patient]:
    """Those open to this person whose name or id has these words in it, by name."""
    these = [SourceRecord.resource_type == "Patient", SourceRecord.is_latest]
    if (open_ := open_patients(session, person)) is not None:
        these.append(SourceRecord.patient_ref.in_(open_))
    learn_keys(session, select(SourceRecord.patient_ref).where(*these))
    # The names are sealed: no query can look at them, so each is opened here.
    query = select(SourceRecord.resource_ref, SourceRecord.headline).where(*these)
    wanted = [word.casefold() for word in words.split()]
    found = [
        Patient(ref, line.removeprefix(HEAD))
        for ref, line in session.execute(query)
        if all(_has(word, ref, line) for word in wanted)
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.ref))[:limit]


def _has(word: str, ref: str, line: str) -> bool:
    return word in line.casefold() or word.removeprefix("patient/") in ref.casefold()


def patient_ref(typed: str) -> str:
    """ "Patient/id" of what was chosen or typed. Raises BadInput."""
    match = PATIENT_ID.fullmatch(typed.strip())
    if match is None:
        raise BadInput("Choose a patient, or type the id as the EHR has it, such as Patient/123.")
    return f"Patient/{match[1]}"
