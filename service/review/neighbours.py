"""The note before another in time, and the one after it, as far as a person may see them."""

from dataclasses import dataclass

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.review.sources import decisions_to_show
from service.summary.people import Person
from service.summary.vocabulary import Standing

LOOKED_AT = 20  # of which the nearest that is open counts; a run of withheld notes ends the look


@dataclass(frozen=True)
class Neighbours:
    before: SourceRecord | None = None
    after: SourceRecord | None = None


def neighbours(session: Session, record: SourceRecord, person: Person) -> Neighbours:
    """Of a note with a time; none of what is no note, or has none."""
    if not record.is_note or record.effective_at is None or record.patient_ref is None:
        return Neighbours()
    place = tuple_(SourceRecord.effective_at, SourceRecord.id)
    here = (record.effective_at, record.id)
    notes = select(SourceRecord).where(
        SourceRecord.patient_ref == record.patient_ref,
        SourceRecord.is_note,
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.EVIDENCE,
        SourceRecord.resource_ref != record.resource_ref,
    )
    older = notes.where(place < here).order_by(
        SourceRecord.effective_at.desc(), SourceRecord.id.desc()
    )
    newer = notes.where(place > here).order_by(SourceRecord.effective_at, SourceRecord.id)
    return Neighbours(
        *(_first(session, each, record.patient_ref, person) for each in (older, newer))
    )


def _first(
    session: Session, notes: Select[SourceRecord], patient_ref: str, person: Person
) -> SourceRecord | None:
    found = list(session.scalars(notes.limit(LOOKED_AT)))
    decided = decisions_to_show(session, patient_ref, found, person)
    return next((note for note in found if decided[note.id].allowed), None)
