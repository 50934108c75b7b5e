"""Finds where the database and the vector store differ, and mends it; the database is right."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.errors import CountersignError
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import (
    INDEX_LOCK,
    closing_patients,
    cut_chart,
    embed_owed,
    lock_patient,
    owed_patients,
    pass_over,
    records_of,
)
from service.retrieval.keys import secret_of
from service.retrieval.models import Passage
from service.retrieval.vectors import Owed, embed_into, vector_texts

log = structlog.get_logger(__name__)

PATIENTS_A_STEP = 20  # a step that cuts for minutes would hold its transaction for minutes
PAGE = 5000
STRAYS_A_RUN = 5000  # deleted while nobody may index: about a second
DROPPED_A_RUN = 20_000  # vectors of a space that nobody reads


@dataclass(frozen=True)
class Step:
    """One step of indexing: charts cut because they had changed, vectors embedded."""

    charts: int = 0
    embedded: int = 0

    @property
    def is_last(self) -> bool:
        return not (self.charts or self.embedded)


@dataclass(frozen=True)
class Mended:
    """Vectors embedded again; strays deleted; spaces of earlier embeddings removed."""

    vectors: int = 0
    strays: int = 0
    spaces: int = 0


def index_step(session: Session, *, index: PassageIndex, limit: int = PATIENTS_A_STEP) -> Step:
    """Cut some of the charts that changed; when none is left, embed some of what is owed.

    For a transaction of its own, again and again until `is_last`. Raises Unavailable when the
    store or the embedding does not answer.
    """
    changed = owed_patients(session, limit)
    for patient_ref in changed:
        _cut_apart(session, patient_ref, index)
    return Step(len(changed), 0 if changed else embed_owed(session, index=index))


def close_step(session: Session, *, index: PassageIndex, limit: int = PATIENTS_A_STEP) -> int:
    """Take out of some charts' passages and vectors what a consent or a label has closed; how many
    charts were cut anew. For a transaction of its own, until none is left. Raises Unavailable."""
    closing = closing_patients(session, limit)
    for patient_ref in closing:
        _cut_apart(session, patient_ref, index)
    return len(closing)


def _cut_apart(session: Session, patient_ref: str, index: PassageIndex) -> None:
    """A chart that we fail on keeps nobody else's waiting. It is left as it is until it changes: a
    draft of it fails in words, where people see it."""
    try:
        with session.begin_nested():
            cut_chart(session, patient_ref, index=index)
    except CountersignError:
        raise
    except OperationalError:  # the database is away: for all of them
        raise
    except Exception as error:
        log.error("chart.not_cut", error=type(error).__name__)
        pass_over(session, patient_ref)


def mend_index(session: Session, *, index: PassageIndex, limit: int = PATIENTS_A_STEP) -> Mended:
    """Embed what the store lost, delete what nobody owns, remove spaces that nobody reads.

    At most `limit` patients, and so many strays and vectors of such spaces; the rest is found by
    the next run. Raises Unavailable.
    """
    lost = _with_missing(session, index, limit)
    vectors = sum(mend_patient(session, patient, index=index) for patient in lost)
    strays, spaces = _delete_strays(session, index), _drop_spaces(session, index)
    log.info("index.mended", vectors=vectors, strays=strays, spaces=spaces)
    return Mended(vectors, strays, spaces)


def mend_patient(session: Session, patient_ref: str, *, index: PassageIndex) -> int:
    """Embed again what the store lost of one patient; how many vectors that were."""
    lock_patient(session, patient_ref)
    query = select(Passage).where(Passage.patient_ref == patient_ref, Passage.model == index.space)
    passages = session.scalars(query).all()
    texts = vector_texts(passages, records_of(session, passages))
    present = index.present(list(texts))
    missing = {i: said for i, said in texts.items() if i not in present}
    return embed_into([Owed(secret_of(session, patient_ref), missing)], index=index)


def _with_missing(session: Session, index: PassageIndex, limit: int) -> list[str]:
    """Patients of whom the store lacks a vector, at most `limit`."""
    found: dict[str, None] = {}
    for page in _vector_pages(session, index.space):
        present = index.present(list(page))
        found |= {patient: None for vector, patient in page.items() if vector not in present}
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _vector_pages(session: Session, space: str) -> Iterator[dict[str, str]]:
    """Every vector id of a space with its patient, some thousands at a time."""
    after = ""
    while True:
        query = select(Passage.vector_id, Passage.patient_ref).distinct()
        query = query.where(Passage.vector_id > after, Passage.model == space)
        page = dict(session.execute(query.order_by(Passage.vector_id).limit(PAGE)).all())
        if not page:
            return
        yield page
        after = max(page)


def _delete_strays(session: Session, index: PassageIndex) -> int:
    """Vectors that no passage names: left by transactions that did not commit.

    The whole store is looked through while others index, and what one of them is writing looks
    like a stray: so what was found is looked up again while nobody indexes, and only then goes.
    """
    found: set[str] = set()
    for page in index.pages():
        found |= _unknown(session, page)
        if len(found) >= STRAYS_A_RUN:
            break
    strays = _deleted_alone(session, index, sorted(found)[:STRAYS_A_RUN]) if found else 0
    if strays:
        index.flush()  # they may be of somebody who was erased: the files must not keep them
    return strays


def _deleted_alone(session: Session, index: PassageIndex, found: list[str]) -> int:
    """Those that are strays still are deleted; none where somebody is indexing now."""
    inside = session.begin_nested()
    try:
        if not _is_alone(session):
            return 0
        strays = sorted(_unknown(session, found))
        index.delete(strays)
        return len(strays)
    finally:
        inside.rollback()  # nothing was written but in the store; it gives the lock back at once


def _is_alone(session: Session) -> bool:
    """Whether nobody indexes, nor will until the lock is given back."""
    alone = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(session.scalar(alone, {"key": INDEX_LOCK}))


def _unknown(session: Session, page: list[str]) -> set[str]:
    named = select(Passage.vector_id).where(Passage.vector_id.in_(page))
    return set(page) - set(session.scalars(named))


def _drop_spaces(session: Session, index: PassageIndex) -> int:
    """Spaces of earlier embeddings, once every patient's vectors are rebuilt; some of the vectors
    of each a run. How many are gone."""
    named = set(session.scalars(select(Passage.model).distinct()))
    left = index.spaces() - named - {index.space}
    gone = sum(index.drop(space, limit=DROPPED_A_RUN) for space in sorted(left))
    return gone + index.drop_outdated(lambda ids: len(_unknown(session, ids)) < len(ids))
