"""What is asked for during a transaction, and the bell that rings after its commit."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

log = structlog.get_logger(__name__)

Bell = Callable[["TaskName", dict[str, str]], None]


class TaskName(StrEnum):
    """Every task that workers know, under the verb it carries out."""

    INGEST_UPLOAD = "chart.ingest"
    FOLLOW_ARRIVAL = "chart.follow"
    PULL_CHART = "chart.pull"
    INDEX_CHART = "chart.index"
    DRAFT_SUMMARY = "summary.draft"
    VERIFY_SUMMARY = "summary.verify"
    FILE_SUMMARY = "summary.file"
    RECONCILE_FILING = "summary.reconcile"
    RETRACT_SUMMARY = "summary.retract"
    SWEEP_OWED = "sweep.owed"
    SYNC_INDEX = "sweep.index"
    CLOSE_INDEX = "sweep.closed"
    READ_RECORDS = "sweep.read"
    STEP_RECALLS = "sweep.recalls"
    SEND_HOOKS = "sweep.hooks"
    KEEP_ARRIVALS = "sweep.arrivals"
    ANCHOR_AUDIT = "sweep.anchor"
    PREPARE_VISITS = "visits.prepare"


def after_commit(session: Session, task: TaskName, **ids: str) -> None:
    """Ask for `task` once this transaction is committed. Ids only: never text."""
    session.info.setdefault("owed", []).append((task, ids))


def hang_bell(sessions: sessionmaker[Session], bell: Bell) -> None:
    """Ring `bell` for what each committed transaction asked for; a rollback forgets it. Once its
    connection is given back: a bell may ask the database too, and who holds one connection while
    waiting for another may wait for ever."""

    @event.listens_for(sessions, "after_commit")
    def keep(session: Session) -> None:
        if not session.in_nested_transaction():  # a released savepoint is not yet a commit
            session.info["committed"] = session.info.pop("owed", [])

    @event.listens_for(sessions, "after_transaction_end")
    def ring(session: Session, ended: SessionTransaction) -> None:
        if ended.parent is None:
            for task, ids in session.info.pop("committed", []):
                _ring_or_leave_to_sweep(bell, task, ids)

    @event.listens_for(sessions, "after_soft_rollback")
    def forget(session: Session, previous: SessionTransaction) -> None:
        # A rolled-back savepoint keeps what the outer transaction asked for.
        if previous.parent is None:
            session.info.pop("owed", None)


def _ring_or_leave_to_sweep(bell: Bell, task: TaskName, ids: dict[str, Any]) -> None:
    try:
        bell(task, ids)
    except Exception as error:  # the work is owed in the database; the sweep rings again
        log.warning("bell.silent", task=task, error=type(error).__name__)
