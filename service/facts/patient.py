"""A patient's facts for one reader: of the records that this person may see, as of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.decisions import Purpose, decide_chart
from service.access.wording import withheld_words
from service.chart.models import SourceRecord
from service.errors import NotFound
from service.facts.fact import Facts, ReadRecord
from service.facts.reconcile import facts_of
from service.reading.assertions import Assertion
from service.reading.keep import kept_of, read_chart
from service.reading.record import local_day
from service.summary.people import Person
from service.summary.vocabulary import Standing

Kept = Mapping[str, tuple[Assertion, ...]]


@dataclass(frozen=True)
class PatientFacts:
    """`records` are those that fed the facts, by id. `withheld_words` as on every page."""

    patient_ref: str
    facts: Facts
    records: Mapping[str, ReadRecord]
    withheld_words: str


def patient_facts(
    session: Session, patient_ref: str, person: Person | None, *, zone: tzinfo
) -> PatientFacts:
    """Facts of what this person may be shown; a restricted record never feeds them.

    What is owed a reading is read first. Raises NotFound when nothing is held of this patient.
    """
    read_chart(session, patient_ref, zone=zone)
    query = select(SourceRecord).where(
        SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest
    )
    held = list(session.scalars(query))
    if not held:
        raise NotFound("Nothing is held of this patient. Ask for a summary, or ingest a Bundle.")
    role = person.role if person else None
    reader = person.practitioner_ref if person else None
    decided = decide_chart(held, purpose=Purpose.SHOW, role=role, reader=reader)
    shown = [each for each in held if decided[each.id].allowed]
    kept = kept_of(session, patient_ref)
    records = {
        each.id: read_record_of(each, kept[each.id].assertions, zone)
        for each in shown
        if each.standing is Standing.EVIDENCE and each.id in kept
    }
    on = datetime.now(zone).date().isoformat()
    facts = facts_of(list(records.values()), on=on)
    return PatientFacts(patient_ref, facts, records, withheld_words(len(held) - len(shown), role))


def read_record_of(
    record: SourceRecord, assertions: tuple[Assertion, ...], zone: tzinfo
) -> ReadRecord:
    return ReadRecord(
        record.id,
        record.resource_ref,
        record.resource_type,
        local_day(record.effective, zone),
        record.is_note,
        record.title,
        record.author,
        record.text,
        assertions,
    )
