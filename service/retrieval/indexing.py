"""Chart -> passages -> vectors: cut first, which is quick; embedded then, of many patients at once.

A chart that is cut can be searched by words and by filters; its vectors are owed until the
embedding has come round, and `Passage.model` says which are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import delete, distinct, func, select, text, update
from sqlalchemy.orm import Session, defer

from service.access.decisions import Purpose, decide_chart
from service.chart.models import Chart, SourceRecord
from service.database import now
from service.errors import Unavailable
from service.reading.keep import forget_reworded
from service.retrieval import cutting
from service.retrieval.index import PassageIndex
from service.retrieval.keys import check_patient, secret_of
from service.retrieval.models import IndexedRecord, Passage
from service.retrieval.vectors import Owed, Progress, embed_into, vector_ids, vector_texts
from service.summary import people, progress
from service.summary.vocabulary import Standing, SummaryStatus

log = structlog.get_logger(__name__)

INDEX_LOCK = 0x496E6478  # shared by every indexing, exclusive for the removal of strays
TEXTS_A_STEP = 4096  # of one step of embedding: some seconds, so that a transaction stays short


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
    """Bring one patient's passages and vectors in line with their records, both at once.

    `report(done, of)` is called as texts are embedded. Safe to run twice: a second run finds
    nothing to do. Vectors are written before the transaction commits; if it does not, they
    are strays that the periodic sync removes.
    """
    count = cut_chart(session, patient_ref, index=index)
    embedded = embed_charts(session, [patient_ref], index=index, report=report)
    return replace(count, embedded=embedded)


def rebuild_patient(
    session: Session, patient_ref: str, *, index: PassageIndex, report: Progress | None = None
) -> IndexCount:
    """Decide, cut and embed every record of one patient again, as if nothing had been kept.

    What others read meanwhile stays whole: vectors keep their names and are written over.
    """
    patient_ref = check_patient(patient_ref)
    lock_patient(session, patient_ref)
    session.execute(delete(IndexedRecord).where(IndexedRecord.patient_ref == patient_ref))
    session.execute(update(Passage).where(Passage.patient_ref == patient_ref).values(model=""))
    return index_patient(session, patient_ref, index=index, report=report)


def cut_chart(session: Session, patient_ref: str, *, index: PassageIndex) -> IndexCount:
    """Bring one patient's passages in line with their records; new ones are owed a vector."""
    patient_ref = check_patient(patient_ref)
    lock_patient(session, patient_ref)
    seen = session.scalar(select(Chart.changed_at).where(Chart.patient_ref == patient_ref))
    if cutting.is_cut(session, patient_ref):
        _stamp(session, patient_ref, seen)  # or the sync would come back to it for ever
        return IndexCount()
    records = cutting.latest_records(session, patient_ref)
    decided = decide_chart(records, purpose=Purpose.INDEX)
    allowed = {r.id: r for r in records if decided[r.id].allowed}
    before = set(vector_ids(session, patient_ref))
    forget_reworded(session, patient_ref)
    removed = cutting.remove_stale(session, patient_ref, allowed)
    new = cutting.split_new(session, patient_ref, allowed)
    cutting.write_decisions(session, patient_ref, decided, records)
    copies = cutting.mark_copies(session, patient_ref, allowed)
    gone = sorted(before - set(vector_ids(session, patient_ref)))
    for space in sorted(index.spaces()) if gone else ():  # one that no passage names may have some
        index.delete(gone, space)
    _stamp(session, patient_ref, seen)
    log.info("chart.cut", passages=new, removed=removed, copies=copies)
    return IndexCount(len(allowed), new, 0, removed, copies, len(records) - len(allowed))


def embed_charts(
    session: Session,
    patients: Sequence[str],
    *,
    index: PassageIndex,
    report: Progress | None = None,
) -> int:
    """Write the vectors that these patients are owed, in batches across them; how many.

    Vectors of another embedding count as owed: a patient's are always of one embedding.
    """
    owed = {patient: _owed(session, patient, index.space) for patient in sorted(patients)}
    embedded = embed_into([each for each in owed.values() if each], index=index, report=report)
    for patient in owed:
        is_mine = (Passage.patient_ref == patient) & (Passage.model != index.space)
        session.execute(update(Passage).where(is_mine).values(model=index.space))
    if embedded:
        log.info("charts.embedded", charts=len(owed), vectors=embedded)
    return embedded


def embed_owed(
    session: Session,
    *,
    index: PassageIndex,
    limit: int = TEXTS_A_STEP,
    report: Progress | None = None,
) -> int:
    """One step of embedding whoever is owed vectors and is not being indexed now; how many
    vectors were written. 0 when nothing is owed any more. Raises Unavailable when none could
    be written."""
    size = func.count(distinct(Passage.vector_id))
    query = select(Passage.patient_ref, size).where(Passage.model != index.space)
    chosen, texts = [], 0
    for patient, owed in session.execute(query.group_by(Passage.patient_ref).limit(limit)):
        if texts < limit and _can_lock_patient(session, patient):
            chosen.append(patient)
            texts += owed
    try:
        return embed_charts(session, chosen, index=index, report=report)
    except Unavailable:
        if len(chosen) < 2:
            raise
    return _embed_each(session, chosen, index=index, report=report)


def _embed_each(
    session: Session, patients: Sequence[str], *, index: PassageIndex, report: Progress | None
) -> int:
    """One at a time: a chart with a text that the embedding refuses keeps nobody else waiting."""
    index.embedder.embed(["mood"])  # raises where all would be refused
    index.check_answers()
    embedded, refused = 0, None
    for patient in patients:
        try:
            embedded += embed_charts(session, [patient], index=index, report=report)
        except Unavailable as error:
            refused = error
            log.warning("chart.not_embedded")
    if refused and not embedded:
        raise refused
    return embedded


def _owed(session: Session, patient_ref: str, space: str) -> Owed | None:
    lock_patient(session, patient_ref)
    mine = select(Passage).where(Passage.patient_ref == patient_ref)
    passages = session.scalars(mine.where(Passage.model != space)).all()
    if not passages:
        return None
    there = select(Passage.vector_id).where(Passage.patient_ref == patient_ref)
    has = set(session.scalars(there.where(Passage.model == space)))
    texts = vector_texts(passages, records_of(session, passages))
    return Owed(secret_of(session, patient_ref), {i: t for i, t in texts.items() if i not in has})


def records_of(session: Session, passages: Sequence[Passage]) -> dict[str, SourceRecord]:
    """The records that these passages are of, without their raw JSON."""
    ids = {passage.record_id for passage in passages}
    query = select(SourceRecord).where(SourceRecord.id.in_(ids)).options(defer(SourceRecord.raw))
    return {record.id: record for record in session.scalars(query)}


def spaces_of(session: Session, patient_ref: str) -> list[str]:
    """The spaces in which the patient has vectors."""
    query = select(Passage.model).where(Passage.patient_ref == patient_ref, Passage.model != "")
    return sorted(session.scalars(query.distinct()))


def lock_patient(session: Session, patient_ref: str) -> None:
    """Wait until nobody else indexes or erases this patient; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": INDEX_LOCK})
    one = text("SELECT pg_advisory_xact_lock(:key, hashtext(:patient))")
    session.execute(one, {"key": INDEX_LOCK, "patient": patient_ref})


def _can_lock_patient(session: Session, patient_ref: str) -> bool:
    one = text("SELECT pg_try_advisory_xact_lock(:key, hashtext(:patient))")
    return bool(session.scalar(one, {"key": INDEX_LOCK, "patient": patient_ref}))


def _stamp(session: Session, patient_ref: str, seen: datetime | None) -> None:
    """Indexed, unless the chart changed meanwhile: then it is owed again."""
    here = update(Chart).where(Chart.patient_ref == patient_ref, Chart.changed_at == seen)
    session.execute(here.values(indexed_at=now()))


def pass_over(session: Session, patient_ref: str) -> None:
    """As if it had been indexed: it is owed again when it changes."""
    here = update(Chart).where(Chart.patient_ref == patient_ref)
    session.execute(here.values(indexed_at=func.greatest(Chart.changed_at, now())))


def owed_patients(session: Session, limit: int) -> Sequence[str]:
    """Patients whose charts changed since they were indexed, longest owed first."""
    is_owed = (Chart.indexed_at.is_(None)) | (Chart.indexed_at < Chart.changed_at)
    query = select(Chart.patient_ref).where(is_owed).order_by(Chart.changed_at).limit(limit)
    return session.scalars(query).all()


def closing_patients(session: Session, limit: int) -> Sequence[str]:
    """Those of them that have passages, and since then a consent, or a label on what is cut:
    something may have to leave the index."""
    is_owed = Chart.indexed_at < Chart.changed_at
    record, kept = SourceRecord, IndexedRecord
    stands = record.is_latest & (record.standing == Standing.EVIDENCE)
    unheeded = (
        select(record.id)
        .outerjoin(kept, kept.record_id == record.id)
        .where(record.patient_ref == Chart.patient_ref, record.resource_type == "Consent")
        .where(stands != kept.record_id.is_not(None))
    )
    relabelled = (
        select(kept.record_id)
        .join(record, record.id == kept.record_id)
        .where(kept.patient_ref == Chart.patient_ref, kept.allowed)
        .where(~record.labels.contained_by(kept.labels))
    )
    has_news = unheeded.exists() | relabelled.exists()
    query = select(Chart.patient_ref).where(is_owed, has_news).order_by(Chart.changed_at)
    return session.scalars(query.limit(limit)).all()


def all_patients(session: Session) -> Sequence[str]:
    """Every patient of whom a chart is held."""
    return session.scalars(select(Chart.patient_ref).order_by(Chart.patient_ref)).all()


def is_current(session: Session, patient_ref: str) -> bool:
    """Whether the chart is cut as it stands, and every passage has a vector of some embedding."""
    owed = select(Passage.id).where(Passage.patient_ref == patient_ref, Passage.model == "")
    return cutting.is_cut(session, patient_ref) and session.scalar(owed.limit(1)) is None
