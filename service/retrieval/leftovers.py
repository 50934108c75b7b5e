"""What an erased patient leaves outside the database: the queue's messages, files' free pages."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import redis
import structlog

log = structlog.get_logger(__name__)

VACUUM_WAIT_S = 30.0  # for Chroma to finish what it is writing


def erase_messages(redis_url: str, ids: Iterable[str]) -> int:
    """Remove every message, result and counter that names one of these ids; how many.

    An append-only file is written anew, so that what was removed is not in it either, nor what
    was consumed long ago. Raises redis.RedisError when the queue does not answer.
    """
    named = [each.encode() for each in ids]
    if not named:
        return 0
    with closing(redis.Redis.from_url(redis_url)) as queue:
        removed = sum(_removed_from(queue, key, named) for key in queue.scan_iter(count=1000))
        _rewrite_file(queue)
    return removed


def _rewrite_file(queue: Any) -> None:
    """A server that forbids it, or is at it already, does so in its own time; what was removed
    stays removed."""
    try:
        if queue.config_get("appendonly").get("appendonly") == "yes":
            queue.bgrewriteaof()
    except redis.ResponseError as error:
        log.warning("queue.file_not_rewritten", error=type(error).__name__)


def _removed_from(queue: Any, key: bytes, ids: list[bytes]) -> int:
    """Kombu keeps waiting messages in lists and those taken in the hash `unacked`."""
    if _names(key, ids):
        return int(queue.delete(key))
    kind = queue.type(key)
    if kind == b"list":
        found = [each for each in queue.lrange(key, 0, -1) if _names(each, ids)]
        return sum(int(queue.lrem(key, 0, each)) for each in found)
    if kind == b"hash":
        held = [field for field, value in queue.hscan_iter(key) if _names(field + value, ids)]
        return int(queue.hdel(key, *held)) if held else 0
    if kind == b"string" and _names(queue.get(key) or b"", ids):
        return int(queue.delete(key))
    return 0


def _names(said: bytes, ids: list[bytes]) -> bool:
    return any(each in said for each in ids)


def vacuum_store(chroma_dir: Path) -> bool:
    """Rewrite the database file of a Chroma that was started here, so that the names of deleted
    vectors are not left in its free pages; whether there was such a file and it was free.

    The server may run: SQLite's own locks keep the two apart. For an institution's own server
    there is `chroma vacuum`.
    """
    path = chroma_dir / "chroma.sqlite3"
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=VACUUM_WAIT_S, isolation_level=None)) as file:
            file.execute("VACUUM")
    except sqlite3.OperationalError as error:
        log.warning("store.not_vacuumed", error=type(error).__name__)
        return False
    return True
