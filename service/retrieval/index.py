"""The vector store: opaque ids and turned vectors, nothing else. Wiped, it is rebuilt."""

import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import httpx
import numpy as np
import structlog

from service.errors import Unavailable
from service.retrieval.embedding import Embedder, dimensions_of, name_of, space_of
from service.retrieval.packing import LEVELS, packed, packed_size, unpacked
from service.retrieval.place import Place
from service.retrieval.store import SYNC_EVERY, Store, chroma

log = structlog.get_logger(__name__)

WRITE_BATCH = 500  # vectors a request; Chroma refuses some thousands
READ_BATCH = 2000
ID_BATCH = 5000
# A server that is being restarted is back within seconds; a person waits for the answer.
PAUSES_S = (0.1, 0.5, 2.0)
QUESTIONS = 512  # kept with their vectors: less than a megabyte
FILLER = "filler-"


class PassageIndex:
    """The vectors of every space in one place of a Chroma server; one collection a space.

    `space` is where the embedder in force writes. `former(name)` makes an earlier embedder
    again, whose vectors serve until they are rebuilt. Connects at first use, and again after
    a restart. Every method raises Unavailable (can_retry) when the store does not answer.
    """

    def __init__(
        self,
        place: Place,
        embedder: Embedder,
        *,
        former: Callable[[str], Embedder | None] = lambda _: None,
    ) -> None:
        self.embedder = embedder
        self._former = former
        self._made: dict[str, Embedder | None] = {}
        self._questions: dict[tuple[str, str], np.ndarray] = {}
        self._store = Store(place)

    @cached_property
    def space(self) -> str:
        return space_of(self.embedder)

    def embedder_of(self, space: str) -> Embedder | None:
        """The embedder whose vectors lie in that space; None when it cannot be made again, or
        does not answer: then it is asked again the next time."""
        if space == self.space:
            return self.embedder
        if space not in self._made:
            made = self._former(name_of(space))
            try:
                self._made[space] = made if made and space_of(made) == space else None
            except Unavailable:
                return None
        return self._made[space]

    def question(self, words: str, space: str) -> np.ndarray:
        """(dimensions,) a question in that space. Sections ask the same of every chart, so the
        last ones are kept. Raises Unavailable when its embedder is gone."""
        found = self._questions.get((space, words))
        if found is None:
            embedder = self.embedder_of(space)
            if embedder is None:
                raise Unavailable(
                    "The embedding of these vectors cannot be asked any more. They wait for the "
                    "rebuild; `countersign reindex` does it now."
                )
            if len(self._questions) >= QUESTIONS:
                self._questions.clear()
            found = self._questions[space, words] = self._embedded(words, space, embedder)
        return found

    def _embedded(self, words: str, space: str, embedder: Embedder) -> np.ndarray:
        try:
            row: np.ndarray = embedder.embed([words])[0]
        except Unavailable:
            self._made.pop(space, None)  # an earlier one: the next chart looks whether it is there
            raise
        return row

    def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        self._store.close()

    def add(self, ids: Sequence[str], vectors: np.ndarray, space: str | None = None) -> None:
        """Write unit rows, (n, dimensions) float32, over any of the same id. Each id once."""
        self._write("upsert", ids, packed(vectors), space)

    def get(self, ids: Sequence[str], space: str | None = None) -> dict[str, np.ndarray]:
        """Id -> (dimensions,), for those that the store has; never one that was not asked for."""
        found: dict[str, np.ndarray] = {}
        dimensions = dimensions_of(space or self.space)
        asked = set(ids)
        for part in _parts(asked, READ_BATCH):
            got = self._ask("get", space, ids=part, include=["embeddings"])
            if not got["ids"]:
                continue
            rows = unpacked(np.asarray(got["embeddings"], np.float32), dimensions)
            pairs = zip(got["ids"], rows, strict=True)
            found.update((i, row) for i, row in pairs if i in asked)
        return found

    def present(self, ids: Sequence[str], space: str | None = None) -> set[str]:
        """Those of the ids that the store has."""
        found: set[str] = set()
        for part in _parts(set(ids), ID_BATCH):
            found.update(self._ask("get", space, ids=part, include=[])["ids"])
        return found

    def pages(self) -> Iterator[list[str]]:
        """Every id in the store, some thousands at a time. Deleting meanwhile may skip some."""
        offset = 0
        while page := self._ask("get", None, include=[], limit=ID_BATCH, offset=offset)["ids"]:
            yield [each for each in page if not each.startswith(FILLER)]
            offset += len(page)

    def delete(self, ids: Sequence[str], space: str | None = None) -> None:
        """Take vectors out. They are written over with noise first: the store's files keep the
        numbers of what was only deleted for as long as the collection lives."""
        for part in _parts(self.present(ids, space), WRITE_BATCH):
            self._write("update", part, self._noise(len(part), space), space)
            self._ask("delete", space, ids=part)

    def flush(self, space: str | None = None) -> None:
        """Have the store write its files anew, so that what was written over is gone from them.

        It does so after SYNC_EVERY writes; there is no command for it. Some seconds.
        """
        ids = [f"{FILLER}{secrets.token_hex(8)}" for _ in range(SYNC_EVERY // 2)]
        self._write("upsert", ids, self._noise(len(ids), space), space)
        for part in _parts(set(ids), ID_BATCH):
            self._ask("delete", space, ids=part)

    def spaces(self) -> set[str]:
        """The spaces that have a collection, as `passages` names them."""
        return set(self._tried(self._store.spaces))

    def drop(self, space: str, *, limit: int = sys.maxsize) -> bool:
        """Remove a whole space, its vectors written over first; whether it is gone. At most about
        `limit` vectors, the rest by the next call. Nobody may be reading it."""
        left = limit
        while left > 0 and (ids := self._some(space, min(left, ID_BATCH))):
            self.delete(ids, space)
            left -= len(ids)
        if left <= 0:
            return False
        self.flush(space)
        self._tried(lambda: self._store.drop(space))
        return True

    def _some(self, space: str, limit: int) -> list[str]:
        return list(self._ask("get", space, include=[], limit=limit)["ids"])

    def drop_outdated(self, is_ours: Callable[[list[str]], bool]) -> int:
        """Remove the collections of an earlier layout, which nobody reads; how many there were.
        `is_ours` says whether one that holds vectors of these ids is."""
        return int(self._tried(lambda: self._store.drop_outdated(is_ours)))

    def check_answers(self) -> None:
        """For readiness checks. Raises Unavailable."""
        self._ask("count", None)

    def _write(self, verb: str, ids: Sequence[str], rows: np.ndarray, space: str | None) -> None:
        for start in range(0, len(ids), WRITE_BATCH):
            part = slice(start, start + WRITE_BATCH)
            self._ask(verb, space, ids=list(ids[part]), embeddings=rows[part])

    def _noise(self, rows: int, space: str | None) -> np.ndarray:
        """What could be anybody's packed rows."""
        size = packed_size(dimensions_of(space or self.space))
        return np.random.default_rng().integers(0, LEVELS**3, (rows, size)).astype(np.float32)

    def _ask(self, verb: str, space: str | None, **what: Any) -> Any:
        """Ask the collection of a space, the one in force unless another is named."""
        named = space or self.space
        return self._tried(lambda: getattr(self._store.collection(named), verb)(**what))

    def _tried(self, ask: Callable[[], Any]) -> Any:
        """Ask; again after a pause, freshly connected, while the store is restarted or wiped."""
        c = chroma()
        # RuntimeError: another thread closed the connection that we were about to use.
        retried = (
            c.NotFoundError,
            c.InternalError,
            httpx.TransportError,
            ValueError,
            RuntimeError,
        )
        for pause_s in (*PAUSES_S, None):
            try:
                return ask()
            except retried as error:
                self.close()
                if pause_s is None:
                    raise _unavailable(error) from None
                time.sleep(pause_s)
            except c.ChromaError:
                raise  # we asked wrongly; trying again will not help
            except Exception as error:
                # The client turns a 5xx into a bare Exception with the server's words, which
                # may hold what we sent; only its type is told.
                raise _unavailable(error) from None
        raise AssertionError


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
