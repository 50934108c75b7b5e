"""One file of an export into the charts, part by part: each part and how far it is, together."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.chart.bulk.manifest import deleted_refs
from service.chart.bulk.models import Export, ExportFile
from service.chart.files import of_lines
from service.chart.held import in_parts
from service.chart.incoming import Incoming
from service.chart.ingest import CHUNK_CHARS, CHUNK_ROWS, IngestCount, chunks, ingest
from service.chart.lost import Looked, exclude
from service.chart.models import Chart, SourceRecord
from service.database import Transactions, now
from service.fhir import wire
from service.fhir.errors import outcome_words

log = structlog.get_logger(__name__)

PART_ROWS = CHUNK_ROWS  # files are of one type: a part touches as many charts as it has patients
Report = Callable[[Export], None]


def read_export_file(
    transaction: Transactions,
    file: ExportFile,
    stream: IO[bytes],
    *,
    bases: tuple[str, ...],
    report: Report,
) -> None:
    """From where it was left to its end. Safe to run twice."""
    stream.seek(0)
    read = {"output": _bring, "deleted": _drop, "error": _tell}[file.kind]
    incoming = islice(of_lines(stream, bases=bases), file.done, None)
    parts = (
        chunks(incoming, PART_ROWS, CHUNK_CHARS)
        if file.kind == "output"
        else _lines(stream, file.done)
    )
    for part in parts:
        with transaction() as session:
            export = session.get_one(Export, file.export_id)
            read(session, export, part, bases)
            _advance(session, file, len(part))
        report(export)


def _lines(stream: IO[bytes], done: int, size: int = 500) -> Iterator[list[Any]]:
    """The parsed lines of a file of Bundles or outcomes, which are not for any chart."""
    parsed = (_parsed(line) for line in islice(stream, done, None))
    while part := list(islice(parsed, size)):
        yield part


def _parsed(line: bytes) -> object:
    try:
        return wire.parse(line.decode("utf-8-sig")) if line.strip() else None
    except (wire.BadJson, UnicodeDecodeError):
        return None


def _advance(session: Session, file: ExportFile, count: int) -> None:
    this = (ExportFile.export_id == file.export_id, ExportFile.number == file.number)
    session.execute(update(ExportFile).where(*this).values(done=ExportFile.done + count))


def _bring(session: Session, export: Export, part: list[Incoming], _: tuple[str, ...]) -> None:
    count = ingest(session, "ehr", part, sent_at=export.as_of or export.asked_at)
    so_far = IngestCount(export.kept, export.unchanged, export.quarantined, export.gaps) + count
    export.kept, export.unchanged = so_far.kept, so_far.unchanged
    export.quarantined, export.gaps = so_far.quarantined, so_far.gaps


def _drop(session: Session, export: Export, part: list[Any], bases: tuple[str, ...]) -> None:
    """What the EHR has deleted is no evidence any more, in whoever's chart it was."""
    gone = set(deleted_refs(part, bases=bases))
    patients = _patients_of(session, gone)
    for patient_ref in sorted(patients):
        exclude(session, patient_ref, Looked((), frozenset(gone)))
    touched = update(Chart).where(Chart.patient_ref.in_(patients))
    session.execute(touched.values(changed_at=now()))
    export.deleted += len(gone)


def _patients_of(session: Session, refs: Iterable[str]) -> set[str]:
    patients: set[str | None] = set()
    for some in in_parts(refs):
        query = select(SourceRecord.patient_ref).where(SourceRecord.resource_ref.in_(some))
        patients |= set(session.scalars(query.distinct()))
    return {each for each in patients if each}


def _tell(_: Session, export: Export, part: list[Any], __: tuple[str, ...]) -> None:
    """What the EHR could not export: counted, and its codes in the log."""
    export.errors += len(part)
    for outcome in part:
        log.warning("export.error", id=export.id, said=outcome_words(outcome))
