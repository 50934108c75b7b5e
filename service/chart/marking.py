"""Labels that come to a record that is held already: by a Bundle, or by a newer way of looking."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.chart.held import Held, in_parts
from service.chart.incoming import Envelope, Incoming
from service.chart.models import SourceRecord
from service.chart.record import Key, Surroundings, key_of, marking_of
from service.fhir import wire

Labelled = dict[Key, frozenset[str]]


def labelled_in(batch: Iterable[Incoming]) -> Labelled:
    """What came with labels of its Bundle."""
    return {key_of(one): one.labels for one in batch if one.labels and one.resource is not None}


def charts_lacking(session: Session, labelled: Labelled) -> set[str | None]:
    """Whose charts hold some of it, with the same content, without these labels."""
    return {row.patient_ref for row, _ in _lacking(session, labelled)}


def label_held(session: Session, labelled: Labelled) -> None:
    """Add the labels of their Bundles to what is held with the same content. Removes none: that
    a Bundle came without its label again proves nothing."""
    for row, labels in _lacking(session, labelled):
        marking = row.marking | {"given": sorted({*row.marking.get("given", ()), *labels})}
        change = update(SourceRecord).where(SourceRecord.id == row.id)
        own = sorted({*row.labels, *labels})
        session.execute(change.values(labels=own, marking=marking))


def _lacking(session: Session, labelled: Labelled) -> list[tuple[Any, frozenset[str]]]:
    record = SourceRecord
    columns = (record.id, record.resource_ref, record.version, record.content_hash)
    query = select(*columns, record.patient_ref, record.labels, record.marking)
    found = []
    for refs in in_parts({key[0] for key in labelled}):
        for row in session.execute(query.where(record.resource_ref.in_(refs))):
            labels = labelled.get((row.resource_ref, row.version, row.content_hash), frozenset())
            if not labels <= set(row.marking.get("given", ())):
                found.append((row, labels))
    return found


def mark_again(session: Session, patient_ref: str | None) -> None:
    """Tell apart the labels of records that were kept before that was done. What they had, they
    keep: where it came from cannot be told any more."""
    record = SourceRecord
    query = select(
        record.id, record.raw, record.resource_ref, record.refers_to, record.labels
    ).where(record.patient_ref == patient_ref, record.is_latest, record.marking == {})
    held = Held(session)
    for row in session.execute(query).all() if patient_ref else ():
        resource = wire.parse(row.raw)
        envelope = Envelope(known=dict(row.refers_to))
        incoming = Incoming(
            row.raw, resource, row.resource_ref, envelope=envelope, labels=frozenset(row.labels)
        )
        marking = marking_of(resource, Surroundings(incoming, held, patient_ref))
        session.execute(update(record).where(record.id == row.id).values(marking=marking))
