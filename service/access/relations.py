"""A person's relation to a patient: who treats them now, who covers for those, and who does not.

It is asked of what is held (care teams, visits, appointments), of what the EHR answered about the
person, and of what the EHR had open when it launched us.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Select, delete, inspect, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import audit
from service.access.glass import Broken, broken_for, open_by_glass
from service.audit import AuditEvent
from service.chart.participations import look_for_participations, names_of, patients_of
from service.database import Base, now
from service.summary.people import Person, Reach

# How long the EHR's word counts: a list of a person's patients while it is silent since; what a
# chart says that was to go on, before the EHR is asked whether it still does.
LISTED_FOR = timedelta(hours=12)
TOLD_AGAIN_AFTER = timedelta(hours=12)
NOT_FOUND = "relation.not-found"


class Relation(StrEnum):
    """None is what is known: the EHR may not say yet that somebody treats the patient."""

    TREATING = "treating"
    COVERING = "covering"
    NONE = "none"


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a patient: the relation, and the glass that is broken, if it is.
    `is_old`: it is what a chart said that was read long ago."""

    relation: Relation
    glass: Broken | None = None
    is_old: bool = False

    @property
    def is_stranger(self) -> bool:
        return self.relation is Relation.NONE and self.glass is None


class ListedPatient(Base):
    """A patient whom the EHR named when it was asked whom a person sees and cares for."""

    __tablename__ = "listed_patients"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    patient_ref: Mapped[str] = mapped_column(primary_key=True, index=True)
    until: Mapped[datetime]


class WholeListing(Base):
    """When the EHR last told all of a person's patients."""

    __tablename__ = "whole_listings"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


def standing_to(session: Session, patient_ref: str, person: Person, reach: Reach) -> Standing:
    """How this person stands to the patient now. What is held is looked through first."""
    look_for_participations(session, patient_ref, zone=reach.zone)
    treated = partial(_treated, person, own_names(session, person))
    fresh = treated(now() - LISTED_FOR)
    if reach.launched == patient_ref or _is_among(session, patient_ref, fresh):
        return Standing(Relation.TREATING)
    if reach.covers and _is_among(session, patient_ref, [_covered(session, reach)]):
        return Standing(Relation.COVERING)
    if _is_among(session, patient_ref, treated(_doubted(session, person))):
        return Standing(Relation.TREATING, is_old=True)
    return Standing(Relation.NONE, broken_for(session, patient_ref, person))


def own_names(session: Session, person: Person) -> frozenset[str]:
    """What records call this person: the practitioner, and the roles."""
    return names_of(session, [person.practitioner_ref] if person.practitioner_ref else [])


def open_patients(session: Session, person: Person) -> Select[Any] | None:
    """The patients whose charts are open to this person, for a query; None where all are."""
    reach = person.reach
    if reach is None or not reach.is_bound:
        return None
    own, named = own_names(session, person), open_by_glass(session, person)
    roads = _treated(person, own, _doubted(session, person))
    if reach.covers:
        roads.append(_covered(session, reach))
    roads += [select(literal(ref)) for ref in sorted({*named, reach.launched or ""} - {""})]
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
        _keep(session, WholeListing, [{"person_id": person.id, "told_at": now()}])
    until = now() + LISTED_FOR
    rows = [{"person_id": person.id, "patient_ref": ref, "until": until} for ref in patients]
    _keep(session, ListedPatient, rows)


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


def _keep(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """In place of what stands there."""
    if rows:
        kept, key = insert(table).values(rows), [c.name for c in inspect(table).primary_key]
        changed = {name: kept.excluded[name] for name in rows[0] if name not in key}
        session.execute(kept.on_conflict_do_update(index_elements=key, set_=changed))


def _doubted(session: Session, person: Person) -> datetime | None:
    """Since when a chart must have been read for what it says to stand against the EHR's list,
    which does not name the patient. None where the EHR has never told all: who would ask it in
    vain is not shut out."""
    told_at = session.scalar(
        select(WholeListing.told_at).where(WholeListing.person_id == person.id)
    )
    return min(told_at, now() - LISTED_FOR) if told_at else None


def _treated(
    person: Person, own: Collection[str], read_since: datetime | None
) -> list[Select[Any]]:
    listed = select(ListedPatient.patient_ref).where(
        ListedPatient.person_id == person.id, ListedPatient.until > now()
    )
    around = (person.reach or Reach()).around
    return [listed, patients_of(own, around=around, read_since=read_since)] if own else [listed]


def _covered(session: Session, reach: Reach) -> Select[Any]:
    """However old: the EHR is not asked who lies on a ward."""
    return patients_of(names_of(session, reach.covers), around=reach.around)
