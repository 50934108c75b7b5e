"""What happened, as the audit has it: to one summary, or on the whole for hospital IT."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from service import audit
from service.access import rulings
from service.access.glass import BROKEN
from service.access.wording import TREATING
from service.audit import AuditEvent
from service.review import permissions
from service.review.paging import MAX_PAGE
from service.review.viewing import VIEWED
from service.summary.attestations import ATTESTED
from service.summary.models import SummaryVersion
from service.summary.people import SYSTEM, Person
from service.summary.vocabulary import SummaryStatus
from service.verification.custody import EXAMINED

CHANGES = tuple(f"summary.{status}" for status in SummaryStatus)


@dataclass(frozen=True)
class HistoryRow:
    """One act: when, what (`noun.past`), who, and its particulars (ids, counts, reasons)."""

    seq: int
    at: datetime
    action: str
    actor: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AuditRow(HistoryRow):
    """A row of the whole chain, with whom and what it concerns, and its link."""

    patient_ref: str | None
    subject_id: str | None
    hash: str


@dataclass(frozen=True)
class WantedActs:
    """Which acts: None means any. `patient_ref` also finds lists in which that patient stood;
    `since` and `until` are instants, the second not included."""

    patient_ref: str | None = None
    subject_id: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ANY_ACT = WantedActs()


def history_of(session: Session, subject_id: str) -> tuple[HistoryRow, ...]:
    """Every act on this summary, oldest first; who only looked is left to the audit."""
    query = _of(subject_id).where(AuditEvent.action.not_in((VIEWED, ATTESTED, EXAMINED)))
    return _rows(session, query)


def told_to(person: Person, history: Iterable[HistoryRow]) -> tuple[HistoryRow, ...]:
    """The same for this person: what people typed may speak of the patient, or of records that are
    not open to everybody, and is for who treats them."""
    if person.role in TREATING:
        return tuple(history)
    return tuple(row if row.actor == SYSTEM else _without_reason(row) for row in history)


def _without_reason(row: HistoryRow) -> HistoryRow:
    return replace(row, detail={k: v for k, v in row.detail.items() if k != "reason"})


def changes_of(session: Session, subject_id: str, *, after: int = 0) -> tuple[HistoryRow, ...]:
    """The changes of status past row `after` of the audit, oldest first."""
    query = _of(subject_id).where(AuditEvent.action.in_(CHANGES), AuditEvent.seq > after)
    return _rows(session, query)


def last_filed(history: Iterable[HistoryRow]) -> int:
    """The row of the audit that tells of the last filing; 0 where no text of this summary ever
    reached the EHR. Only a retraction, which ends the summary, takes it out again."""
    filed = (row.seq for row in history if row.action == f"summary.{SummaryStatus.FILED}")
    return max(filed, default=0)


def version_texts(session: Session, summary_id: str) -> dict[int, str]:
    """Number -> the words of each version."""
    version = SummaryVersion
    query = select(version.number, version.text).where(version.summary_id == summary_id)
    return dict(session.execute(query).all())


def audit_page(
    session: Session,
    person: Person,
    *,
    wanted: WantedActs = ANY_ACT,
    limit: int = 50,
    before: int | None = None,
) -> tuple[tuple[AuditRow, ...], int | None]:
    """One page, latest first, and the seq that the next begins before; who reads the audit stands
    in it. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.READ_AUDIT)
    limit = max(1, min(limit, MAX_PAGE))
    query = _narrowed(_open_to(person), wanted).order_by(AuditEvent.seq.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    found = list(session.scalars(query))
    _note_read(session, person, wanted)
    rows = tuple(_audit_row(act) for act in found[:limit])
    return rows, rows[-1].seq if len(found) > limit else None


def _note_read(session: Session, person: Person, wanted: WantedActs) -> None:
    """What was asked for stands under names of its own: a row has an actor and an action too."""
    asked = {f"asked_{name}": str(value) for name, value in vars(wanted).items() if value}
    patient_ref = asked.pop("asked_patient_ref", None)
    audit.record(session, "audit.read", actor=person.id, patient_ref=patient_ref, **asked)


def _open_to(person: Person) -> Select[AuditEvent]:
    """Who does not decide about notes that are withheld by their look learns from no row of whom
    there are some."""
    query = select(AuditEvent)
    if permissions.may(person, permissions.Ability.RULE_NOTES):
        return query
    return query.where(~rulings.rows_of_notes())


def _narrowed(query: Select[AuditEvent], wanted: WantedActs) -> Select[AuditEvent]:
    for name in ("subject_id", "actor", "action"):
        if value := getattr(wanted, name):
            query = query.where(getattr(AuditEvent, name) == value)
    if ref := wanted.patient_ref:
        listed = AuditEvent.detail.contains({"patients": [ref]})
        query = query.where(or_(AuditEvent.patient_ref == ref, listed))
    if wanted.since:
        query = query.where(AuditEvent.at >= wanted.since)
    return query.where(AuditEvent.at < wanted.until) if wanted.until else query


def _of(subject_id: str) -> Select[AuditEvent]:
    return select(AuditEvent).where(AuditEvent.subject_id == subject_id).order_by(AuditEvent.seq)


def _rows(session: Session, query: Select[AuditEvent]) -> tuple[HistoryRow, ...]:
    acts = session.scalars(query).all()
    typed = audit.typed_reasons(session, acts)
    return tuple(_row(act, typed.get(act.seq, "")) for act in acts)


def _row(act: AuditEvent, typed: str) -> HistoryRow:
    detail = act.detail | {"reason": typed} if typed else act.detail
    return HistoryRow(act.seq, act.at, act.action, act.actor, detail)


def _audit_row(act: AuditEvent) -> AuditRow:
    """People's reasons may speak of the patient: readers of the audit see that one was given."""
    detail = dict(act.detail)
    if (detail.get("reason") or "reason_id" in detail) and act.actor != SYSTEM:
        where = "the report of broken glass" if act.action == BROKEN else "the summary's history"
        detail["reason"] = f"(given; it stands in {where})"
    return AuditRow(
        act.seq, act.at, act.action, act.actor, detail, act.patient_ref, act.subject_id, act.hash
    )
