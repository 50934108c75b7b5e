"""A person's relation to a patient: who treats them now, who covers for those, and who does not.

It is asked of what is held (care teams, visits, appointments), of what the EHR answered about the
person, and of what the EHR had open when it launched us.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import audit
from service.access.glass import Broken, broken_for, open_by_glass
from service.audit import AuditEvent
from service.chart.held import Held
from service.chart.participations import (
    look_for_participations,
    patients_of,
    person_in_role,
)
from service.database import Base, now
from service.summary.people import Person, Reach

LISTED_FOR = timedelta(hours=12)  # how long an answer of an EHR that is silent since still counts
TOLD_AGAIN_AFTER = timedelta(hours=12)
NOT_FOUND = "relation.not-found"


class Relation(StrEnum):
    """None is what is known: the EHR may not say yet that somebody treats the patient."""

    TREATING = "treating"
    COVERING = "covering"
    NONE = "none"


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a patient: the relation, and the glass that is broken, if it is."""

    relation: Relation
    glass: Broken | None = None

    @property
    def is_stranger(self) -> bool:
        return self.relation is Relation.NONE and self.glass is None


class ListedPatient(Base):
    """A patient whom the EHR named when it was asked whom a person sees and cares for."""

    __tablename__ = "listed_patients"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    patient_ref: Mapped[str] = mapped_column(primary_key=True, index=True)
    until: Mapped[datetime]


def standing_to(session: Session, patient_ref: str, person: Person, reach: Reach) -> Standing:
    """How this person stands to the patient now. What is held is looked through first."""
    look_for_participations(session, patient_ref)
    if reach.launched == patient_ref or _is_among(session, patient_ref, _treated(session, person)):
        return Standing(Relation.TREATING)
    if reach.covers and _is_among(session, patient_ref, _covered(reach)):
        return Standing(Relation.COVERING)
    return Standing(Relation.NONE, broken_for(session, patient_ref, person))


def open_patients(session: Session, person: Person) -> Select[Any] | None:
    """The patients whose charts are open to this person, for a query; None where all are."""
    reach = person.reach
    if reach is None or not reach.is_bound:
        return None
    roads = [*_treated(session, person), open_by_glass(person)]
    if reach.covers:
        roads += _covered(reach)
    if reach.launched:
        roads.append(select(literal(reach.launched)))
    every = union_all(*roads).subquery()
    return select(every.c[0])


def note_listed(
    session: Session, person: Person, patients: Collection[str], *, whole: bool
) -> None:
    """Keep whom the EHR named as this person's; whom it names no more is out, where it told all."""
    mine = ListedPatient.person_id == person.id
    if whole:
        gone = delete(ListedPatient).where(mine, ListedPatient.patient_ref.not_in(patients))
        session.execute(gone)
    until = now() + LISTED_FOR
    rows = [{"person_id": person.id, "patient_ref": ref, "until": until} for ref in patients]
    if rows:
        kept = insert(ListedPatient).values(rows)
        session.execute(
            kept.on_conflict_do_update(
                index_elements=[ListedPatient.person_id, ListedPatient.patient_ref],
                set_={"until": kept.excluded.until},
            )
        )


def note_stranger(session: Session, patient_ref: str, person: Person) -> None:
    """Leave the mark that somebody opens a chart without a relation; once in half a day."""
    query = select(AuditEvent.seq).where(
        AuditEvent.patient_ref == patient_ref,
        AuditEvent.actor == person.id,
        AuditEvent.action == NOT_FOUND,
        AuditEvent.at > now() - TOLD_AGAIN_AFTER,
    )
    if session.scalar(query.limit(1)) is None:
        audit.record(session, NOT_FOUND, actor=person.id, patient_ref=patient_ref, role=person.role)


def _is_among(session: Session, patient_ref: str, roads: list[Select[Any]]) -> bool:
    every = union_all(*roads).subquery()
    return session.scalar(select(select(every).where(every.c[0] == patient_ref).exists())) or False


def _treated(session: Session, person: Person) -> list[Select[Any]]:
    listed = select(ListedPatient.patient_ref).where(
        ListedPatient.person_id == person.id, ListedPatient.until > now()
    )
    reach, ref = person.reach or Reach(), person.practitioner_ref
    if ref is None:
        return [listed]
    own = {ref, person_in_role(Held(session), ref) or ref}
    return [listed, patients_of(own, around=reach.around)]


def _covered(reach: Reach) -> list[Select[Any]]:
    return [patients_of(reach.covers, around=reach.around)]
