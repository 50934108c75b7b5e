"""Each peer once for a module, emptied before each test, with the proxy before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from service.fhir.client import FhirClient
from tests.peers import NAMES, Peer, running
from tests.peers.faults import LIMIT_S
from tests.peers.proxy import Proxy, before
from tests.service.writeback.conftest import NO_LAG, run, signed
from tests.service.writeback.ehr import SEEDS, Wire, seed

__all__ = ["run", "signed"]  # they file and sign here too


@pytest.fixture(scope="module", params=NAMES)
def server(request: pytest.FixtureRequest) -> Iterator[Peer]:
    with running(request.param) as server:
        yield server


@pytest.fixture
def peer(server: Peer) -> Peer:
    server.empty()
    return server


@pytest.fixture
def proxy(peer: Peer) -> Iterator[Proxy]:
    with before(peer) as proxy:
        yield proxy


@pytest.fixture
def proxied(proxy: Proxy) -> Iterator[FhirClient]:
    """The client as a site has it, but that it waits a second and not half a minute."""
    client = FhirClient(proxy.url, timeout_s=LIMIT_S, sleep=lambda _: None, profile=NO_LAG)
    yield client
    client.close()


class PeerStore:
    """What is put into a peer behind our back, as the sandbox's store takes it."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def write(self, resource_type: str, id_: str, resource: dict[str, Any]) -> None:
        self.peer.keep({**resource, "resourceType": resource_type, "id": id_})


@pytest.fixture
def store(peer: Peer) -> PeerStore:
    store = PeerStore(peer)
    seed(store, SEEDS)
    return store


@pytest.fixture
def wire(peer: Peer, store: PeerStore) -> Iterator[Wire]:
    with httpx.Client(base_url=peer.base) as http:
        yield Wire(http)


@pytest.fixture
def client(wire: Wire) -> Iterator[FhirClient]:
    client = FhirClient("http://ehr.test", transport=wire, sleep=lambda _: None, profile=NO_LAG)
    yield client
    client.close()
