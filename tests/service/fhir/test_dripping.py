"""An EHR that answers a byte at a time holds nobody for ever."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread

import pytest

from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrUnknown

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000\r\n\r\n"
EVERY_S = 0.05  # each byte comes well within the timeout


@pytest.fixture
def dripping() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        Thread(target=_serve, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/fhir/"


def _serve(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            Thread(target=_drip, args=(caller,), daemon=True).start()


def _drip(caller: socket.socket) -> None:
    with caller, suppress(OSError):
        caller.recv(65536)
        caller.sendall(HEAD)
        while True:
            caller.sendall(b" ")
            time.sleep(EVERY_S)


def test_an_answer_a_byte_at_a_time_is_given_up(dripping):
    client, begun = FhirClient(dripping, timeout_s=0.2), time.monotonic()
    with closing(client), pytest.raises(EhrBusy, match="took too long"):
        client.read("Patient/1")
    assert time.monotonic() - begun < 6.0  # 2 s, and once only


def test_a_write_that_is_answered_so_may_have_been_done(dripping):
    client = FhirClient(dripping, timeout_s=0.2)
    with closing(client), pytest.raises(EhrUnknown, match="did not come to an end"):
        client.create({"resourceType": "Patient"})


def test_who_waits_is_given_up_sooner(dripping):
    client, begun = FhirClient(dripping, timeout_s=30.0), time.monotonic()
    with closing(client), pytest.raises(EhrBusy):
        client.within(0.5).read("Patient/1")
    assert time.monotonic() - begun < 3.0
