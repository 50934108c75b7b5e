"""What has become of a chart since a summary was drafted from it: record by record, as held now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from service.chart.lost import DELETED
from service.chart.models import SnapshotRecord, SourceRecord
from service.review.sources import decisions_to_show
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import Standing


class ChangeKind(StrEnum):
    """What happened to a record since the draft."""

    NEW = "new"
    CHANGED = "changed"
    REPLACED = "replaced"  # by another document
    DELETED = "deleted"
    IN_ERROR = "entered-in-error"
    WITHDRAWN = "withdrawn"  # no evidence any more, for another reason
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class RecordChange:
    """`before` is the version that the draft was made from, `after` the one that is held now.

    `cited_by` are the indexes of the statements that rest on `before`.
    """

    kind: ChangeKind
    before: SourceRecord | None
    after: SourceRecord
    cited_by: tuple[int, ...] = ()


def record_changes(session: Session, summary: Summary, person: Person) -> list[RecordChange]:
    """Every change of the summary's snapshot, those that are cited first.

    A version that reads as the one before it is no change.
    """
    cited = _cited(summary)
    pairs = [*_moved_on(session, summary, cited), *_added(session, summary)]
    decided = decisions_to_show(session, summary.patient_ref, [new for _, new in pairs], person)
    found = []
    for old, new in pairs:
        kind = _kind(old, new, allowed=decided[new.id].allowed)
        if kind is not None:
            found.append(RecordChange(kind, old, new, cited.get(old.id, ()) if old else ()))
    return sorted(found, key=lambda change: not change.cited_by)


def added_refs(session: Session, summary: Summary) -> set[str]:
    """What the chart holds that the snapshot had in no version, as "Type/id"."""
    return {new.resource_ref for _, new in _added(session, summary)}


def _cited(summary: Summary) -> dict[str, tuple[int, ...]]:
    """Record id -> the statements of the current text that cite it."""
    found: dict[str, list[int]] = defaultdict(list)
    for placed in summary.current.content.placed() if summary.current else ():
        for record_id in {c.record_id for c in placed.statement.citations}:
            found[record_id].append(placed.index)
    return {record_id: tuple(indexes) for record_id, indexes in found.items()}


def _moved_on(
    session: Session, summary: Summary, cited: Iterable[str]
) -> list[tuple[SourceRecord | None, SourceRecord]]:
    """Snapshot versions that do not stand any more, and all that are cited (a label may have
    come by another way), each with the newest held."""
    old = session.scalars(
        select(SourceRecord)
        .join(SnapshotRecord, SnapshotRecord.record_id == SourceRecord.id)
        .where(
            SnapshotRecord.summary_id == summary.id,
            or_(
                SourceRecord.is_latest.is_(False),
                SourceRecord.standing != Standing.EVIDENCE,
                SourceRecord.id.in_(list(cited)),
            ),
        )
    ).all()
    newest = _newest(session, summary.patient_ref, [r.resource_ref for r in old if not r.is_latest])
    return [(each, newest.get(each.resource_ref, each)) for each in old]


def _newest(session: Session, patient_ref: str, refs: Sequence[str]) -> dict[str, SourceRecord]:
    query = select(SourceRecord).where(
        SourceRecord.resource_ref.in_(refs),
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
    )
    return {r.resource_ref: r for r in session.scalars(query)} if refs else {}


def _added(session: Session, summary: Summary) -> list[tuple[None, SourceRecord]]:
    """What stands as evidence now and was in no version in the snapshot. What was withheld from
    the draft is not in it either: the decision, taken next, leaves that out."""
    if not session.scalar(select(exists().where(SnapshotRecord.summary_id == summary.id))):
        return []
    held = aliased(SourceRecord)
    in_snapshot = (
        select(held.id)
        .join(SnapshotRecord, SnapshotRecord.record_id == held.id)
        .where(
            SnapshotRecord.summary_id == summary.id, held.resource_ref == SourceRecord.resource_ref
        )
    )
    new = select(SourceRecord).where(
        SourceRecord.patient_ref == summary.patient_ref,
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.EVIDENCE,
        ~in_snapshot.exists(),
    )
    return [(None, each) for each in session.scalars(new.order_by(SourceRecord.resource_ref))]


def _kind(old: SourceRecord | None, new: SourceRecord, *, allowed: bool) -> ChangeKind | None:
    if old is None:
        return ChangeKind.NEW if allowed else None
    if not allowed:
        return ChangeKind.RESTRICTED
    if new.standing is Standing.EVIDENCE:
        return ChangeKind.CHANGED if says(old) != says(new) else None
    if new.standing is Standing.REPLACED:
        return ChangeKind.REPLACED
    reasons = {DELETED: ChangeKind.DELETED, "entered in error": ChangeKind.IN_ERROR}
    return reasons.get(new.standing_reason, ChangeKind.WITHDRAWN)


def says(record: SourceRecord) -> tuple[str, ...]:
    """All of a record that a reader would see; its version and stamps are not of it."""
    return record.text, record.status, record.effective, record.author
