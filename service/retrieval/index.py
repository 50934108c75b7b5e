"""The vector store: opaque ids and turned vectors, nothing else. Wiped, it is rebuilt."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import numpy as np
import structlog

from service.errors import Unavailable
from service.retrieval.embedding import Embedder

log = structlog.get_logger(__name__)

WRITE_BATCH = 500  # vectors a request; Chroma refuses some thousands
READ_BATCH = 2000
ID_BATCH = 5000
TIMEOUT_S = 30.0  # Chroma's client waits for ever unless told
# Its approximate index is never asked: we fetch by id and score exactly. So little is spent on
# building it. Fewer neighbours than Chroma's own 16 would be faster still, but with 2 the server
# (1.5.9) was seen to crash after some thousand writes and deletions; with 16 never.
COLLECTION: Any = {"hnsw": {"space": "ip", "ef_construction": 32, "max_neighbors": 16}}


class PassageIndex:
    """A thin wrapper of the Chroma server. Connects at first use, and again after a restart.

    Every method raises Unavailable (can_retry) when the store does not answer.
    """

    def __init__(self, chroma_url: str, embedder: Embedder) -> None:
        self.embedder = embedder
        self._url = chroma_url
        self._lock = threading.Lock()
        self._collection: Any = None
        self._session: httpx.Client | None = None

    def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        with self._lock:
            self._collection = None
            if self._session:
                self._session.close()
                self._session = None

    def add(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Write vectors, (n, dimensions) float32, over any of the same id. Each id once."""
        for start in range(0, len(ids), WRITE_BATCH):
            part = slice(start, start + WRITE_BATCH)
            self._ask("upsert", ids=list(ids[part]), embeddings=vectors[part])

    def get(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Id -> vector, for those that the store has; never one that was not asked for."""
        found: dict[str, np.ndarray] = {}
        asked = set(ids)
        for part in _parts(asked, READ_BATCH):
            got = self._ask("get", ids=part, include=["embeddings"])
            pairs = zip(got["ids"], got["embeddings"], strict=True)
            found.update((i, np.asarray(v, np.float32)) for i, v in pairs if i in asked)
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that the store has."""
        found: set[str] = set()
        for part in _parts(set(ids), ID_BATCH):
            found.update(self._ask("get", ids=part, include=[])["ids"])
        return found

    def pages(self) -> Iterator[list[str]]:
        """Every id in the store, some thousands at a time. Deleting meanwhile may skip some."""
        offset = 0
        while page := self._page(offset):
            yield page
            offset += len(page)

    def delete(self, ids: Sequence[str]) -> None:
        for part in _parts(set(ids), ID_BATCH):
            self._ask("delete", ids=part)

    def check_answers(self) -> None:
        """For readiness checks. Raises Unavailable."""
        self._ask("count")

    def _page(self, offset: int) -> list[str]:
        return list(self._ask("get", include=[], limit=ID_BATCH, offset=offset)["ids"])

    def _ask(self, verb: str, **what: Any) -> Any:
        """Ask the collection; once more, freshly connected, after a restart or a wipe."""
        from chromadb.errors import ChromaError, InternalError, NotFoundError

        # RuntimeError: another thread closed the connection that we were about to use.
        retried = (NotFoundError, InternalError, httpx.TransportError, ValueError, RuntimeError)
        for is_last in (False, True):
            try:
                return getattr(self._connected(), verb)(**what)
            except retried as error:
                self.close()
                if is_last:
                    raise _unavailable(error) from None
            except ChromaError:
                raise  # we asked wrongly; trying again will not help
            except Exception as error:
                # The client turns a 5xx into a bare Exception with the server's words, which
                # may hold what we sent; only its type is told.
                raise _unavailable(error) from None
        raise AssertionError

    def _connected(self) -> Any:
        with self._lock:
            if self._collection is None:
                self._collection = self._open()
            return self._collection

    def _open(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        # Without this the client tells its maker that it is used.
        settings = Settings(anonymized_telemetry=False)
        client = chromadb.HttpClient(host=self._url, settings=settings)
        session = getattr(getattr(client, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.timeout = httpx.Timeout(TIMEOUT_S)
            self._session = session
        name = f"passages-{self.embedder.name}"
        return client.get_or_create_collection(
            name, embedding_function=None, configuration=COLLECTION
        )


def _unavailable(error: Exception) -> Unavailable:
    log.warning("index.unavailable", error=type(error).__name__)
    return Unavailable(
        "The vector store does not answer. It is tried again; "
        "if this goes on, check COUNTERSIGN_CHROMA_URL."
    )


def _parts(ids: set[str], size: int) -> Iterator[list[str]]:
    """Lists of at most `size`, in one order; the store refuses an id named twice."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
