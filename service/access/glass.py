"""Breaking the glass: somebody without a relation to a patient opens the chart, for a reason and
for a time. It opens what is open to who treats; what a label withholds stays withheld."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import audit
from service.audit import AuditEvent
from service.database import Base, new_id, now
from service.errors import BadInput, NotFound, NotPermitted
from service.fhir.references import is_ref
from service.summary.people import Person

BROKEN, ENDED = "glass.broken", "glass.ended"
OTHER = "other"
CLOSED = "This is closed already."
TAKEN_BACK = (
    "The security officer has closed this chart to you. Until the time that you had is over you "
    "cannot open it so again: ask the security officer, or somebody who treats the patient."
)
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
    them; where it is open so already, what is open. What was typed stands beside the audit, and
    goes with the patient. Raises BadInput, and NotPermitted where it was taken back."""
    if not patient_ref.startswith("Patient/") or not is_ref(patient_ref):
        raise BadInput("Name the patient by the id that the EHR has, such as Patient/123.")
    if reason not in REASONS:
        raise BadInput("Choose why you open this chart.")
    if reason == OTHER and not words:
        raise BadInput("Give the reason in a few words.")
    _hold(session, patient_ref, by.id)
    _check_not_taken_back(session, patient_ref, by)
    if known := broken_for(session, patient_ref, by):
        return known
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
    _end(session, glass_id, by, whose=by.id)


def take_glass_back(session: Session, glass_id: str, *, by: Person) -> None:
    """The same, by whoever looks after who broke in. Raises NotFound."""
    _end(session, glass_id, by)


def broken_for(session: Session, patient_ref: str, person: Person) -> Broken | None:
    """The glass that this person has broken for this patient and that is open now."""
    found = _open(session, _of(person.id).where(BrokenGlass.patient_ref == patient_ref))
    return _told(max(found, key=lambda each: each.until)) if found else None


def open_by_glass(session: Session, person: Person) -> set[str]:
    """The patients whose charts are open to this person so."""
    return {each.patient_ref for each in _open(session, _of(person.id))}


def _of(person_id: str) -> Select[BrokenGlass]:
    return select(BrokenGlass).where(BrokenGlass.person_id == person_id)


def _open(session: Session, query: Select[BrokenGlass]) -> list[BrokenGlass]:
    """Those that are open now, which the rows alone do not decide: a row that nobody sealed opens
    nothing, and one that the audit has as ended is ended."""
    still = query.where(BrokenGlass.ended_at.is_(None), BrokenGlass.until > now())
    rows = [each for each in session.scalars(still) if _is_ours(session, each)]
    acts = select(AuditEvent.subject_id).where(
        AuditEvent.action == ENDED, AuditEvent.subject_id.in_([each.id for each in rows])
    )
    ended = set(session.scalars(acts)) if rows else set()
    return [each for each in rows if each.id not in ended]


def _end(session: Session, glass_id: str, by: Person, *, whose: str | None = None) -> None:
    """And whatever else of that person and patient is open."""
    named = session.get(BrokenGlass, glass_id)
    if named is None or whose not in (None, named.person_id):
        raise NotFound(CLOSED)
    _hold(session, named.patient_ref, named.person_id)
    session.refresh(named)
    mine = _of(named.person_id).where(BrokenGlass.patient_ref == named.patient_ref)
    every = _open(session, mine)
    if named not in every:
        raise NotFound(CLOSED)
    for held in every:
        held.ended_at = now()
        audit.record(session, ENDED, actor=by.id, patient_ref=held.patient_ref, subject_id=held.id)


def _hold(session: Session, patient_ref: str, person_id: str) -> None:
    """One at a time, until this transaction ends: two clicks are one opening."""
    key = func.hashtextextended(f"glass {person_id} {patient_ref}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _check_not_taken_back(session: Session, patient_ref: str, person: Person) -> None:
    """Raise NotPermitted while the time lasts of a glass that somebody else has ended."""
    acts = select(AuditEvent).where(AuditEvent.patient_ref == patient_ref)
    broken = acts.where(AuditEvent.action == BROKEN, AuditEvent.actor == person.id)
    ids = {
        each.subject_id
        for each in session.scalars(broken)
        if datetime.fromisoformat(each.detail["until"]) > now()
    }
    ended = acts.where(AuditEvent.action == ENDED, AuditEvent.actor != person.id)
    if ids and session.scalar(ended.where(AuditEvent.subject_id.in_(ids)).limit(1)):
        raise NotPermitted(TAKEN_BACK)


def _told(row: BrokenGlass) -> Broken:
    return Broken(row.id, row.patient_ref, row.until, REASONS.get(row.reason, row.reason))


def _is_ours(session: Session, row: BrokenGlass) -> bool:
    return audit.is_same(row.seal, _seal(session, row))


def _seal(session: Session, row: BrokenGlass) -> str:
    named = (row.id, row.person_id, row.patient_ref, row.reason)
    until = row.until.astimezone(UTC).isoformat()
    return audit.seal(session, "glass", *named, until)
