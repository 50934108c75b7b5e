"""Reads the record versions that are owed a reading, and keeps what was read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import Any, NamedTuple

import structlog
from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.chart.compartments import names_subject
from service.chart.models import SourceRecord
from service.database import now
from service.deadline import TookTooLong, within
from service.fhir import wire
from service.reading.layout import Structure
from service.reading.models import RecordReading
from service.reading.packing import Kept, packed, unpacked, without_layout
from service.reading.reading import Reading
from service.reading.record import READER, read_record
from service.sealing.marking import marked_rows
from service.summary.vocabulary import Standing

log = structlog.get_logger(__name__)

MAX_REMEMBERED = 2000  # resources; bounds memory
RECORD_S = 20.0  # of one record; a note of 1 MB is seen to take 6 s
POISONED = (TookTooLong, MemoryError, RecursionError)  # of the text, and not of this reader
NOT_READ = "it could not be read"
RECORDS_A_STEP = 300  # about a second of one core, so that a transaction stays short

_IS_SET_ASIDE = and_(
    SourceRecord.standing == Standing.UNREADABLE,
    SourceRecord.standing_reason.startswith(f"{NOT_READ}:"),
)


def read_step(session: Session, *, zone: tzinfo, limit: int = RECORDS_A_STEP) -> int:
    """Read some of what was never read, or by another reader, whoever's it is; how many records.
    For a transaction of its own, again and again until 0. What another transaction reads now is
    left to it."""
    owed = _owed(_is_unread()).limit(limit)
    return _read(session, owed.with_for_update(of=SourceRecord, skip_locked=True), zone)


def read_chart(session: Session, patient_ref: str, *, zone: tzinfo) -> int:
    """Read whatever is owed of one patient's chart, also what was rendered anew; how many records.
    Safe to run twice."""
    owed = _owed(_is_unread() | _is_reworded())
    return _read(session, owed.where(SourceRecord.patient_ref == patient_ref), zone)


def forget_reworded(session: Session, patient_ref: str) -> None:
    """Forget readings of texts that have changed, and of records that no longer count: the next
    step reads what is owed."""
    mine = RecordReading.patient_ref == patient_ref
    still = select(SourceRecord.id).where(SourceRecord.patient_ref == patient_ref, *_readable())
    reworded = select(RecordReading.record_id).join(
        SourceRecord, SourceRecord.id == RecordReading.record_id
    )
    session.execute(delete(RecordReading).where(mine, RecordReading.record_id.not_in(still)))
    gone = RecordReading.record_id.in_(reworded.where(mine, _is_reworded()))
    session.execute(delete(RecordReading).where(gone))


def kept_of(session: Session, patient_ref: str) -> dict[str, Kept]:
    """Record id -> what today's reader has read of it, of one patient's texts as they stand."""
    query = (
        select(RecordReading.record_id, RecordReading.reading)
        .join(SourceRecord, SourceRecord.id == RecordReading.record_id)
        .where(
            RecordReading.patient_ref == patient_ref,
            RecordReading.reader == READER,
            RecordReading.text_mark == SourceRecord.text_mark,
        )
    )
    return {record_id: without_layout(kept) for record_id, kept in session.execute(query)}


def reading_of(session: Session, record: SourceRecord, *, zone: tzinfo) -> Reading:
    """One record's reading: as kept, else read now."""
    kept = session.get(RecordReading, record.id)
    is_of_today = kept is not None and kept.reader == READER
    if kept is not None and is_of_today and kept.text_mark == record.text_mark:
        return unpacked(kept.reading, record.text)
    return _reading(record, Found(session), zone)


def kept_readings(
    session: Session, records: Sequence[SourceRecord], *, zone: tzinfo = UTC
) -> Callable[[SourceRecord], Reading]:
    """Gives each of these records as it is kept, all fetched at once; what is not is read now. The
    answer needs the session no more."""
    query = select(RecordReading.record_id, RecordReading.text_mark, RecordReading.reading).where(
        RecordReading.record_id.in_([each.id for each in records]), RecordReading.reader == READER
    )
    rows = session.execute(query).all() if records else ()
    marks = {each.id: each.text_mark for each in records}
    kept = {row.record_id: row.reading for row in rows if row.text_mark == marks[row.record_id]}
    found = Found(session)
    unread = select(SourceRecord).where(SourceRecord.id.in_(marks.keys() - kept.keys()))
    fresh = {each.id: _reading(each, found, zone) for each in session.scalars(unread)}

    def read(record: SourceRecord) -> Reading:
        known = fresh.get(record.id)
        return known if known is not None else unpacked(kept[record.id], record.text)

    return read


def _owed(why: ColumnElement[bool]) -> Select[SourceRecord]:
    """Latest versions that stand as evidence, and why they are owed a reading."""
    kept = RecordReading.record_id == SourceRecord.id
    return select(SourceRecord).outerjoin(RecordReading, kept).where(*_readable(), why)


def _readable() -> tuple[ColumnElement[bool], ...]:
    return (
        SourceRecord.patient_ref.is_not(None),
        SourceRecord.is_latest.is_(True),
        or_(SourceRecord.standing == Standing.EVIDENCE, _IS_SET_ASIDE),
    )


def _is_unread() -> ColumnElement[bool]:
    return RecordReading.record_id.is_(None) | (RecordReading.reader != READER)


def _is_reworded() -> ColumnElement[bool]:
    return RecordReading.text_mark != SourceRecord.text_mark


def _read(session: Session, owed: Select[SourceRecord], zone: tzinfo) -> int:
    found = Found(session)
    rows = [_row(record, found, zone) for record in session.scalars(owed).all()]
    if rows:
        _write(session, rows)
        log.info("records.read", records=len(rows), reader=READER)
    return len(rows)


def _row(record: SourceRecord, found: "Found", zone: tzinfo) -> dict[str, Any]:
    reading = _reading(record, found, zone)
    _set_aside(record, reading)
    try:
        kept = packed(reading)
    except Exception as error:
        kept = packed(_nothing(record, f"{NOT_READ} ({type(error).__name__})", error))
    return {
        "record_id": record.id,
        "patient_ref": record.patient_ref,
        "reader": READER,
        "text_mark": record.text_mark,
        "reading": kept,
        "read_at": now(),
    }


def _reading(record: SourceRecord, found: "Found", zone: tzinfo) -> Reading:
    """Nothing, with a gap, where the reader fails: one odd record must not hold up the rest."""
    try:
        with within(RECORD_S):
            return read_record(record, zone=zone, find=partial(found.find, record))
    except POISONED as error:
        return _nothing(record, f"{NOT_READ}: it takes too long or too much", error)
    except Exception as error:
        return _nothing(record, f"{NOT_READ} ({type(error).__name__})", error)


def _nothing(record: SourceRecord, why: str, error: Exception) -> Reading:
    log.warning("record.not_read", record_id=record.id, error=type(error).__name__)
    return Reading(record.text, Structure((), (why,)), ())


def _set_aside(record: SourceRecord, reading: Reading) -> None:
    """A text that no reader comes to the end of is unreadable, and counted as such: whoever
    reads it next would be held up as we were. Another reader looks again, and it may stand."""
    poison = next((gap for gap in reading.structure.gaps if gap.startswith(f"{NOT_READ}:")), "")
    if poison:
        record.standing, record.standing_reason = Standing.UNREADABLE, poison
    elif record.standing is Standing.UNREADABLE:
        record.standing, record.standing_reason = Standing.EVIDENCE, ""


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Another may have read the same meanwhile: the later reading stays."""
    adding = insert(RecordReading)
    again = {name: adding.excluded[name] for name in rows[0] if name != "record_id"}
    session.execute(
        adding.on_conflict_do_update(index_elements=["record_id"], set_=again),
        marked_rows(session, RecordReading, rows),
    )


class Found:
    """What records point at, remembered while some are read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._remembered: dict[str, Pointed | None] = {}

    def find(self, record: SourceRecord, ref: str) -> Mapping[str, Any] | None:
        """The newest version held under a reference. Not another patient's: two sources may use
        one id for two people. Nor one with a label that the record lacks: what is read of it would
        be less restricted than it is itself."""
        if ref not in self._remembered:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[ref] = self._read(ref)
        found = self._remembered[ref]
        if found is None or found.patient_ref not in (None, record.patient_ref):
            return None
        if found.patient_ref is None and names_subject(found.resource):
            return None  # whose it is cannot be told
        return found.resource if found.labels <= frozenset(record.labels) else None

    def _read(self, ref: str) -> "Pointed | None":
        row = self._session.execute(
            select(SourceRecord.raw, SourceRecord.patient_ref, SourceRecord.labels)
            .where(SourceRecord.resource_ref == ref, SourceRecord.is_latest)
            .order_by(SourceRecord.received_at.desc())
            .limit(1)
        ).first()
        resource = wire.parse(row.raw) if row else None
        if row is None or not isinstance(resource, Mapping):
            return None
        return Pointed(resource, row.patient_ref, frozenset(row.labels))


class Pointed(NamedTuple):
    """A resource that another points at, whose it is, and its labels."""

    resource: Mapping[str, Any]
    patient_ref: str | None
    labels: frozenset[str]
