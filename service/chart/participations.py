"""Who takes part in a patient's care and from when to when, as CareTeam, Encounter and Appointment
say it: kept beside the records, so that a list of patients opens none of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Row, Select, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.chart.held import Held
from service.chart.models import SourceRecord
from service.chart.render.dates import instant, text_of
from service.chart.visits import COMES, IS_HERE
from service.database import Base, now
from service.fhir import wire
from service.fhir.references import local_ref, reference_of
from service.summary.vocabulary import Standing

RECORDS_A_STEP = 500
# Statuses in which each may be care that goes on, or has just ended; none is of an R4 CareTeam
# that does not say.
COUNTS = {
    "CareTeam": {"active", ""},
    "Encounter": {*IS_HERE, "finished"},
    "Appointment": {*COMES, "fulfilled"},
}
MARGIN_TYPES = ("Encounter", "Appointment")  # prepared for before, and written about after
NOBODY = ""  # the row of a record in which nobody takes part: it was looked at


class Participation(Base):
    """That `actor_ref` (somebody, or a place, organization or team) takes part in what a record
    tells, from `starts_at` until `ends_at`, None where it has no end yet."""

    __tablename__ = "participations"

    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), primary_key=True)
    actor_ref: Mapped[str] = mapped_column(primary_key=True, index=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]


class Part(NamedTuple):
    """As a resource says it: its reference as written, and the instants."""

    actor: str
    starts_at: datetime | None
    ends_at: datetime | None


def look_for_participations(session: Session, patient_ref: str | None = None) -> int:
    """Look through records that were not looked at yet, of one patient or some of everybody's; how
    many. For a transaction of its own, again and again until 0."""
    found = session.execute(_owed(patient_ref)).all()
    held = Held(session)
    rows = [row for record in found for row in _rows(record, held)]
    if rows:  # another may look through the same chart at this moment, and finds the same
        session.execute(insert(Participation).on_conflict_do_nothing(), rows)
    return len(found)


def patients_of(
    actors: Iterable[str], *, around: timedelta, at: datetime | None = None
) -> Select[str | None]:
    """The patients in whose care any of these takes part now. A visit counts `around` its time."""
    own = Participation.record_id == SourceRecord.id
    query = select(SourceRecord.patient_ref).join(Participation, own)
    return query.where(
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.EVIDENCE,
        Participation.actor_ref.in_(sorted(set(actors))),
        _is_current(at or now(), around),
    )


def parts_of(resource: Mapping[str, Any]) -> Iterator[Part]:
    """Who takes part, each within the time of the whole. Nobody where it is called off, planned
    for some day, or entered in error."""
    kind = str(resource.get("resourceType"))
    if str(resource.get("status") or "") not in COUNTS.get(kind, ()):
        return
    starts_at, ends_at = _bounds(resource if kind == "Appointment" else resource.get("period"))
    if kind != "CareTeam" and resource.get("status") in ("finished", "fulfilled"):
        ends_at = ends_at or starts_at
    for told in _dicts(resource.get("participant")):
        if told.get("status") == "declined":
            continue
        since, until = _bounds(told.get("period"))
        span = (_last(starts_at, since), _first(ends_at, until))
        for key in ("actor", "individual", "member", "onBehalfOf"):
            yield from _part(told.get(key), *span)
    for place in _dicts(resource.get("location")):
        if place.get("status") != "completed":
            yield from _part(place.get("location"), starts_at, ends_at)
    for whole in (resource.get("serviceProvider"), *_dicts(resource.get("managingOrganization"))):
        yield from _part(whole, starts_at, ends_at)
    if kind == "CareTeam" and resource.get("id"):
        yield Part(f"CareTeam/{resource.get('id')}", starts_at, ends_at)


def _owed(patient_ref: str | None) -> Select[str, str, dict[str, Any]]:
    known = Participation.record_id == SourceRecord.id
    owed = (
        select(SourceRecord.id, SourceRecord.raw, SourceRecord.refers_to)
        .outerjoin(Participation, known)
        .where(
            SourceRecord.resource_type.in_(COUNTS),
            SourceRecord.is_latest,
            SourceRecord.patient_ref.is_not(None),
            Participation.record_id.is_(None),
        )
        .order_by(SourceRecord.id)
    )
    if patient_ref is None:
        return owed.limit(RECORDS_A_STEP)
    return owed.where(SourceRecord.patient_ref == patient_ref)


def _rows(record: Row[str, str, dict[str, Any]], held: Held) -> Iterator[dict[str, Any]]:
    """One row an actor, of several spans the longest; one of nobody where there is none."""
    resource = wire.parse(record.raw)
    spans: dict[str, Part] = {}  # actor_ref -> from when to when
    for part in parts_of(resource) if isinstance(resource, Mapping) else ():
        for actor in _actors(part.actor, record.refers_to, held):
            known = spans.get(actor)
            spans[actor] = _joined(known, part) if known else part
    for actor, part in sorted((spans or {NOBODY: Part(NOBODY, None, None)}).items()):
        span = {"starts_at": part.starts_at, "ends_at": part.ends_at}
        yield {"record_id": record.id, "actor_ref": actor, **span}


def _actors(written: str, refers_to: Mapping[str, Any], held: Held) -> Iterator[str]:
    """Who it is here; of a PractitionerRole that is held the person too."""
    ref = local_ref(str(refers_to.get(written, written)))
    if ref is None or ref.startswith("Patient/"):
        return
    yield ref
    if person := person_in_role(held, ref):
        yield person


def person_in_role(held: Held, ref: str) -> str | None:
    """The Practitioner of a PractitionerRole that is held; None of anything else."""
    role = held.find(ref) if ref.startswith("PractitionerRole/") else None
    return local_ref(reference_of(role.get("practitioner")) or "") if role else None


def _joined(one: Part, other: Part) -> Part:
    starts = [one.starts_at, other.starts_at]
    ends = [one.ends_at, other.ends_at]
    return Part(
        one.actor,
        None if None in starts else min(s for s in starts if s),
        None if None in ends else max(e for e in ends if e),
    )


def _is_current(at: datetime, around: timedelta) -> ColumnElement[bool]:
    """A care team counts while it lasts; a visit also for some days before and after."""
    starts_at, ends_at = Participation.starts_at, Participation.ends_at
    is_visit = SourceRecord.resource_type.in_(MARGIN_TYPES)
    has_begun = or_(starts_at.is_(None), starts_at <= at, and_(is_visit, starts_at <= at + around))
    lasts = or_(ends_at.is_(None), ends_at >= at, and_(is_visit, ends_at >= at - around))
    return and_(has_begun, lasts)


def _part(element: object, starts_at: datetime | None, ends_at: datetime | None) -> Iterator[Part]:
    if reference := reference_of(element):
        yield Part(reference, starts_at, ends_at)


def _bounds(period: object) -> tuple[datetime | None, datetime | None]:
    """Of a Period, or of what has a start and an end of its own; a date ends with its day."""
    if not isinstance(period, Mapping):
        return None, None
    end = text_of(period.get("end"))
    ends_at = instant(end)
    length = {4: timedelta(days=366), 7: timedelta(days=31), 10: timedelta(days=1)}
    return instant(text_of(period.get("start"))), ends_at and ends_at + length.get(
        len(end), timedelta()
    )


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _dicts(value: object) -> Iterable[Mapping[str, Any]]:
    return [e for e in value if isinstance(e, Mapping)] if isinstance(value, list) else []
