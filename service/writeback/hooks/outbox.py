"""From the audit to messages: what was written down of a summary, or of glass that was broken, is
what a receiver is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from service.access.glass import BROKEN, BrokenGlass
from service.audit import AuditEvent
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus as S
from service.webhook import HookEvent, HookSettings
from service.writeback.hooks.models import HookCursor, HookMessage

ACTS_A_RUN = 1000
# An act of the audit -> what is told. In review it is ready only the first time: an amendment, a
# cosigner's objection and an undone act come there too.
ACTS: dict[str, HookEvent] = {
    f"summary.{S.IN_REVIEW}": "summary.ready",
    f"summary.{S.SIGNED}": "summary.signed",
    f"summary.{S.FILED}": "summary.filed",
    f"summary.{S.FILING_REFUSED}": "summary.refused",
    f"summary.{S.RETRACTED}": "summary.retracted",
    BROKEN: "glass.broken",
}


def make_messages(session: Session, hooks: Iterable[HookSettings]) -> int:
    """Have each receiver told of the acts since it was last asked; how many messages. A receiver
    that is new is told from now on."""
    return sum(_for_one(session, hook) for hook in hooks)


def _for_one(session: Session, hook: HookSettings) -> int:
    cursor = session.get(HookCursor, hook.name, with_for_update=True)
    if cursor is None:
        newest = session.scalar(select(func.max(AuditEvent.seq))) or 0
        session.add(HookCursor(name=hook.name, seq=newest))
        return 0
    query = select(AuditEvent).where(AuditEvent.seq > cursor.seq).order_by(AuditEvent.seq)
    acts = list(session.scalars(query.limit(ACTS_A_RUN)))
    wanted = [act for act in acts if _event(act) in hook.events]
    held = _held(session, {act.subject_id for act in wanted if act.subject_id})
    told = [act for act in wanted if act.subject_id in held]
    session.add_all(_message(hook, act) for act in told)
    cursor.seq = acts[-1].seq if acts else cursor.seq
    return len(told)


def _event(act: AuditEvent) -> HookEvent | None:
    if act.action == f"summary.{S.IN_REVIEW}" and act.detail.get("before") != S.DRAFTED:
        return None
    return ACTS.get(act.action)


def _held(session: Session, ids: set[str]) -> set[str]:
    """Those that were not erased meanwhile."""
    if not ids:
        return set()
    found = (select(each.id).where(each.id.in_(ids)) for each in (Summary, BrokenGlass))
    return set(session.scalars(union_all(*found)))


def _message(hook: HookSettings, act: AuditEvent) -> HookMessage:
    of = {"glass_id" if act.action == BROKEN else "summary_id": act.subject_id}
    return HookMessage(name=hook.name, seq=act.seq, event=_event(act), at=act.at, **of)


def body_of(message: HookMessage) -> dict[str, Any]:
    """What is sent: what happened to what, and when. No patient, no person, no text."""
    at: datetime = message.at
    kind, told_id = message.told_of
    return {
        "type": message.event,
        "timestamp": at.isoformat(timespec="milliseconds"),
        "data": {kind: told_id, "sequence": message.seq},
    }
