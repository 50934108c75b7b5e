"""Opening a chart without a relation, and the security officer's report: who did, why, and what
followed."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service import audit
from service.access import glass
from service.access.glass import BROKEN, ENDED, OTHER, Broken, take_glass_back
from service.access.relations import NOT_FOUND
from service.audit import AuditEvent
from service.database import now
from service.review import permissions
from service.review.cells import safe_cell
from service.review.hold import optional
from service.review.paging import MAX_PAGE
from service.review.reasons import telling
from service.summary.people import Person

TOLD = (BROKEN, NOT_FOUND)
COLUMNS = (
    "glass_id",
    "at",
    "person_id",
    "role",
    "patient_ref",
    "way",
    "why",
    "until",
    "ended_at",
    "acts",
)
RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Opened:
    """One opening of a stranger's chart. `way` is "glass" or, where the site only tells,
    "no relation"; `why` the key of the reason, `words` what was typed; `acts` how many acts of the
    person on the patient the audit has until it ended, None where it has no end."""

    seq: int
    glass_id: str
    at: datetime
    person_id: str
    role: str
    patient_ref: str
    way: str
    why: str
    words: str
    until: datetime | None
    ended_at: datetime | None
    acts: int | None

    @property
    def is_open(self) -> bool:
        return self.until is not None and self.ended_at is None and self.until > now()


def break_glass(
    session: Session, patient_ref: str, reason: str, words: str, *, by: Person, lasts: timedelta
) -> Broken:
    """As access.glass has it; another reason than those to choose from is told in words. Raises
    NotPermitted, BadInput."""
    permissions.check_may(by, permissions.Ability.BREAK_GLASS)
    typed = telling(words) if reason == OTHER else optional(words)
    return glass.break_glass(session, patient_ref, reason, typed, by=by, lasts=lasts)


def take_back(session: Session, glass_id: str, *, by: Person) -> None:
    """Shut a chart to whoever broke its glass. Raises NotPermitted, NotFound."""
    permissions.check_may(by, permissions.Ability.READ_GLASS)
    take_glass_back(session, glass_id, by=by)


def count_recent(session: Session, person: Person) -> int:
    """How often it happened in the last seven days. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.READ_GLASS)
    recent = select(func.count()).where(AuditEvent.action.in_(TOLD), AuditEvent.at > now() - RECENT)
    return session.scalar(recent) or 0


def strangers(
    session: Session,
    person: Person,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    before: int | None = None,
) -> tuple[tuple[Opened, ...], int | None]:
    """One page, latest first, and the seq that the next begins before. The reading is an act too.
    Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.READ_GLASS)
    limit = max(1, min(limit, MAX_PAGE))
    query = _told(since, until).order_by(AuditEvent.seq.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    acts = list(session.scalars(query))
    audit.record(session, "glass.reported", actor=person.id, shown=len(acts[:limit]))
    rows = _opened(session, acts[:limit])
    return rows, rows[-1].seq if len(acts) > limit else None


def strangers_csv(
    session: Session, person: Person, *, since: datetime | None, until: datetime | None
) -> str:
    """The same as lines, without what was typed: that goes with the patient, a file does not.
    Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.READ_GLASS)
    acts = list(session.scalars(_told(since, until).order_by(AuditEvent.seq)))
    audit.record(session, "glass.reported", actor=person.id, exported=len(acts))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in _opened(session, acts):
        writer.writerow({name: safe_cell(getattr(row, name)) for name in COLUMNS})
    return out.getvalue()


def _told(since: datetime | None, until: datetime | None) -> Select[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action.in_(TOLD))
    query = query.where(AuditEvent.at >= since) if since else query
    return query.where(AuditEvent.at < until) if until else query


def _opened(session: Session, acts: Sequence[AuditEvent]) -> tuple[Opened, ...]:
    typed = audit.typed_reasons(session, acts)
    ended = _ended(session, [act.subject_id for act in acts if act.subject_id])
    return tuple(_rows(session, acts, typed, ended))


def _rows(
    session: Session,
    acts: Sequence[AuditEvent],
    typed: dict[int, str],
    ended: dict[str, datetime],
) -> Iterator[Opened]:
    for act in acts:
        until = datetime.fromisoformat(act.detail["until"]) if "until" in act.detail else None
        ended_at = ended.get(act.subject_id or "")
        yield Opened(
            act.seq,
            act.subject_id or "",
            act.at,
            act.actor,
            str(act.detail.get("role", "")),
            act.patient_ref or "",
            "glass" if act.action == BROKEN else "no relation",
            str(act.detail.get("why", "")),
            typed.get(act.seq, ""),
            until,
            ended_at,
            _count(session, act, ended_at or until) if until else None,
        )


def _ended(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    """Id of a broken glass -> when it was ended by hand."""
    query = select(AuditEvent.subject_id, AuditEvent.at).where(
        AuditEvent.action == ENDED, AuditEvent.subject_id.in_(ids)
    )
    return {row.subject_id or "": row.at for row in session.execute(query)}


def _count(session: Session, act: AuditEvent, until: datetime | None) -> int:
    query = select(func.count()).where(
        AuditEvent.actor == act.actor,
        AuditEvent.patient_ref == act.patient_ref,
        AuditEvent.at >= act.at,
        AuditEvent.at <= (until or now()),
        AuditEvent.action.not_in((BROKEN, ENDED)),
    )
    return session.scalar(query) or 0
