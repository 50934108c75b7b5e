"""A proxy of real sockets before a peer, which fails call by call as a network and an EHR do."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.peers import Peer

Change = Callable[[dict[str, Any], str], dict[str, Any]]  # a Bundle, and its own address


@dataclass(frozen=True)
class Fault:
    """What happens to one call. `reaches`: the peer gets the request, whatever is answered."""

    reaches: bool = True
    status: int | None = None
    body: bytes = b""
    drops: bool = False
    truncates: bool = False
    delay_s: float = 0.0
    change: Change | None = None


@dataclass
class Proxy:
    """`faults` maps "METHOD Type" to what happens instead, or to a list of it, one a call."""

    peer: Peer
    port: int = 0
    faults: dict[str, Fault | list[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{urlsplit(self.peer.base).path}"

    def fault_of(self, call: str) -> Fault:
        self.calls.append(call)
        planned = self.faults.get(call, Fault())
        if isinstance(planned, list):
            return planned.pop(0) if planned else Fault()
        return planned


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    http: httpx.Client

    def answer(self) -> None:
        path = self.path.removeprefix(urlsplit(self.proxy.peer.base).path)
        fault = self.proxy.fault_of(f"{self.command} {urlsplit(path).path.split('/')[1]}")
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, content = fault.status or 200, fault.body
        if fault.reaches:
            answer = self._carried(body)
            status = fault.status or answer.status_code
            content = fault.body or answer.content
        if fault.change and status == 200:
            content = self._changed(fault.change, content)
        time.sleep(fault.delay_s)
        if fault.drops:
            self.close_connection = True
            return
        self._send(status, content, fault)

    def _changed(self, change: Change, content: bytes) -> bytes:
        """What the peer says, altered where it is a search's Bundle; reads stay as they are."""
        said = json.loads(content)
        if said.get("type") == "searchset":
            said = change(said, f"http://{self.headers['host']}{self.path}")
        return json.dumps(said).encode()

    def _carried(self, body: bytes) -> httpx.Response:
        dropped = ("content-length", "accept-encoding", "connection")  # Medplum's links name us
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        base = urlsplit(self.proxy.peer.base)
        address = f"{base.scheme}://{base.netloc}{self.path}"
        return self.http.request(self.command, address, content=body, headers=headers)

    def _send(self, status: int, content: bytes, fault: Fault) -> None:
        try:
            self.send_response(status)
            kind = "text/html" if content[:1] == b"<" else "application/fhir+json"
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if fault.truncates else content)
        except OSError:  # the client has not waited so long
            pass
        self.close_connection = self.close_connection or fault.truncates

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def before(peer: Peer) -> Iterator[Proxy]:
    proxy = Proxy(peer)
    with httpx.Client(timeout=30) as http:
        handler = type("Handler", (_Handler,), {"proxy": proxy, "http": http})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        proxy.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
