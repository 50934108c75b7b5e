"""A chart's records -> decisions and passages, for one patient; only what changed is cut again."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.access.decisions import Decision, basis_of
from service.access.held import held_consents
from service.chart.models import SourceRecord
from service.database import Base
from service.retrieval.copies import Written, copies_of, normal
from service.retrieval.keys import opaque_id, secret_of
from service.retrieval.models import IndexedRecord, Passage
from service.retrieval.passages import SPLITTER, Slice, split_note, split_structured
from service.retrieval.vectors import text_to_embed
from service.sealing.marking import marked_rows
from service.summary.vocabulary import Standing

Records = Mapping[str, SourceRecord]


def latest_records(session: Session, patient_ref: str) -> list[SourceRecord]:
    """The records of this patient that may become evidence, restricted ones included."""
    query = select(SourceRecord).where(*_latest(patient_ref))
    return list(session.scalars(query.order_by(SourceRecord.received_at, SourceRecord.id)))


def is_cut(session: Session, patient_ref: str) -> bool:
    """Whether exactly the records of today, as they read and are labelled now, were decided by
    today's rules and consents, and cut. A label or a word can change on a record that stays the
    same one, and a consent ends with its period."""
    kept, rules = IndexedRecord, _basis(session, patient_ref)
    decided = select(func.count()).where(kept.patient_ref == patient_ref)
    held = select(func.count()).select_from(SourceRecord).where(*_latest(patient_ref))
    if session.scalar(decided) != session.scalar(held):
        return False  # as with every chart that is new: its texts need not be looked at
    known = select(kept.record_id, kept.text_mark, kept.labels).where(
        kept.patient_ref == patient_ref, kept.splitter == SPLITTER, kept.rules == rules
    )
    done = {row.record_id: row for row in session.execute(known)}
    latest = select(SourceRecord.id, SourceRecord.text_mark, SourceRecord.labels)
    now_held = session.execute(latest.where(*_latest(patient_ref))).all()
    return len(done) == len(now_held) and all(
        record_id in done
        and done[record_id].text_mark == text_mark
        and set(labels) <= set(done[record_id].labels)
        for record_id, text_mark, labels in now_held
    )


def _basis(session: Session, patient_ref: str) -> int:
    return basis_of(held_consents(session, patient_ref))


def _latest(patient_ref: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest.is_(True),
        SourceRecord.standing == Standing.EVIDENCE,
    )


def remove_stale(session: Session, patient_ref: str, allowed: Records) -> int:
    """Forget passages and decisions of records that were replaced, excluded, withheld or
    rendered anew, and of those cut by another splitter."""
    mine = IndexedRecord.patient_ref == patient_ref
    cut = select(IndexedRecord.record_id, IndexedRecord.text_mark).where(
        mine, IndexedRecord.allowed, IndexedRecord.splitter == SPLITTER
    )
    kept = {
        record_id
        for record_id, text_mark in session.execute(cut)
        if record_id in allowed and text_mark == allowed[record_id].text_mark
    }
    stale = delete(Passage).where(
        Passage.patient_ref == patient_ref, Passage.record_id.not_in(kept)
    )
    removed = session.scalars(stale.returning(Passage.id)).all()
    session.execute(delete(IndexedRecord).where(mine, IndexedRecord.record_id.not_in(kept)))
    return len(removed)


def split_new(session: Session, patient_ref: str, allowed: Records) -> int:
    """Passages of the records that have none yet; how many were made."""
    done = select(IndexedRecord.record_id).where(IndexedRecord.patient_ref == patient_ref)
    had = set(session.scalars(done))
    secret = secret_of(session, patient_ref)
    made = [
        _passage(secret, record, piece)
        for record in allowed.values()
        if record.id not in had
        for piece in slices_of(record)
    ]
    _insert(session, Passage, made)
    return len(made)


def _insert(session: Session, kind: type[Base], rows: list[dict[str, Any]]) -> None:
    """Many rows through one prepared statement, past the mapper: a third of its time."""
    table = kind.__table__
    assert isinstance(table, Table)
    if rows:
        session.connection().execute(insert(table), marked_rows(session, kind, rows))


def slices_of(record: SourceRecord) -> list[Slice]:
    """The slices of one record; none when it has no text."""
    if not record.text.strip():
        return []
    if record.is_note:
        return split_note(record.text)
    return split_structured(record.text, record.headline)


def _passage(secret: bytes, record: SourceRecord, piece: Slice) -> dict[str, Any]:
    embedded = normal(text_to_embed(record, piece.heading, piece.start, piece.end))
    return {
        "id": opaque_id(secret, "passage", record.id, piece.start, piece.end),
        "patient_ref": record.patient_ref,
        "record_id": record.id,
        "heading": piece.heading,
        "start": piece.start,
        "end": piece.end,
        "copy_of": None,
        "model": "",
        "vector_id": opaque_id(secret, "vector", embedded),
    }


def write_decisions(
    session: Session,
    patient_ref: str,
    decided: Mapping[str, Decision],
    records: Iterable[SourceRecord],
) -> None:
    """What access decided on every record, in the place of what it decided before."""
    marks = {record.id: record.text_mark for record in records}
    version = _basis(session, patient_ref)
    session.execute(delete(IndexedRecord).where(IndexedRecord.patient_ref == patient_ref))
    rows = [
        {
            "record_id": record_id,
            "patient_ref": patient_ref,
            "allowed": made.allowed,
            "labels": list(made.labels),
            "reason": made.reason,
            "rules": version,
            "splitter": SPLITTER,
            "text_mark": marks[record_id],
        }
        for record_id, made in decided.items()
    ]
    _insert(session, IndexedRecord, rows)


def mark_copies(session: Session, patient_ref: str, records: Records) -> int:
    """Point each copied-forward passage at the oldest that said it; how many there are.

    Notes only: two structured records that read the same are two facts.
    """
    notes = [record.id for record in records.values() if record.is_note]
    kept = select(Passage.id, Passage.record_id, Passage.start, Passage.end, Passage.copy_of)
    here = (Passage.patient_ref == patient_ref, Passage.record_id.in_(notes))
    passages = list(session.execute(kept.where(*here)))
    passages.sort(key=lambda p: (*age_order(records[p.record_id]), p.start))
    written = [Written(p.id, records[p.record_id].text[p.start : p.end]) for p in passages]
    found = copies_of(written)
    changed = [
        {"id": p.id, "copy_of": found.get(p.id)} for p in passages if p.copy_of != found.get(p.id)
    ]
    if changed:
        session.execute(update(Passage), changed)
    return len(found)


def age_order(record: SourceRecord) -> tuple[bool, object, object, str]:
    """Sorts records oldest first; those of unknown date after all others."""
    when = record.effective_at or record.received_at
    return record.effective_at is None, when, record.received_at, record.id
