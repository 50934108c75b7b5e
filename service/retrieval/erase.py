"""Removes a patient: vectors, passages, key, records, summaries. The audit stays."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, MetaData, Table, delete, func, or_, select
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.chart.binaries import orphan_binaries_of
from service.chart.erased import ERASED
from service.chart.models import Quarantined, SourceRecord
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import lock_patient, spaces_of
from service.retrieval.keys import check_patient, rotation
from service.retrieval.vectors import vector_ids
from service.sealing.marking import destroy_keys
from service.sealing.owners import own_key
from service.summary.models import Summary
from service.summary.people import SYSTEM

# States of a filing of which the EHR never said whether it took the document.
UNANSWERED = ("sending", "unknown")
WITHDRAWN = "retracted"
_OF_A_PATIENT = re.compile(r'"resourceType"\s*:\s*"Patient"')
STAYS = "filed summaries that stay in the EHR"


@dataclass(frozen=True)
class Erased:
    """How much of what was removed; `summary_ids`, those erased earlier too, are for the queue,
    which is outside the transaction; `stays` names the documents that the EHR keeps, "unknown"
    where it never said."""

    removed: dict[str, int]
    summary_ids: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def erase_patient(
    session: Session, patient_ref: str, *, index: PassageIndex, by: str = SYSTEM
) -> Erased:
    """Remove one patient from the database and the index; their key first, without which whatever
    is left of them in the database's files says nothing.

    Every table that the database has is covered, whichever stage declared it: rows that name
    the patient, and rows that point at those. Audit rows stay, as they must; they hold ids
    and no chart text.
    The key `STAYS` counts documents that were filed and stay in the EHR. Raises Unavailable
    when the vector store does not answer; then nothing is removed, and it can be tried again.
    """
    patient_ref = check_patient(patient_ref)
    summary_ids = _lock_summaries(session, patient_ref)
    lock_patient(session, patient_ref)
    keys = destroy_keys(session, _owners(session, patient_ref))
    stays = _filed(session, summary_ids)
    removed = {
        "vectors": _erase_vectors(session, patient_ref, index),
        "binaries of no chart": _erase_binaries(session, patient_ref),
    }
    for table in reversed(_tables(session)):
        if of_patient := _of_patient(table, patient_ref):
            gone = session.execute(delete(table).where(or_(*of_patient)))
            removed[table.name.replace("_", " ")] = gone.rowcount  # type: ignore[attr-defined]
    removed["recalls"] = _erase_recalls(session)
    removed["patient keys"] = keys
    removed["quarantined"] = _erase_quarantined(session, patient_ref)
    rotation.cache_clear()
    session.expire_all()
    counts = {kind: count for kind, count in removed.items() if count} | {STAYS: len(stays)}
    audit.record(session, ERASED, actor=by, patient_ref=patient_ref, removed=counts)
    return Erased(counts, _ever_named(session, patient_ref, summary_ids), stays)


def _owners(session: Session, patient_ref: str) -> set[str]:
    """Whose keys go: the patient's, and that of each attachment that came before its note did."""
    binaries = select(SourceRecord.id).where(
        SourceRecord.patient_ref == patient_ref, SourceRecord.resource_type == "Binary"
    )
    table = SourceRecord.__tablename__
    return {patient_ref, *(own_key(table, each) for each in session.scalars(binaries))}


def _lock_summaries(session: Session, patient_ref: str) -> tuple[str, ...]:
    """Let running tasks on this patient finish, as they lock their summary first."""
    mine = select(Summary.id).where(Summary.patient_ref == patient_ref).order_by(Summary.id)
    return tuple(session.scalars(mine.with_for_update()))


def _ever_named(
    session: Session, patient_ref: str, summary_ids: tuple[str, ...]
) -> tuple[str, ...]:
    """And the summaries that the audit knows of: the queue may not have answered at an earlier
    erasure, which left nothing else that names them."""
    acts = select(AuditEvent.subject_id).where(
        AuditEvent.patient_ref == patient_ref, AuditEvent.action.startswith("summary.")
    )
    known = {each for each in session.scalars(acts) if each}
    return (*summary_ids, *sorted(known.difference(summary_ids)))


def _filed(session: Session, summary_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The documents that the EHR has or may have, which only it can remove: all that it ever gave
    an address and that are not withdrawn, wherever the summary stands. One in amendment is in the
    EHR too, and one that it took and had altered, or did not let us read. The rows are a later
    stage's, so they are read as the database describes them."""
    rows = next(table for table in _tables(session) if table.name == "filings").columns
    query = select(rows.document_ref).where(
        rows.summary_id.in_(summary_ids),
        rows.state != WITHDRAWN,
        or_(rows.document_ref.is_not(None), rows.state.in_(UNANSWERED)),
    )
    return tuple(ref or "unknown" for ref in session.scalars(query.order_by(rows.started_at)))


def _erase_vectors(session: Session, patient_ref: str, index: PassageIndex) -> int:
    """Out of every space that has them, and out of the store's files; how many there were.

    The store is asked itself: an embedding that was changed, or whose transaction did not commit,
    leaves vectors in spaces that no passage names. One that is named has its files written anew
    in any case, as an erasure that failed may have come to delete and no further.
    """
    vectors = vector_ids(session, patient_ref)
    named, found = spaces_of(session, patient_ref), set[str]()
    for space in sorted(index.spaces()) if vectors else ():
        present = index.present(vectors, space)
        index.delete(sorted(present), space)
        if present or space in named:
            index.flush(space)
        found |= present
    return len(found)


def _tables(session: Session) -> list[Table]:
    """What the database itself says it has, parents first: a stage whose module nobody has
    imported in this process is not forgotten. Without the audit."""
    found = MetaData()
    found.reflect(session.connection())
    return [table for table in found.sorted_tables if table.name != AuditEvent.__tablename__]


def _of_patient(table: Table, patient_ref: str) -> list[ColumnElement[bool]]:
    """The conditions under which a row belongs to the patient; none for a table without any."""
    if "patient_ref" in table.columns:
        return [table.columns["patient_ref"] == patient_ref]
    return list(_by_parents(table, patient_ref))


def _by_parents(table: Table, patient_ref: str) -> Iterable[ColumnElement[bool]]:
    for key in table.foreign_keys:
        parent = key.column.table
        if parent is not table and (theirs := _of_patient(parent, patient_ref)):
            yield key.parent.in_(select(key.column).where(or_(*theirs)))


def _erase_binaries(session: Session, patient_ref: str) -> int:
    """Attachments of this patient's notes that never came into their chart."""
    theirs = select(SourceRecord.id).where(
        SourceRecord.resource_ref.in_(orphan_binaries_of(session, patient_ref)),
        SourceRecord.patient_ref.is_(None),
    )
    ids = list(session.scalars(theirs))
    _erase_with_key(session, SourceRecord, ids)
    return len(ids)


def _erase_recalls(session: Session) -> int:
    """Those of which nobody is left: their reason may name somebody. A later stage's rows, too."""
    table = {each.name: each for each in _tables(session)}
    recalls, left = table["recalls"], select(table["recall_items"].columns["recall_id"])
    emptied = delete(recalls).where(recalls.columns["id"].not_in(left))
    ids = session.scalars(emptied.returning(recalls.columns["id"])).all()
    destroy_keys(session, {own_key(recalls.name, each) for each in ids})
    return len(ids)


def _erase_quarantined(session: Session, patient_ref: str) -> int:
    """What could not be read may still name the patient: as a reference, or by the bare id of a
    Patient. Another resource may have the same id and be somebody else's."""
    bare, end = re.escape(patient_ref.removeprefix("Patient/")), r"($|[^A-Za-z0-9.\-])"
    names, has_id = re.compile(f"Patient/{bare}{end}"), re.compile(rf'"id"\s*:\s*"?{bare}{end}')
    held = select(Quarantined.id, Quarantined.raw).execution_options(yield_per=50)
    gone = [
        id_
        for id_, raw in session.execute(held)
        if names.search(raw) or (_OF_A_PATIENT.search(raw) and has_id.search(raw))
    ]
    _erase_with_key(session, Quarantined, gone)
    return len(gone)


def _erase_with_key(
    session: Session, kind: type[Quarantined | SourceRecord], ids: list[str]
) -> None:
    """Rows that have a key each, as they are nobody's."""
    destroy_keys(session, {own_key(kind.__tablename__, each) for each in ids})
    session.execute(delete(kind).where(kind.id.in_(ids)))


def remaining(session: Session, patient_ref: str) -> dict[str, int]:
    """Rows of the patient still held, by table; the audit apart. Empty after an erasure."""
    left = {}
    for table in _tables(session):
        if of_patient := _of_patient(table, patient_ref):
            count = select(func.count()).select_from(table).where(or_(*of_patient))
            left[table.name] = session.scalar(count) or 0
    return {name: count for name, count in left.items() if count}
