"""`$export` from beginning to end, over deaths of the process: gone on with where it was."""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service import audit
from service.chart.bulk.manifest import Manifest, read_manifest
from service.chart.bulk.models import Export, ExportFile, ExportState
from service.chart.bulk.reading import Report, read_export_file
from service.database import Transactions, now
from service.errors import Conflict, NotFound
from service.fhir.client import FhirClient
from service.fhir.errors import EhrNotFound, EhrRefused, FhirError
from service.summary import people

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0  # between two looks, where the EHR says nothing
TIMES = 2  # one that was thrown away, and one anew
GONE = (403, 404, 410)  # what servers answer for a file that they keep no longer
OPEN = (ExportState.ASKED, ExportState.READING)


def run_export(
    transaction: Transactions,
    client: FhirClient,
    scope: str,
    *,
    since: datetime | None = None,
    types: Sequence[str] = (),
    report: Report = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Export:
    """Bring an export of `scope` ("Group/1", or "Patient" for everybody) into the charts.

    One that was begun is gone on with, whatever is asked now; one that the EHR has thrown away is
    asked for anew, once. Raises Conflict while another process is at it, and FhirError.
    """
    with transaction() as turn:
        if not _is_our_turn(turn, scope):
            raise Conflict(f"Another process reads the export of {scope} just now.")
        for _ in range(TIMES):
            export = _open_export(transaction, scope)
            if export is None:
                export = _begin(transaction, client, scope, since, types)
            export = _finish(transaction, client, export, report, sleep)
            if export.state is ExportState.DONE:
                return export
            since, types = export.since, export.types  # the same, anew
    raise EhrRefused("The EHR has thrown the export away before it was read. Run it again.")


def last_export(session: Session, scope: str) -> datetime:
    """As of when the last finished export of this scope was. Raises NotFound."""
    query = select(func.max(Export.as_of)).where(
        Export.scope == scope, Export.state == ExportState.DONE
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"No export of {scope} was finished yet: leave --since out.")
    return found


def _is_our_turn(session: Session, scope: str) -> bool:
    """Until the end of this transaction, or of the process."""
    name = func.hashtextextended(f"export\n{scope}", 0)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(name))))


def _open_export(transaction: Transactions, scope: str) -> Export | None:
    with transaction() as session:
        query = select(Export).where(Export.scope == scope, Export.state.in_(OPEN))
        return session.scalars(query.order_by(Export.asked_at.desc())).first()


def _begin(
    transaction: Transactions,
    client: FhirClient,
    scope: str,
    since: datetime | None,
    types: Sequence[str],
) -> Export:
    params: dict[str, str] = {}
    if types:
        params["_type"] = ",".join(types)
    if since is not None:
        params["_since"] = since.astimezone(UTC).isoformat(timespec="milliseconds")
    status_url = client.export(f"{scope}/$export", params)
    with transaction() as session:
        export = Export(scope=scope, types=list(types), since=since, status_url=status_url)
        session.add(export)
        session.flush()
        audit.record(session, "export.asked", actor=people.SYSTEM, subject_id=export.id)
    return export


def _finish(
    transaction: Transactions,
    client: FhirClient,
    export: Export,
    report: Report,
    sleep: Callable[[float], None],
) -> Export:
    """DONE, or EXPIRED where the EHR has it no longer."""
    try:
        if export.state is ExportState.ASKED:
            _note_files(transaction, export, _awaited(client, export, sleep))
        for file in _files(transaction, export):
            _read(transaction, client, export, file, report)
    except EhrRefused as refused:
        if not isinstance(refused, EhrNotFound) and refused.http_status not in GONE:
            raise
        return _end(transaction, export, ExportState.EXPIRED)
    with suppress(FhirError):  # it is thrown away by itself, later
        client.forget_export(export.status_url)
    return _end(transaction, export, ExportState.DONE)


def _awaited(client: FhirClient, export: Export, sleep: Callable[[float], None]) -> Manifest:
    pause_s = FIRST_PAUSE_S
    while True:
        said, wished_s = client.exported(export.status_url)
        if said is not None:
            return read_manifest(said)
        sleep(min(wished_s or pause_s, LONGEST_PAUSE_S))
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _note_files(transaction: Transactions, export: Export, manifest: Manifest) -> None:
    with transaction() as session:
        row = session.get_one(Export, export.id)
        row.state, row.as_of = ExportState.READING, manifest.as_of
        row.needs_token = manifest.needs_token
        for number, (kind, url) in enumerate(manifest.files):
            session.add(ExportFile(export_id=row.id, number=number, kind=kind, url=url))


def _files(transaction: Transactions, export: Export) -> list[ExportFile]:
    with transaction() as session:
        query = select(ExportFile).where(ExportFile.export_id == export.id)
        return list(session.scalars(query.order_by(ExportFile.number)))


def _read(
    transaction: Transactions, client: FhirClient, export: Export, file: ExportFile, report: Report
) -> None:
    """Through a file without a name, which is gone with the process: no chart stays on the disk."""
    with transaction() as session:
        needs_token = session.get_one(Export, export.id).needs_token
    with tempfile.TemporaryFile() as stream:
        client.download(file.url, stream, needs_token=needs_token)
        read_export_file(transaction, file, stream, bases=client.bases, report=report)
    with transaction() as session:
        this = (ExportFile.export_id == file.export_id, ExportFile.number == file.number)
        session.execute(delete(ExportFile).where(*this))


def _end(transaction: Transactions, export: Export, state: ExportState) -> Export:
    with transaction() as session:
        row = session.get_one(Export, export.id)
        row.state, row.ended_at = state, now()
        session.execute(delete(ExportFile).where(ExportFile.export_id == row.id))
        told = {n: getattr(row, n) for n in ("kept", "unchanged", "quarantined", "deleted")}
        audit.record(session, f"export.{state}", actor=people.SYSTEM, subject_id=row.id, **told)
    return row
