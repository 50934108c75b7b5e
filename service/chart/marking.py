"""Labels that come to a record that is held already: by a Bundle, or by a newer way of looking."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.chart.held import Held
from service.chart.incoming import Envelope, Incoming
from service.chart.models import SourceRecord
from service.chart.record import Surroundings, key_of, marking_of
from service.fhir import wire


def label_held(session: Session, batch: Iterable[Incoming]) -> set[str | None]:
    """Add the labels of their Bundles to what is held with the same content; whose charts that
    touched. Removes none: that a Bundle came without its label again proves nothing."""
    labelled = {key_of(one): one.labels for one in batch if one.labels and one.resource is not None}
    if not labelled:
        return set()
    refs = {key[0] for key in labelled}
    record = SourceRecord
    query = select(
        record.id,
        record.resource_ref,
        record.version,
        record.content_hash,
        record.patient_ref,
        record.labels,
        record.marking,
    )
    touched: set[str | None] = set()
    for row in session.execute(query.where(record.resource_ref.in_(refs))):
        labels = labelled.get((row.resource_ref, row.version, row.content_hash), frozenset())
        given = set(row.marking.get("given", ()))
        if not labels <= given:
            marking = row.marking | {"given": sorted(given | labels)}
            own = set(row.labels) | labels
            change = update(record).where(record.id == row.id)
            session.execute(change.values(labels=sorted(own), marking=marking))
            touched.add(row.patient_ref)
    return touched


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
