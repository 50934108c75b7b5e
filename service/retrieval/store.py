"""The connection to the Chroma server, and the one collection that each space has."""

import hashlib
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import httpx

from service.retrieval.place import EVERYBODYS, Place

TIMEOUT_S = 30.0  # Chroma's client waits for ever unless told
LAYOUT = 2  # raise when what is kept under an id changes, so that old collections are left
FIRST_NAMED = 2  # the first layout whose collections say of which space they are
PREFIX = f"passages-{LAYOUT}-"
TOLD_BY = 1000  # ids by which a collection is known for ours: some are of passages that are gone
DATABASE = "passages"
EVERYBODYS_DATABASE = "default_database"
# Chroma writes its files anew after so many writes, 1,000 by default: with a million vectors that
# is 700 MB each time. Erasing a patient waits for one such writing, so not much more either.
SYNC_EVERY = 4000
# Its approximate index is never asked: we fetch by id and score exactly. So little is spent on
# building it. Fewer neighbours than Chroma's own 16 would be faster still, but with 2 the server
# (1.5.9) was seen to crash after some thousand writes and deletions; with 16 never.
HNSW = {
    "space": "l2",
    "ef_construction": 32,
    "max_neighbors": 16,
    "sync_threshold": SYNC_EVERY,
}


_importing = threading.Lock()


def chroma() -> Any:
    """Chroma's client; late, since it takes seconds to import, which few commands need.

    Of one thread at a time: two that began with different parts of it waited for each other, and
    left it half imported for the life of the process. A server does it before it has threads.
    """
    with _importing:
        return import_module("service.retrieval.chroma")


class Store:
    """One client of one Chroma server; safe to share between threads."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._server: Any = None
        self._collections: dict[str, Any] = {}

    def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        with self._lock:
            self._collections.clear()
            if self._server is not None:
                self._server._session.close()
                self._server = None

    def collection(self, space: str) -> Any:
        """The collection of a space, made at first use."""
        with self._lock:
            if space not in self._collections:
                self._collections[space] = self._open(space)
            return self._collections[space]

    def spaces(self) -> set[str]:
        """The spaces that have a collection here."""
        with self._lock:
            held = self._connected().list_collections(**_inside(self._place.tenant))
        named = (
            (each.metadata or {}).get("embedding") for each in held if each.name.startswith(PREFIX)
        )
        return {str(space) for space in named if space}

    def drop(self, space: str) -> None:
        with self._lock:
            self._collections.pop(space, None)
            self._connected().delete_collection(
                _collection_name(space), **_inside(self._place.tenant)
            )

    def drop_outdated(self, is_ours: Callable[[list[str]], bool]) -> int:
        """Remove the collections of earlier layouts and of places that were left; how many. Those
        of a later layout, which a newer version beside this one may have made, stay.

        In the tenant that is everybody's another program may keep collections, and another
        Countersign some that look just like ours: `is_ours` is told ids of vectors that lie there.
        """
        here = self._place.tenant
        left = [(tenant, LAYOUT) for tenant in self._place.left if tenant != here]
        with self._lock:
            places = [(here, LAYOUT - 1), *left]
            return sum(self._dropped(*place, is_ours) for place in places)

    def _dropped(self, tenant: str, layout: int, is_ours: Callable[[list[str]], bool]) -> int:
        """How many collections of ours, of that layout or an earlier one, are gone from there."""
        server, inside, gone = self._connected(), _inside(tenant), 0
        for held in server.list_collections(**inside):
            if not _is_outdated(held, layout):
                continue
            if tenant == EVERYBODYS and not is_ours(_some_ids(server, held)):
                continue
            server.delete_collection(held.name, **inside)
            gone += 1
        return gone

    def _open(self, space: str) -> Any:
        server, inside = self._connected(), _inside(self._place.tenant)
        self._make_place(server, inside)
        found = server.get_or_create_collection(
            _collection_name(space),
            metadata={"embedding": space},
            configuration={"hnsw": HNSW, "embedding_function": None},
            **inside,
        )
        return chroma().Collection(client=server, model=found, embedding_function=None)

    def _make_place(self, server: Any, inside: dict[str, str]) -> None:
        """Chroma says that it is there already with the same error as that it may not be."""
        with suppress(chroma().ChromaError):
            server.create_tenant(inside["tenant"])
        with suppress(chroma().ChromaError):
            server.create_database(inside["database"], tenant=inside["tenant"])

    def _connected(self) -> Any:
        """The client without Chroma's outer one, which keeps its connections to itself when it
        cannot reach the server and leaves them open when it is closed."""
        if self._server is None:
            address: dict[str, Any] = {
                "chroma_api_impl": "chromadb.api.fastapi.FastAPI",
                "chroma_server_host": self._place.url,
                "chroma_server_http_port": 8000,
                "chroma_server_headers": self._place.headers,
                "anonymized_telemetry": False,  # else it tells its maker that it is used
            }
            client = chroma()
            system = client.System(client.Settings(**address))
            self._server = system.instance(client.ServerAPI)
            self._server._session.timeout = httpx.Timeout(TIMEOUT_S)
        return self._server


def _inside(tenant: str) -> dict[str, str]:
    database = EVERYBODYS_DATABASE if tenant == EVERYBODYS else DATABASE
    return {"tenant": tenant, "database": database}


def _some_ids(server: Any, held: Any) -> list[str]:
    collection = chroma().Collection(client=server, model=held, embedding_function=None)
    return list(collection.get(limit=TOLD_BY, include=[])["ids"])


def _is_outdated(held: Any, layout: int) -> bool:
    """Whether it has the name that we give to the space which it says it is of, in that layout or
    an earlier one. The first layout wrote nothing by which it could be known for ours."""
    space = (held.metadata or {}).get("embedding")
    names = (_collection_name(str(space), each) for each in range(FIRST_NAMED, layout + 1))
    return bool(space) and held.name in names


def _collection_name(space: str, layout: int = LAYOUT) -> str:
    """A name that Chroma takes, whatever the embedding is called."""
    plain = re.sub(r"[^a-z0-9]+", "-", space.casefold()).strip("-")[:40]
    return f"passages-{layout}-{plain}-{hashlib.sha256(space.encode()).hexdigest()[:8]}"
