"""Which notes of a chart another note has replaced; reads only what can matter."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.chart.held import in_parts
from service.chart.models import SourceRecord
from service.chart.standing import (
    DOCUMENTS,
    Document,
    identifiers_of,
    own_standing,
    replaced_documents,
    replaces_of,
)
from service.fhir import wire
from service.fhir.references import resolve
from service.summary.vocabulary import Standing

_SUPERSEDED = re.compile(r'"status"\s*:\s*"superseded"')


def replaced_notes(session: Session, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Ref of each replaced note of these (latest) records -> ref of what replaced it."""
    notes = [row for row in rows if row.resource_type in DOCUMENTS]
    refs = {row.resource_ref for row in notes}
    pointing = {
        r.resource_ref for r in notes if refs & set(r.refers_to.values()) - {r.resource_ref}
    }
    if not pointing and not _has_superseded(session, notes):
        return {}
    documents = (document(row, resource) for row, resource in _read(session, notes))
    return replaced_documents(documents)


def _has_superseded(session: Session, notes: list[Row[Any]]) -> bool:
    """Only a superseded note, or one that another points at, can have been replaced."""
    raw = select(SourceRecord.raw)
    return any(
        _SUPERSEDED.search(each)
        for ids in in_parts((row.id for row in notes), 50)
        for each in session.scalars(raw.where(SourceRecord.id.in_(ids))).all()
    )


def _read(session: Session, notes: list[Row[Any]]) -> Iterable[tuple[Row[Any], Mapping[str, Any]]]:
    by_id = {row.id: row for row in notes}
    query = select(SourceRecord.id, SourceRecord.raw).where(SourceRecord.id.in_(by_id))
    for id_, raw in session.execute(query.execution_options(yield_per=50)):
        yield by_id[id_], wire.parse(raw)


def document(row: Any, resource: Mapping[str, Any]) -> Document:
    """What decides whether a note (a row, or a record) still stands."""
    return Document(
        ref=row.resource_ref,
        superseded=resource.get("status") == "superseded",
        stands=own_standing(resource)[0] is Standing.EVIDENCE,
        written_at=row.effective_at,
        received_at=row.received_at,
        replaces=frozenset(resolve(r, known=row.refers_to) for r in replaces_of(resource)),
        identifiers=identifiers_of(resource),
    )
