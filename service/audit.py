"""The append-only record of who did what, each row carrying the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from service.database import Base, now

GENESIS = "0" * 64
CHAIN_LOCK = 0x436F756E  # one writer at a time, taken only for the length of a commit


class AuditEvent(Base):
    """One act. `action` is `noun.past`; `detail` holds ids, counts and reasons, no chart text."""

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str]
    actor: Mapped[str]
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    subject_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


@dataclass(frozen=True)
class BrokenLink:
    """The first row at which the chain no longer holds, and why."""

    seq: int
    reason: str


def record(
    session: Session,
    action: str,
    *,
    actor: str,
    patient_ref: str | None = None,
    subject_id: str | None = None,
    **detail: Any,
) -> None:
    """Note an act; the row is written in this transaction, when it commits.

    Written at commit so that the lock on the chain is held for milliseconds, not for the
    length of a task. If the row cannot be written the commit fails, and the act with it.
    """
    act = AuditEvent(
        at=now(),
        action=action,
        actor=actor,
        patient_ref=patient_ref,
        subject_id=subject_id,
        detail=detail,
    )
    session.info.setdefault("acts", []).append(act)


def keep_chain(sessions: sessionmaker[Session]) -> None:
    """Make every commit of these sessions append its acts to the chain."""

    @event.listens_for(sessions, "before_commit")
    def append(session: Session) -> None:
        if session.in_nested_transaction():  # SQLAlchemy says "commit" for savepoints too
            return
        if acts := session.info.pop("acts", []):
            _append(session, acts)

    @event.listens_for(sessions, "after_soft_rollback")
    def forget(session: Session, previous: Any) -> None:
        if previous.parent is None:
            session.info.pop("acts", None)


def _append(session: Session, acts: list[AuditEvent]) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    seq, previous = length_and_head(session)
    for act in acts:
        seq += 1
        act.seq, act.previous_hash = seq, previous
        act.hash = previous = link_hash(act)
        session.add(act)


def link_hash(act: AuditEvent) -> str:
    """SHA-256 over the previous hash and every field of the row, in canonical JSON."""
    fields = [
        act.seq,
        act.at.astimezone(UTC).isoformat(),
        act.action,
        act.actor,
        act.patient_ref,
        act.subject_id,
        act.detail,
        act.previous_hash,
    ]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def broken_link(acts: Iterable[AuditEvent]) -> BrokenLink | None:
    """Walk acts in order; the first gap, altered row or cut chain, or None when it holds."""
    previous = GENESIS
    for seq, act in enumerate(acts, start=1):
        if act.seq != seq:
            return BrokenLink(seq, f"row {seq} is missing")
        if act.previous_hash != previous:
            return BrokenLink(seq, "it does not carry the hash of the row before")
        if link_hash(act) != act.hash:
            return BrokenLink(seq, "its content does not match its hash")
        previous = act.hash
    return None


def chain(session: Session) -> Iterator[AuditEvent]:
    """Every act in order, streamed."""
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    yield from session.scalars(query)


def length_and_head(session: Session) -> tuple[int, str]:
    """How many rows there are and the newest hash: kept elsewhere, it shows a cut-off end."""
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, GENESIS)
