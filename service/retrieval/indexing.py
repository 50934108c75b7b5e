"""Chart -> passages -> vectors, for one patient; only what changed is done again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from service.access.decisions import Decision, Purpose, decide_chart
from service.access.rules import rules_in_force
from service.chart.models import Chart, SourceRecord
from service.database import now
from service.retrieval.copies import Written, copies_of, normal
from service.retrieval.index import PassageIndex
from service.retrieval.keys import check_patient, opaque_id, secret_of
from service.retrieval.models import IndexedRecord, Passage
from service.retrieval.passages import SPLITTER, Slice, split_note, split_structured
from service.retrieval.vectors import (
    Progress,
    embed_into,
    text_to_embed,
    vector_ids,
    vector_texts,
)
from service.summary import people, progress
from service.summary.vocabulary import Standing, SummaryStatus

log = structlog.get_logger(__name__)

_HASH_OF_TEXT = func.encode(func.sha256(func.convert_to(SourceRecord.text, "UTF8")), "hex")
INDEX_LOCK = 0x496E6478  # shared by every indexing, exclusive for the removal of strays


@dataclass(frozen=True)
class IndexCount:
    """What one indexing did; all zero when nothing had changed.

    `records`, `copies` and `withheld` count the chart as it now stands.
    """

    records: int = 0
    passages: int = 0
    embedded: int = 0
    removed: int = 0
    copies: int = 0
    withheld: int = 0


def index_chart(session: Session, summary_id: str, *, index: PassageIndex) -> None:
    """CHARTED -> INDEXED. Raises Unavailable when the vector store does not answer."""
    summary = progress.lock_owed(session, summary_id, SummaryStatus.CHARTED)
    if summary is None:
        return
    index_patient(session, summary.patient_ref, index=index)
    progress.advance(session, summary, SummaryStatus.INDEXED, actor=people.SYSTEM)


def index_patient(
    session: Session, patient_ref: str, *, index: PassageIndex, report: Progress | None = None
) -> IndexCount:
    """Bring one patient's passages and vectors in line with their records.

    `report(done, of)` is called as texts are embedded. Safe to run twice: a second run finds
    nothing to do. Vectors are written before the transaction commits; if it does not, they
    are strays that the periodic sync removes.
    """
    patient_ref = check_patient(patient_ref)
    lock_patient(session, patient_ref)
    seen = session.scalar(select(Chart.changed_at).where(Chart.patient_ref == patient_ref))
    if is_current(session, patient_ref):
        _stamp(session, patient_ref, seen)  # or the sync would come back to it for ever
        return IndexCount()
    records = latest_records(session, patient_ref)
    decided = decide_chart(records, purpose=Purpose.INDEX)
    allowed = {r.id: r for r in records if decided[r.id].allowed}
    before = set(vector_ids(session, patient_ref))
    removed = _remove_stale(session, patient_ref, allowed)
    new = _split_new(session, patient_ref, allowed)
    _write_decisions(session, patient_ref, decided, records)
    copies = _mark_copies(session, patient_ref, allowed)
    wanted = vector_texts(session, patient_ref, allowed)
    missing = {i: said for i, said in wanted.items() if i not in before}
    embed_into(secret_of(session, patient_ref), missing, index=index, report=report)
    index.delete(sorted(before - set(wanted)))
    _stamp(session, patient_ref, seen)
    count = IndexCount(
        len(allowed), new, len(missing), removed, copies, len(records) - len(allowed)
    )
    log.info("chart.indexed", passages=new, embedded=len(missing), removed=removed)
    return count


def lock_patient(session: Session, patient_ref: str) -> None:
    """Wait until nobody else indexes or erases this patient; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": INDEX_LOCK})
    one = text("SELECT pg_advisory_xact_lock(:key, hashtext(:patient))")
    session.execute(one, {"key": INDEX_LOCK, "patient": patient_ref})


def latest_records(session: Session, patient_ref: str) -> list[SourceRecord]:
    """The records of this patient that may become evidence, restricted ones included."""
    query = select(SourceRecord).where(*_latest(patient_ref))
    return list(session.scalars(query.order_by(SourceRecord.received_at, SourceRecord.id)))


def _latest(patient_ref: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest.is_(True),
        SourceRecord.standing == Standing.EVIDENCE,
    )


def _remove_stale(session: Session, patient_ref: str, allowed: dict[str, SourceRecord]) -> int:
    """Forget passages and decisions of records that were replaced, excluded, withheld or
    rendered anew, and of those cut by another splitter."""
    mine = IndexedRecord.patient_ref == patient_ref
    cut = select(IndexedRecord.record_id, IndexedRecord.text_hash).where(
        mine, IndexedRecord.allowed, IndexedRecord.splitter == SPLITTER
    )
    kept = {
        record_id
        for record_id, text_hash in session.execute(cut)
        if record_id in allowed and text_hash == hash_of(allowed[record_id].text)
    }
    stale = delete(Passage).where(
        Passage.patient_ref == patient_ref, Passage.record_id.not_in(kept)
    )
    removed = session.scalars(stale.returning(Passage.id)).all()
    session.execute(delete(IndexedRecord).where(mine, IndexedRecord.record_id.not_in(kept)))
    return len(removed)


def hash_of(text: str) -> str:
    """SHA-256 of a record's text in hex, as `_HASH_OF_TEXT` has the database work it out."""
    return hashlib.sha256(text.encode()).hexdigest()


def _split_new(session: Session, patient_ref: str, allowed: dict[str, SourceRecord]) -> int:
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
    session.add_all(made)
    session.flush()
    return len(made)


def slices_of(record: SourceRecord) -> list[Slice]:
    """The slices of one record; none when it has no text."""
    if not record.text.strip():
        return []
    if record.is_note:
        return split_note(record.text)
    return split_structured(record.text, record.headline)


def _passage(secret: bytes, record: SourceRecord, piece: Slice) -> Passage:
    embedded = normal(text_to_embed(record, piece.heading, piece.start, piece.end))
    return Passage(
        id=opaque_id(secret, "passage", record.id, piece.start, piece.end),
        patient_ref=record.patient_ref, record_id=record.id, heading=piece.heading,
        start=piece.start, end=piece.end,
        vector_id=opaque_id(secret, "vector", embedded),
    )  # fmt: skip


def _write_decisions(
    session: Session, patient_ref: str, decided: dict[str, Decision],
    records: Iterable[SourceRecord],
) -> None:  # fmt: skip
    texts = {record.id: record.text for record in records}
    version = rules_in_force().version
    session.execute(delete(IndexedRecord).where(IndexedRecord.patient_ref == patient_ref))
    session.add_all(
        IndexedRecord(
            record_id=record_id, patient_ref=patient_ref, allowed=made.allowed,
            labels=list(made.labels), reason=made.reason, rules=version, splitter=SPLITTER,
            text_hash=hash_of(texts[record_id]),
        )
        for record_id, made in decided.items()
    )  # fmt: skip
    session.flush()


def _mark_copies(session: Session, patient_ref: str, records: dict[str, SourceRecord]) -> int:
    """Point each copied-forward passage at the oldest that said it; how many there are.

    Notes only: two structured records that read the same are two facts.
    """
    query = select(Passage).where(Passage.patient_ref == patient_ref)
    passages = [p for p in session.scalars(query) if records[p.record_id].is_note]
    passages.sort(key=lambda p: (*age_order(records[p.record_id]), p.start))
    written = [Written(p.id, records[p.record_id].text[p.start : p.end]) for p in passages]
    found = copies_of(written)
    for passage in passages:
        if passage.copy_of != found.get(passage.id):
            passage.copy_of = found.get(passage.id)
    session.flush()
    return len(found)


def age_order(record: SourceRecord) -> tuple[bool, object, object, str]:
    """Sorts records oldest first; those of unknown date after all others."""
    when = record.effective_at or record.received_at
    return record.effective_at is None, when, record.received_at, record.id


def _stamp(session: Session, patient_ref: str, seen: datetime | None) -> None:
    """Indexed, unless the chart changed meanwhile: then it is owed again."""
    here = update(Chart).where(Chart.patient_ref == patient_ref, Chart.changed_at == seen)
    session.execute(here.values(indexed_at=now()))


def owed_patients(session: Session, limit: int) -> Sequence[str]:
    """Patients whose charts changed since they were indexed, longest owed first."""
    is_owed = (Chart.indexed_at.is_(None)) | (Chart.indexed_at < Chart.changed_at)
    query = select(Chart.patient_ref).where(is_owed).order_by(Chart.changed_at).limit(limit)
    return session.scalars(query).all()


def is_current(session: Session, patient_ref: str) -> bool:
    """Whether exactly the records of today, as they read and are labelled now, were decided by
    today's rules, and cut. A label or a word can change on a record that stays the same one."""
    kept, rules = IndexedRecord, rules_in_force().version
    known = select(kept.record_id, kept.text_hash, kept.labels).where(
        kept.patient_ref == patient_ref, kept.splitter == SPLITTER, kept.rules == rules
    )
    done = {row.record_id: row for row in session.execute(known)}
    latest = select(SourceRecord.id, _HASH_OF_TEXT, SourceRecord.labels)
    now_held = session.execute(latest.where(*_latest(patient_ref))).all()
    count = select(func.count()).where(kept.patient_ref == patient_ref)
    return session.scalar(count) == len(done) == len(now_held) and all(
        record_id in done
        and done[record_id].text_hash == text_hash
        and set(labels) <= set(done[record_id].labels)
        for record_id, text_hash, labels in now_held
    )
