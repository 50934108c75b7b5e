"""What has become of a chart since a summary was drafted from it: record by record, as held now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.chart.lost import DELETED
from service.chart.models import SnapshotRecord, SourceRecord
from service.review.sources import Looked, decisions_to_show, look_up
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


def record_changes(
    session: Session, summary: Summary, person: Person, *, looked: Looked | None = None
) -> list[RecordChange]:
    """Every change of the summary's snapshot, those that are cited first.

    A version that reads as the one before it is no change. `looked` has what the text cites,
    where somebody has looked it up already.
    """
    cited = _cited(summary)
    looked = looked or look_up(session, summary.patient_ref, person, ids=cited.keys())
    apart = _apart(session, summary)
    pairs = [*_moved_on(session, summary, apart), *_added(apart)]
    decided = {}
    if pairs:
        decided = decisions_to_show(session, summary.patient_ref, [new for _, new in pairs], person)
    found = list(_withdrawn(cited, looked, apart))
    for old, new in pairs:
        kind = _kind(old, new, allowed=decided[new.id].allowed)
        if kind is not None:
            found.append(RecordChange(kind, old, new, cited.get(old.id, ()) if old else ()))
    return sorted(found, key=lambda change: not change.cited_by)


def added_refs(session: Session, summary: Summary) -> set[str]:
    """What the chart holds that the snapshot had in no version, as "Type/id"."""
    return {new.resource_ref for _, new in _added(_apart(session, summary))}


def _withdrawn(
    cited: Mapping[str, tuple[int, ...]], looked: Looked, apart: "_Apart"
) -> Iterable[RecordChange]:
    """What is cited, stands as it did, and is restricted now: by a label of another record."""
    moved = {each.id for each in apart.pinned}
    for id_ in looked.restricted & cited.keys() - moved:
        record = looked.records[id_]
        yield RecordChange(ChangeKind.RESTRICTED, record, record, cited[id_])


def _cited(summary: Summary) -> dict[str, tuple[int, ...]]:
    """Record id -> the statements of the current text that cite it."""
    found: dict[str, list[int]] = defaultdict(list)
    for placed in summary.current.content.placed() if summary.current else ():
        for record_id in {c.record_id for c in placed.statement.citations}:
            found[record_id].append(placed.index)
    return {record_id: tuple(indexes) for record_id, indexes in found.items()}


@dataclass(frozen=True)
class _Apart:
    """Where a snapshot and a chart part: versions of the snapshot that are not the evidence of
    today, and evidence that is not in the snapshot."""

    pinned: list[SourceRecord]
    others: list[SourceRecord]


def _apart(session: Session, summary: Summary) -> _Apart:
    """The ids first: of a chart of 5,000 records that stands as it did, no row is read."""
    ids = list(session.scalars(_differing(summary)))
    is_pinned = and_(
        SnapshotRecord.record_id == SourceRecord.id, SnapshotRecord.summary_id == summary.id
    )
    query = (
        select(SourceRecord, SnapshotRecord.record_id.is_not(None))
        .outerjoin(SnapshotRecord, is_pinned)
        .where(SourceRecord.id.in_(ids))
        .order_by(SourceRecord.resource_ref)
    )
    rows = list(session.execute(query)) if ids else []
    return _Apart([r for r, pinned in rows if pinned], [r for r, pinned in rows if not pinned])


def _differing(summary: Summary) -> Select[str]:
    """Ids that only one of the snapshot and the evidence of today has. A summary of before there
    were snapshots is compared with nothing."""
    of_it = SnapshotRecord.summary_id == summary.id
    evidence = select(SourceRecord.id).where(
        SourceRecord.patient_ref == summary.patient_ref,
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.EVIDENCE,
        exists().where(of_it),
    )
    now, then = evidence.subquery(), select(SnapshotRecord.record_id).where(of_it).subquery()
    id_, pinned = now.c.id, then.c.record_id
    return (
        select(func.coalesce(id_, pinned))
        .select_from(now.join(then, id_ == pinned, full=True))
        .where(or_(id_.is_(None), pinned.is_(None)))
    )


def _moved_on(
    session: Session, summary: Summary, apart: _Apart
) -> list[tuple[SourceRecord | None, SourceRecord]]:
    """Versions of the snapshot, each with the newest held."""
    old = [r.resource_ref for r in apart.pinned if not r.is_latest]
    newest = _newest(session, summary.patient_ref, old)
    return [(each, newest.get(each.resource_ref, each)) for each in apart.pinned]


def _newest(session: Session, patient_ref: str, refs: Sequence[str]) -> dict[str, SourceRecord]:
    query = select(SourceRecord).where(
        SourceRecord.resource_ref.in_(refs),
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
    )
    return {r.resource_ref: r for r in session.scalars(query)} if refs else {}


def _added(apart: _Apart) -> list[tuple[None, SourceRecord]]:
    """What stands as evidence now and was in no version in the snapshot. What was withheld from
    the draft is not in it either: the decision, taken next, leaves that out."""
    known = {each.resource_ref for each in apart.pinned}
    return [(None, each) for each in apart.others if each.resource_ref not in known]


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
