"""The store: every version of every resource in one SQLite file, written through to the disk.

A version row is never changed except that its `replaced_by` is set once, and the search rows hang
on versions, not on resources. So the chart as it was at version N can be asked for at any later
time, which is what keeps a search's pages stable while the chart changes.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from fhir_fixtures.sandbox import indexing
from fhir_fixtures.sandbox.dates import instant
from fhir_fixtures.sandbox.outcomes import Resource

SCHEMA = """
CREATE TABLE IF NOT EXISTS version (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, id TEXT NOT NULL,
    vid INTEGER NOT NULL, updated_ms INTEGER NOT NULL, method TEXT NOT NULL,
    body BLOB, replaced_by INTEGER, UNIQUE (type, id, vid));
CREATE INDEX IF NOT EXISTS version_by_time ON version (type, updated_ms);
CREATE TABLE IF NOT EXISTS term (
    type TEXT, name TEXT, value TEXT, system TEXT, seq INTEGER,
    PRIMARY KEY (type, name, value, system, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS term_by_version ON term (seq, name, value, system);
CREATE TABLE IF NOT EXISTS moment (
    seq INTEGER, name TEXT, low INTEGER, high INTEGER,
    PRIMARY KEY (seq, name, low, high)) WITHOUT ROWID;
"""
_COLUMNS = "seq, type, id, vid, updated_ms, method, body"


@dataclass(frozen=True)
class Version:
    """One version of a resource; `body` is its JSON, None when this version is a deletion."""

    seq: int
    type: str
    id: str
    vid: int
    updated_ms: int
    method: str
    body: bytes | None

    @property
    def ref(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def etag(self) -> str:
        return f'W/"{self.vid}"'

    @property
    def updated(self) -> str:
        return instant(self.updated_ms)

    def resource(self) -> Resource:
        assert self.body is not None, "a deletion has no resource"
        resource: Resource = orjson.loads(self.body)
        return resource


class Store:
    """Everything happens inside `transaction()`, one at a time: a sandbox needs no more."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._now_ms = 0
        self._db = sqlite3.connect(
            data_dir / "ehr.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        # FULL: fsync on each commit, so that an answered write survives kill -9 and a power cut.
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; waits for the one before it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._now_ms = max(time.time_ns() // 1_000_000, self._last_ms() + 1)
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """One entry of a batch: undone alone when it is refused."""
        self._db.execute("SAVEPOINT entry")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO entry")
            raise
        finally:
            self._db.execute("RELEASE entry")

    def write(self, resource_type: str, resource_id: str, resource: Resource | None) -> Version:
        """Add a version (None: a deletion); the server sets id, versionId and lastUpdated."""
        before = self.newest(resource_type, resource_id)
        vid = before.vid + 1 if before else 1
        body = None if resource is None else self._stamped(resource, resource_id, vid)
        method = "DELETE" if resource is None else "PUT" if before else "POST"
        row = (resource_type, resource_id, vid, self._now_ms, method, body)
        seq = self._db.execute(
            "INSERT INTO version (type, id, vid, updated_ms, method, body) VALUES (?,?,?,?,?,?)",
            row,
        ).lastrowid
        assert seq is not None
        if before:
            self._db.execute("UPDATE version SET replaced_by = ? WHERE seq = ?", (seq, before.seq))
        if resource is not None:
            self._index(seq, resource)
        return Version(seq, *row)

    def newest(self, resource_type: str, resource_id: str) -> Version | None:
        return self._one(
            "type = ? AND id = ? ORDER BY vid DESC LIMIT 1", resource_type, resource_id
        )

    def version(self, resource_type: str, resource_id: str, vid: str) -> Version | None:
        return self._one("type = ? AND id = ? AND vid = ?", resource_type, resource_id, vid)

    def history(self, resource_type: str, resource_id: str) -> list[Version]:
        """Newest first."""
        where = "type = ? AND id = ? ORDER BY vid DESC"
        return self._versions(where, (resource_type, resource_id))

    def has(self, resource_type: str, resource_id: str, vid: str = "") -> bool:
        """Is it there and not deleted? `vid` "" means the newest version."""
        if vid:
            version = self.version(resource_type, resource_id, vid)
        else:
            version = self.newest(resource_type, resource_id)
        return version is not None and version.body is not None

    def last_seq(self) -> int:
        """The newest version of all: the instant that a search sees."""
        row = self._db.execute("SELECT max(seq) FROM version").fetchone()
        return int(row[0] or 0)

    def sequences(self, sql: str, parameters: Sequence[Any]) -> list[int]:
        return [row[0] for row in self._db.execute(sql, parameters)]

    def fetch(self, sequences: Sequence[int]) -> list[Version]:
        """The versions of these sequence numbers, in the order asked for."""
        # One value however many numbers: SQLite limits how many question marks there may be.
        where = "seq IN (SELECT value FROM json_each(?))"
        found = {v.seq: v for v in self._versions(where, [orjson.dumps(sequences).decode()])}
        return [found[seq] for seq in sequences]

    def _stamped(self, resource: Resource, resource_id: str, vid: int) -> bytes:
        meta = resource.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        meta = meta | {"versionId": str(vid), "lastUpdated": instant(self._now_ms)}
        head = {"resourceType": resource["resourceType"], "id": resource_id, "meta": meta}
        return orjson.dumps(head | {k: v for k, v in resource.items() if k not in head})

    def _index(self, seq: int, resource: Resource) -> None:
        resource_type = resource["resourceType"]
        self._db.executemany(
            "INSERT OR IGNORE INTO term (type, name, system, value, seq) VALUES (?,?,?,?,?)",
            [(resource_type, *term, seq) for term in indexing.terms(resource)],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO moment (name, low, high, seq) VALUES (?,?,?,?)",
            [(*moment, seq) for moment in indexing.moments(resource)],
        )

    def _last_ms(self) -> int:
        sql = "SELECT updated_ms FROM version ORDER BY seq DESC LIMIT 1"
        row = self._db.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def _one(self, where: str, *parameters: Any) -> Version | None:
        found = self._versions(where, parameters)
        return found[0] if found else None

    def _versions(self, where: str, parameters: Sequence[Any]) -> list[Version]:
        # `where` is always a literal of this file.
        sql = f"SELECT {_COLUMNS} FROM version WHERE {where}"  # noqa: S608
        rows = self._db.execute(sql, parameters)
        return [Version(*row) for row in rows]
