"""Passages -> vectors in the store: what is embedded for each, and under which name."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.retrieval.index import PassageIndex
from service.retrieval.keys import rotation, turn
from service.retrieval.models import Passage

EMBED_BATCH = 256  # texts between two reports of progress
DETAIL_CHARS = 400  # of a structured record's details, beside its headline

Progress = Callable[[int, int], None]


def vector_ids(session: Session, patient_ref: str) -> list[str]:
    """The names of every vector that this patient's passages need."""
    query = select(Passage.vector_id).where(Passage.patient_ref == patient_ref).distinct()
    return list(session.scalars(query))


def vector_texts(
    session: Session, patient_ref: str, records: dict[str, SourceRecord]
) -> dict[str, str]:
    """Vector id -> the text to embed for it."""
    query = select(Passage).where(Passage.patient_ref == patient_ref)
    return {
        p.vector_id: text_to_embed(records[p.record_id], p.heading, p.start, p.end)
        for p in session.scalars(query)
        if p.record_id in records
    }


def text_to_embed(record: SourceRecord, heading: str, start: int, end: int) -> str:
    """What is embedded and searched: the passage with the words it depends on.

    A note's passage with its heading, a headline with its details, details with their title.
    """
    said = record.text[start:end]
    if record.is_note:
        return f"{heading}: {said}" if heading else said
    details = record.text[end : end + 400]
    return f"{said}\n{details}" if start == 0 else f"{record.title}: {said}"


def embed_into(
    secret: bytes, texts: dict[str, str], *, index: PassageIndex, report: Progress | None = None
) -> None:
    """Embed texts and write them under their vector ids, turned by the patient's rotation.

    `report(done, of)` is called after each batch.
    """
    if not texts:
        return
    matrix = rotation(secret, index.embedder.dimensions)
    # By length, so that each batch pads little; ids break ties to keep runs the same.
    ids = sorted(texts, key=lambda i: (len(texts[i]), i))
    for start in range(0, len(ids), EMBED_BATCH):
        part = ids[start : start + EMBED_BATCH]
        index.add(part, turn(index.embedder.embed([texts[i] for i in part]), matrix))
        if report:
            report(start + len(part), len(ids))
