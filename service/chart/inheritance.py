"""Security labels that a record has from the encounter or episode in which it was made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord

MAX_STEPS = 5  # a stay inside a stay inside an episode
HOLDERS = ("Encounter", "EpisodeOfCare")


def inherited_labels(session: Session, patient_ref: str) -> dict[str, list[str]]:
    """Record id -> its own labels and those of what it belongs to, for those that gain any.

    Inheritance is never undone by itself: a label that was once on an encounter stays on its
    records until they come again, which errs on the side of protection.
    """
    latest = (SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
    labelled = select(SourceRecord.id).where(
        *latest,
        SourceRecord.resource_type.in_(HOLDERS),
        func.jsonb_array_length(SourceRecord.labels) > 0,
    )
    if session.scalar(labelled.limit(1)) is None:
        return {}
    query = select(
        SourceRecord.id,
        SourceRecord.resource_ref,
        SourceRecord.encounter_ref,
        SourceRecord.labels,
        SourceRecord.refers_to,
    ).where(*latest)
    return spread(list(session.execute(query)))


def spread(rows: Sequence[Any]) -> dict[str, list[str]]:
    """Record id -> all its labels, for those that gain any from what they belong to."""
    by_ref = {row.resource_ref: set(row.labels) for row in rows}
    parents = {row.resource_ref: _parents(row) & by_ref.keys() for row in rows}
    for _ in range(MAX_STEPS):
        for ref, above in parents.items():
            if ref.partition("/")[0] in HOLDERS:
                by_ref[ref] |= set().union(*(by_ref[parent] for parent in above))
    found = {}
    for row in rows:
        inherited = set().union(*(by_ref[parent] for parent in parents[row.resource_ref]))
        if inherited - set(row.labels):
            found[row.id] = sorted(set(row.labels) | inherited)
    return found


def _parents(row: Row[Any]) -> set[str]:
    """Its encounter; for an encounter also what it is part of, and its episodes."""
    found = {row.encounter_ref} if row.encounter_ref else set()
    found |= {t for t in row.refers_to.values() if t.startswith("EpisodeOfCare/")}
    return found - {row.resource_ref}
