"""Passages -> vectors in the store: what is embedded for each, how it is kept, under which name."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.errors import Unavailable
from service.retrieval.copies import normal
from service.retrieval.index import PassageIndex
from service.retrieval.keys import rotation
from service.retrieval.models import HeldPassage, Passage

EMBED_BATCH = 1024  # texts between two reports of progress
DETAIL_CHARS = 400  # of a structured record's details, searched by words beside its headline

# Lines of a structured record that say when, where and by whom it was made: words for the
# lexical search, but they would pull the meaning of every record towards the same few names.
_LABELS = """
author|by|care manager|category|code|date|days of supply|given by|instant|item|language|location
made|manufacturer|marital status|mrn|name|names|ordered by|organization|participants|performer
period|place|practitioner|practitioner role|provider|recorded|recorded by|reference range|reported
result|status|verification|verified|when
"""
BOOKKEEPING = frozenset(re.split(r"[|\n]", _LABELS.strip()))
_FIGURE = re.compile(r"\d[\d.,/\-:]*%?")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Owed:
    """One patient's vectors that are to be written: vector id -> the text to embed."""

    secret: bytes
    texts: Mapping[str, str]


def vector_ids(session: Session, patient_ref: str) -> list[str]:
    """The names of every vector that this patient's passages need."""
    query = select(Passage.vector_id).where(Passage.patient_ref == patient_ref).distinct()
    return list(session.scalars(query))


def vector_texts(
    passages: Sequence[Passage | HeldPassage], records: Mapping[str, SourceRecord]
) -> dict[str, str]:
    """Vector id -> the text to embed for it."""
    return {
        p.vector_id: text_to_embed(records[p.record_id], p.heading, p.start, p.end)
        for p in passages
        if p.record_id in records
    }


def text_to_search(record: SourceRecord, heading: str, start: int, end: int) -> str:
    """What is searched by words: the passage with the words it depends on.

    A note's passage with its heading, a headline with its details, details with their title.
    """
    said = record.text[start:end]
    if record.is_note:
        return f"{heading}: {said}" if heading else said
    details = record.text[end : end + DETAIL_CHARS]
    return f"{said}\n{details}" if start == 0 else f"{record.title}: {said}"


def text_to_embed(record: SourceRecord, heading: str, start: int, end: int) -> str:
    """What is embedded: a note's passage with its heading; of a structured record what it is
    about, without figures and dates.

    A network of meanings tells no 12.1 from a 13.4, the lexical search does. So the measures of
    ten years share one vector, and a chart of thousands of results needs some hundreds.
    """
    said = text_to_search(record, heading, start, end)
    return said if record.is_note else _about(said)


def embed_into(
    owed: Sequence[Owed],
    *,
    index: PassageIndex,
    space: str | None = None,
    report: Progress | None = None,
) -> int:
    """Embed texts of any number of patients together and write them under their vector ids,
    each turned by its patient's rotation; how many there were.

    `report(done, of)` is called after each batch. Raises Unavailable when the store or the
    embedding does not answer, or the embedder of `space` cannot be made any more.
    """
    embedder = index.embedder_of(space or index.space)
    if embedder is None:
        raise Unavailable("The embedding of these vectors is gone. They wait for the rebuild.")
    named = [(each.secret, i, said) for each in owed for i, said in each.texts.items()]
    # By length, so that each batch pads little; ids break ties to keep runs the same.
    named.sort(key=lambda one: (len(one[2]), one[1]))
    for start in range(0, len(named), EMBED_BATCH):
        part = named[start : start + EMBED_BATCH]
        rows = embedder.embed([said for _, _, said in part])
        index.add([i for _, i, _ in part], _turned([s for s, _, _ in part], rows), space)
        if report:
            report(start + len(part), len(named))
    return len(named)


def _turned(secrets: Sequence[bytes], rows: np.ndarray) -> np.ndarray:
    """Each row under its own patient's rotation."""
    turned = np.empty_like(rows)
    for secret in dict.fromkeys(secrets):
        mine = [n for n, each in enumerate(secrets) if each == secret]
        turned[mine] = rows[mine] @ rotation(secret, rows.shape[1])
    return turned


def _about(text: str) -> str:
    """The headline and the telling lines of a structured record, figures left out."""
    first, *lines = text.split("\n")
    told = [line for line in lines if line.split(":")[0].casefold() not in BOOKKEEPING]
    return normal(_FIGURE.sub(" ", "\n".join([first, *told])))
