"""Long uploads: kept as they came, and brought into the charts by a worker, part by part."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import audit, queue
from service.chart.files import read_file
from service.chart.incoming import Incoming
from service.chart.ingest import IngestCount, chunks, ingest
from service.chart.limits import limited
from service.chart.models import Upload, UploadState
from service.database import Transactions, now
from service.errors import NotFound, TooMuch
from service.queue import TaskName
from service.sealing.marking import destroy_keys
from service.sealing.owners import own_key

MAX_TRIES = 3  # a text that ends its worker this often is the text's fault
PART_ROWS, PART_CHARS = 500, 8 * 2**20  # of one transaction: some seconds, while charts are held
QUIET_FOR = timedelta(minutes=10)  # longer than a part takes: whoever was at it has been stopped
OPEN = (UploadState.READING, UploadState.WAITING)  # in the order in which they sort
ENDED = "It ended the process that read it, {} times. Send it in parts, to find the part that does."


def receive(session: Session, content: bytes, *, name: str, sha256: str, sent_by: str) -> Upload:
    """Keep this body, and ask for it to be brought into the charts. `name` says by its suffix
    what it is, as files.read_file() takes it."""
    upload = Upload(content=content, name=name, sha256=sha256, sent_by=sent_by)
    session.add(upload)
    session.flush()
    audit.record(session, "bundle.received", actor=sent_by, subject_id=upload.id)
    queue.after_commit(session, TaskName.INGEST_UPLOAD, upload_id=upload.id)
    return upload


def find_upload(session: Session, upload_id: str, *, sent_by: str) -> Upload:
    """The sender's upload of this id. Raises NotFound."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.sent_by != sent_by:
        raise NotFound("No upload of yours has this id. Look at what the upload was answered.")
    return upload


def owed_uploads(session: Session, *, before: datetime | None = None) -> list[str]:
    """Ids of what nobody is at, the oldest of each sender: one sender has one worker at most.
    With `before`, of those that came before that instant."""
    columns = (Upload.id, Upload.sent_by, Upload.state, Upload.received_at, Upload.seen_at)
    open_now = select(*columns).where(Upload.state.in_(OPEN))
    first: dict[str, Any] = {}
    for row in session.execute(open_now.order_by(Upload.state, Upload.received_at)):
        first.setdefault(row.sent_by, row)  # the one that is being read comes before any other
    free = [r for r in first.values() if _is_free(r) and (before is None or r.received_at < before)]
    return [row.id for row in sorted(free, key=lambda row: row.received_at)]


def ingest_upload(transaction: Transactions, upload_id: str, *, bases: tuple[str, ...]) -> None:
    """Bring one upload into the charts, in transactions of its own. Safe to run twice; does
    nothing while another of the same sender is worked on. Of what is too much nothing is kept."""
    work = _begun(transaction, upload_id)
    if work is None:
        return
    with _as_file(work) as path:
        try:
            # Looked through before anything is kept: a part cannot be taken back.
            for _ in limited(read_file(path, bases=bases)):
                pass
        except TooMuch as too_much:
            _end(transaction, work, IngestCount(), refused=too_much.sentence)
        else:
            count = _in_parts(transaction, work, read_file(path, bases=bases))
            _end(transaction, work, count)


@dataclass(frozen=True)
class _Work:
    id: str
    name: str
    content: bytes
    received_at: datetime


def _begun(transaction: Transactions, upload_id: str) -> _Work | None:
    with transaction() as session:
        upload = session.get(Upload, upload_id, with_for_update={"skip_locked": True})
        if upload is None or upload.content is None or not _is_its_turn(session, upload):
            return None
        if upload.tries >= MAX_TRIES:
            _close(session, upload, refused=ENDED.format(upload.tries))
            return None
        upload.state, upload.tries, upload.seen_at = UploadState.READING, upload.tries + 1, now()
        return _Work(upload.id, upload.name, upload.content, upload.received_at)


def _is_its_turn(session: Session, upload: Upload) -> bool:
    """Asked for one at a time by sender, so that two never begin together."""
    name = func.hashtextextended(f"upload\n{upload.sent_by}", 0)
    session.execute(select(func.pg_advisory_xact_lock(name)))
    return upload.id in owed_uploads(session)


@contextmanager
def _as_file(work: _Work) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, work.name)
        path.write_bytes(work.content)
        yield path


def _in_parts(transaction: Transactions, work: _Work, incoming: Iterator[Incoming]) -> IngestCount:
    count = IngestCount()
    for part in chunks(incoming, PART_ROWS, PART_CHARS):
        with transaction() as session:
            count += ingest(session, "rest", part, sent_at=work.received_at)
            _note(session.get_one(Upload, work.id), count)
    return count


def _note(upload: Upload, count: IngestCount) -> None:
    upload.kept, upload.unchanged = count.kept, count.unchanged
    upload.quarantined, upload.gaps = count.quarantined, count.gaps
    upload.seen_at = now()


def _end(transaction: Transactions, work: _Work, count: IngestCount, *, refused: str = "") -> None:
    with transaction() as session:
        upload = session.get_one(Upload, work.id)
        _note(upload, count)
        _close(session, upload, refused=refused)


def _close(session: Session, upload: Upload, *, refused: str = "") -> None:
    """What came is in the charts now, or nowhere: the copy goes, and the next one's turn comes."""
    upload.state = UploadState.REFUSED if refused else UploadState.DONE
    upload.reason, upload.content, upload.ended_at = refused, None, now()
    session.flush()
    destroy_keys(session, {own_key(Upload.__tablename__, upload.id)})
    told = {name: getattr(upload, name) for name in ("kept", "unchanged", "quarantined", "gaps")}
    action = "bundle.refused" if refused else "bundle.ingested"
    audit.record(session, action, actor=upload.sent_by, subject_id=upload.id, **told)
    for owed in owed_uploads(session):
        queue.after_commit(session, TaskName.INGEST_UPLOAD, upload_id=owed)


def _is_free(row: Any) -> bool:
    return row.state is UploadState.WAITING or row.seen_at < now() - QUIET_FOR
