"""Breaking the glass: somebody without a relation to a patient opens the chart, for a reason and
for a time. It opens what is open to who treats; what a label withholds stays withheld."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import audit
from service.database import Base, new_id, now
from service.errors import BadInput, NotFound
from service.fhir.references import is_ref
from service.summary.people import Person

BROKEN, ENDED = "glass.broken", "glass.ended"
OTHER = "other"
CLOSED = "This is closed already."
# Why: what the person chooses, under the key that the audit has.
REASONS = {
    "emergency": "An emergency: the patient needs care now.",
    "called": "I was called to see, to advise or to help.",
    "covering": "I stand in for a colleague.",
    "not-yet": "I treat the patient, and the EHR does not say so yet.",
    "asked": "The patient, or who decides for them, asked me.",
    OTHER: "Another reason, in my words below.",
}


class BrokenGlass(Base):
    """That a person opens one patient's chart without a relation, until `until` or `ended_at`.
    `seal` is the service's mark on it: who writes to the database alone breaks no glass."""

    __tablename__ = "broken_glass"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(index=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]  # the key of one of REASONS
    broken_at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seal: Mapped[str]


@dataclass(frozen=True)
class Broken:
    """The glass that is broken for a person: until when, and why, in the words of the choice."""

    id: str
    patient_ref: str
    until: datetime
    reason: str


def break_glass(
    session: Session,
    patient_ref: str,
    reason: str,
    words: str,
    *,
    by: Person,
    lasts: timedelta,
) -> Broken:
    """Open this patient's chart to this person for a time, whether or not anything is held of
    them. What was typed stands beside the audit, and goes with the patient. Raises BadInput."""
    if not patient_ref.startswith("Patient/") or not is_ref(patient_ref):
        raise BadInput("Name the patient by the id that the EHR has, such as Patient/123.")
    if reason not in REASONS:
        raise BadInput("Choose why you open this chart.")
    if reason == OTHER and not words:
        raise BadInput("Give the reason in a few words.")
    made = BrokenGlass(
        id=new_id(),
        person_id=by.id,
        patient_ref=patient_ref,
        reason=reason,
        until=now() + lasts,
        ended_at=None,
        seal="",
    )
    made.seal = _seal(session, made)
    session.add(made)
    audit.record(
        session,
        BROKEN,
        actor=by.id,
        patient_ref=patient_ref,
        subject_id=made.id,
        typed=words,
        role=by.role,
        why=reason,
        until=made.until.isoformat(),
    )
    return _told(made)


def end_glass(session: Session, glass_id: str, *, by: Person) -> None:
    """The chart is shut again from now on: by whom it was open to. Raises NotFound."""
    held = _held(session, glass_id)
    if held.person_id != by.id:
        raise NotFound(CLOSED)
    _end(session, held, by)


def take_glass_back(session: Session, glass_id: str, *, by: Person) -> None:
    """The same, by whoever looks after who broke in. Raises NotFound."""
    _end(session, _held(session, glass_id), by)


def broken_for(session: Session, patient_ref: str, person: Person) -> Broken | None:
    """The glass that this person has broken for this patient and that is open now."""
    query = select(BrokenGlass).where(BrokenGlass.patient_ref == patient_ref, *_is_open(person))
    found = session.scalars(query.order_by(BrokenGlass.until.desc()))
    return next((_told(each) for each in found if _is_ours(session, each)), None)


def open_by_glass(person: Person) -> Select[str]:
    """The patients whose charts are open to this person so, for a query."""
    return select(BrokenGlass.patient_ref).where(*_is_open(person))


def _held(session: Session, glass_id: str) -> BrokenGlass:
    held = session.get(BrokenGlass, glass_id, with_for_update=True)
    if held is None or held.ended_at or held.until <= now():
        raise NotFound(CLOSED)
    return held


def _end(session: Session, held: BrokenGlass, by: Person) -> None:
    held.ended_at = now()
    audit.record(session, ENDED, actor=by.id, patient_ref=held.patient_ref, subject_id=held.id)


def _is_open(person: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        BrokenGlass.person_id == person.id,
        BrokenGlass.ended_at.is_(None),
        BrokenGlass.until > now(),
    )


def _told(row: BrokenGlass) -> Broken:
    return Broken(row.id, row.patient_ref, row.until, REASONS.get(row.reason, row.reason))


def _is_ours(session: Session, row: BrokenGlass) -> bool:
    return audit.is_same(row.seal, _seal(session, row))


def _seal(session: Session, row: BrokenGlass) -> str:
    named = (row.id, row.person_id, row.patient_ref, row.reason)
    until = row.until.astimezone(UTC).isoformat()
    return audit.seal(session, "glass", *named, until)
