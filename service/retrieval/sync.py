"""Finds where the database and the vector store differ, and mends it; the database is right."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import INDEX_LOCK, index_patient, lock_patient, owed_patients
from service.retrieval.keys import secret_of
from service.retrieval.models import Passage
from service.retrieval.vectors import embed_into, vector_texts

log = structlog.get_logger(__name__)

PATIENTS_A_RUN = 20  # a run that indexes for hours would hold its transaction for hours
PAGE = 5000


@dataclass(frozen=True)
class SyncCount:
    """Charts indexed because they had changed; vectors embedded again; strays deleted."""

    charts: int = 0
    mended: int = 0
    strays: int = 0


def sync_index(session: Session, *, index: PassageIndex, limit: int = PATIENTS_A_RUN) -> SyncCount:
    """Index changed charts, embed what the store lost, delete what nobody owns.

    At most `limit` patients of each kind a run; the rest is found by the next. Raises
    Unavailable when the store does not answer.
    """
    changed = owed_patients(session, limit)
    for patient_ref in changed:
        index_patient(session, patient_ref, index=index)
    mended = 0
    for patient_ref in _with_missing(session, index, limit):
        mended += mend_patient(session, patient_ref, index=index)
    strays = _delete_strays(session, index)  # last: it keeps everybody from indexing
    count = SyncCount(len(changed), mended, strays)
    log.info("index.synced", charts=count.charts, mended=mended, strays=strays)
    return count


def mend_patient(session: Session, patient_ref: str, *, index: PassageIndex) -> int:
    """Embed again what the store lost of one patient; how many vectors that were."""
    lock_patient(session, patient_ref)
    mine = SourceRecord.id.in_(
        select(Passage.record_id).where(Passage.patient_ref == patient_ref).distinct()
    )
    records = {r.id: r for r in session.scalars(select(SourceRecord).where(mine))}
    texts = vector_texts(session, patient_ref, records)
    present = index.present(list(texts))
    missing = {i: said for i, said in texts.items() if i not in present}
    embed_into(secret_of(session, patient_ref), missing, index=index)
    return len(missing)


def _with_missing(session: Session, index: PassageIndex, limit: int) -> list[str]:
    """Patients of whom the store lacks a vector, at most `limit`."""
    found: dict[str, None] = {}
    for page in _vector_pages(session):
        present = index.present(list(page))
        found |= {patient: None for vector, patient in page.items() if vector not in present}
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _vector_pages(session: Session) -> Iterator[dict[str, str]]:
    """Every vector id with its patient, some thousands at a time."""
    after = ""
    while True:
        query = select(Passage.vector_id, Passage.patient_ref).distinct()
        query = query.where(Passage.vector_id > after).order_by(Passage.vector_id).limit(PAGE)
        page = dict(session.execute(query).all())
        if not page:
            return
        yield page
        after = max(page)


def _delete_strays(session: Session, index: PassageIndex) -> int:
    """Vectors that no passage names: left by transactions that did not commit.

    Only while nobody indexes, or vectors of a transaction under way would look like strays.
    """
    nobody = session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": INDEX_LOCK})
    if not nobody:
        return 0
    strays = [stray for page in index.pages() for stray in _unknown(session, page)]
    index.delete(strays)
    return len(strays)


def _unknown(session: Session, page: list[str]) -> set[str]:
    named = select(Passage.vector_id).where(Passage.vector_id.in_(page))
    return set(page) - set(session.scalars(named))
