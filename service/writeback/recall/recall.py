"""One recall: all that it concerns marked at once, then withdrawn one by one, over restarts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import audit, queue
from service.database import Transactions, now
from service.errors import BadInput, NotFound
from service.queue import TaskName
from service.review import permissions
from service.sealing.owners import own_key
from service.summary import progress
from service.summary.lifecycle import OWED
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.recall.models import Recall, RecallItem, RecallState
from service.writeback.recall.touched import Criteria, Touched, documents_of, is_touched, touched

ITEMS_A_RUN = 500  # the next sweep goes on
AMENDING = "An amendment is open: sign it, so that it is filed and withdrawn, or retract it."
AT_WORK = "The system is at it; it is looked at again."
ENDS = {
    S.RETRACTED: RecallState.RETRACTED,
    S.REJECTED: RecallState.OVER,
    S.SUPERSEDED: RecallState.OVER,
}


@dataclass(frozen=True)
class Recalled:
    """One summary of it. `documents` are what the EHR still holds of it as standing; `said` what
    it waits for, or why the EHR would not."""

    summary_id: str
    state: RecallState
    status: S
    documents: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Report:
    """How far a recall is: counts by state, and each summary."""

    recall: Recall
    counts: dict[str, int]
    summaries: tuple[Recalled, ...]

    def told(self) -> dict[str, Any]:
        """As every door tells it."""
        summaries = [asdict(each) for each in self.summaries]
        return self.recall.told() | {"counts": self.counts, "summaries": summaries}


def start_recall(session: Session, criteria: Criteria, reason: str, *, by: Person) -> Recall:
    """Mark every summary that fits now, and owe their withdrawal. Raises NotPermitted, BadInput,
    NotFound where nothing fits."""
    permissions.check_may(by, permissions.Ability.RECALL)
    if not reason.strip():
        raise BadInput("Say why it is recalled: the reason stands on every summary.")
    found = touched(session, criteria)
    if not found:
        raise NotFound("No summary fits: nothing was recalled.")
    recall = Recall(criteria=criteria.to_json(), reason=" ".join(reason.split()), asked_by=by.id)
    session.add(recall)
    session.flush()
    session.add_all(RecallItem(recall_id=recall.id, summary_id=t.summary_id) for t in found)
    audit.record(
        session,
        "recall.started",
        actor=by.id,
        subject_id=recall.id,
        criteria=recall.criteria,
        reason_hash=audit.keyed_hash(session, own_key("recalls", recall.id), recall.reason),
        summaries=[each.summary_id for each in found],
    )
    queue.after_commit(session, TaskName.STEP_RECALLS)
    return recall


def list_touched(session: Session, criteria: Criteria, *, by: Person) -> list[Touched]:
    """What a recall would concern; nothing is changed. Raises NotPermitted, BadInput."""
    permissions.check_may(by, permissions.Ability.RECALL)
    return touched(session, criteria)


def list_recalls(session: Session, *, by: Person) -> Sequence[Recall]:
    """Newest first. Raises NotPermitted."""
    permissions.check_may(by, permissions.Ability.RECALL)
    return session.scalars(select(Recall).order_by(Recall.asked_at.desc(), Recall.id.desc())).all()


def report_on(session: Session, recall_id: str, *, by: Person) -> Report:
    """Raises NotPermitted, NotFound."""
    permissions.check_may(by, permissions.Ability.RECALL)
    recall = session.get(Recall, recall_id)
    if recall is None:
        raise NotFound("There is no recall of this id; see the list of recalls.")
    query = (
        select(RecallItem, Summary.status)
        .join(Summary, Summary.id == RecallItem.summary_id)
        .where(RecallItem.recall_id == recall_id)
        .order_by(RecallItem.state, RecallItem.summary_id)
    )
    found = tuple(
        Recalled(
            item.summary_id,
            item.state,
            status,
            documents_of(session, item.summary_id),
            item.said,
        )
        for item, status in session.execute(query)
    )
    return Report(recall, dict(Counter(str(each.state) for each in found)), found)


def step_recalls(transaction: Transactions) -> None:
    """Bring every open recall as far as it can be now: each summary in a transaction of its own.
    Safe to run twice, and side by side."""
    with transaction() as session:
        query = select(RecallItem.recall_id, RecallItem.summary_id)
        waiting = query.where(RecallItem.state == RecallState.WAITING)
        # In no order: those that wait for a person hold up none of the others.
        some = waiting.order_by(func.random()).limit(ITEMS_A_RUN)
        keys = [tuple(row) for row in session.execute(some)]
    for recall_id, summary_id in keys:
        with transaction() as session:
            _step(session, recall_id, summary_id)
    with transaction() as session:
        _end_done(session)


def _step(session: Session, recall_id: str, summary_id: str) -> None:
    """Locks the summary as every act on it does; one that is held is left to the next run."""
    query = select(Summary).where(Summary.id == summary_id).with_for_update(skip_locked=True)
    summary = session.scalars(query).first()
    item = session.get(RecallItem, (recall_id, summary_id))
    if summary is None or item is None or item.state is not RecallState.WAITING:
        return
    recall = session.get_one(Recall, recall_id)
    _withdraw(session, recall, item, summary)
    if item.state is not RecallState.WAITING:
        item.ended_at = now()


def _withdraw(session: Session, recall: Recall, item: RecallItem, summary: Summary) -> None:
    """What can be done at the status where it stands now."""
    if end := ENDS.get(summary.status):
        item.state, item.said = end, ""
    elif summary.status in OWED:
        item.said = AT_WORK
    elif not is_touched(session, Criteria.from_json(recall.criteria), summary.id):
        item.state, item.said = RecallState.CLEAR, ""
    elif summary.status is S.FILED and item.asked_at:
        item.state, item.said = RecallState.REFUSED, summary.status_reason
    elif summary.status is S.FILED:
        item.asked_at, item.said = now(), AT_WORK
        _move(session, recall, summary, S.RETRACTING)
    elif documents_of(session, summary.id):
        item.said = AMENDING
        summary.status_reason = f"Recalled: {recall.reason} {AMENDING}"
    else:
        if summary.status is S.FILING_REFUSED:
            _move(session, recall, summary, S.IN_REVIEW)
        _move(session, recall, summary, S.REJECTED)
        item.state, item.said = RecallState.REJECTED, ""


def _move(session: Session, recall: Recall, summary: Summary, status: S) -> None:
    reason = f"Recalled: {recall.reason}"
    progress.advance(session, summary, status, actor=recall.asked_by, reason=reason)


def _end_done(session: Session) -> None:
    """A recall of which nothing waits is over, and says so in the audit."""
    waits = select(RecallItem.recall_id).where(RecallItem.state == RecallState.WAITING)
    query = select(Recall).where(Recall.ended_at.is_(None), Recall.id.not_in(waits))
    for recall in session.scalars(query.with_for_update(skip_locked=True)):
        recall.ended_at = now()
        states = select(RecallItem.state).where(RecallItem.recall_id == recall.id)
        counts = dict(Counter(map(str, session.scalars(states))))
        audit.record(
            session, "recall.ended", actor=recall.asked_by, subject_id=recall.id, counts=counts
        )
