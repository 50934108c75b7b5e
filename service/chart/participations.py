"""Who takes part in whose care, kept beside the records that say so: a list of patients opens none
of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.chart.models import Chart, SourceRecord
from service.chart.parts import COUNTS, MARGIN_TYPES, Part, parts_of
from service.database import Base, now
from service.fhir import wire
from service.fhir.references import local_ref
from service.summary.vocabulary import Standing

RECORDS_A_STEP = 500
ROLE = "PractitionerRole"
NOBODY = ""  # the row of a record in which nobody takes part: it was looked at


class Participation(Base):
    """That `actor_ref` (somebody, or a place, organization or team) takes part in what a record
    tells, from `starts_at` until `ends_at`, None where it has no end yet; `number` tells the rows
    of one record apart. Of a PractitionerRole it is the person who has it."""

    __tablename__ = "participations"

    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor_ref: Mapped[str] = mapped_column(index=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]


def look_for_participations(
    session: Session, patient_ref: str | None = None, *, zone: tzinfo
) -> int:
    """Look through records that were not looked at yet, of one patient or some of everybody's, and
    through roles; how many. For a transaction of its own, again and again until 0."""
    found = session.execute(_owed(patient_ref)).all()
    rows = [row for record in found for row in _rows(record, zone)]
    if rows:  # another may look through the same chart at this moment, and finds the same
        session.execute(insert(Participation).on_conflict_do_nothing(), rows)
    return len(found)


def patients_of(
    actors: Iterable[str],
    *,
    around: timedelta,
    at: datetime | None = None,
    read_since: datetime | None = None,
) -> Select[str | None]:
    """The patients in whose care any of these takes part now. A visit counts `around` its time.
    What goes on counts where the chart was read since `read_since`."""
    query = select(SourceRecord.patient_ref).join(Participation, _is_of_record())
    query = query.where(
        SourceRecord.patient_ref.is_not(None),
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.EVIDENCE,
        Participation.actor_ref.in_(sorted(set(actors))),
        _is_current(at or now(), around),
    )
    if read_since is None:
        return query
    of_chart = Chart.patient_ref == SourceRecord.patient_ref
    return query.outerjoin(Chart, of_chart).where(_still_holds(read_since))


def names_of(session: Session, refs: Iterable[str]) -> frozenset[str]:
    """These, the people of those that are roles, and the roles that these people have now. A role
    may come later than what names it, and change."""
    people = frozenset(refs)
    if roles := [ref for ref in people if ref.startswith(f"{ROLE}/")]:
        of_roles = _roles(Participation.actor_ref).where(SourceRecord.resource_ref.in_(roles))
        people |= frozenset(session.scalars(of_roles)) - {NOBODY}
    held = _roles(SourceRecord.resource_ref).where(Participation.actor_ref.in_(people))
    return people | frozenset(session.scalars(held))


def _roles(column: Any) -> Select[str]:
    """The column, of the roles that count now."""
    query = select(column).select_from(SourceRecord).join(Participation, _is_of_record())
    return query.where(
        SourceRecord.resource_type == ROLE,
        SourceRecord.is_latest,
        _is_current(now(), timedelta()),
    )


def _owed(patient_ref: str | None) -> Select[str, str, dict[str, Any]]:
    owner = SourceRecord.patient_ref
    in_charts = owner.is_not(None) if patient_ref is None else owner == patient_ref
    owed = (
        select(SourceRecord.id, SourceRecord.raw, SourceRecord.refers_to)
        .outerjoin(Participation, _is_of_record())
        .where(
            SourceRecord.resource_type.in_(COUNTS),
            SourceRecord.is_latest,
            or_(in_charts, and_(owner.is_(None), SourceRecord.resource_type == ROLE)),
            Participation.record_id.is_(None),
        )
        .order_by(SourceRecord.id)
    )
    return owed.limit(RECORDS_A_STEP) if patient_ref is None else owed


def _is_of_record() -> ColumnElement[bool]:
    return Participation.record_id == SourceRecord.id


def _rows(record: Row[str, str, dict[str, Any]], zone: tzinfo) -> Iterator[dict[str, Any]]:
    """One row a span of an actor; one of nobody where there is none."""
    resource = wire.parse(record.raw)
    parts = parts_of(resource, zone) if isinstance(resource, Mapping) else ()
    known = dict.fromkeys(each for part in parts for each in _here(part, record.refers_to))
    for number, part in enumerate(known or [Part(NOBODY, None, None)]):
        span = {"starts_at": part.starts_at, "ends_at": part.ends_at}
        yield {"record_id": record.id, "number": number, "actor_ref": part.actor, **span}


def _here(part: Part, refers_to: Mapping[str, Any]) -> Iterator[Part]:
    """With the actor as it is called here; a patient is not somebody who treats."""
    ref = local_ref(str(refers_to.get(part.actor, part.actor)))
    if ref is not None and not ref.startswith("Patient/"):
        yield part._replace(actor=ref)


def _is_current(at: datetime, around: timedelta) -> ColumnElement[bool]:
    """Part.is_current with the margin of its record, as a condition."""
    starts_at, ends_at = Participation.starts_at, Participation.ends_at
    is_visit = SourceRecord.resource_type.in_(MARGIN_TYPES)
    has_begun = or_(starts_at.is_(None), starts_at <= at, and_(is_visit, starts_at <= at + around))
    lasts = or_(ends_at.is_(None), ends_at >= at, and_(is_visit, ends_at >= at - around))
    return and_(has_begun, lasts)


def _still_holds(read_since: datetime) -> ColumnElement[bool]:
    """What was over when the chart was read stays so; what was to go on may have been ended."""
    read_at = func.greatest(Chart.pulled_at, Chart.answered_at, SourceRecord.received_at)
    return or_(read_at >= read_since, Participation.ends_at <= read_at)
