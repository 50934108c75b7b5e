"""An EHR that exports, on loopback: the kick-off, the waiting, the manifest and its files."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

AS_OF = "2026-11-01T03:00:00.000Z"


@dataclass
class Exports:
    """`files` are (kind, content or path) in order. `waits` is how often the EHR says "not yet".
    `gone` are numbers of files that it has thrown away, `held_up` those that hang till the end."""

    files: list[tuple[str, bytes | Path]] = field(default_factory=list)
    waits: int = 1
    gone: set[int] = field(default_factory=set)
    held_up: set[int] = field(default_factory=set)
    token: str = ""
    elsewhere: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    started: list[dict[str, list[str]]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir"

    def manifest(self) -> dict[str, Any]:
        base = self.elsewhere or f"http://127.0.0.1:{self.port}"
        said: dict[str, Any] = {"output": [], "deleted": [], "error": []}
        for number, (kind, _) in enumerate(self.files):
            url = f"{base}/files/{len(self.started)}/{number}"
            said[kind].append({"type": "Observation", "url": url})
        return {"transactionTime": AS_OF, "requiresAccessToken": bool(self.token), **said}


class _Handler(BaseHTTPRequestHandler):
    exports: Exports

    def do_GET(self) -> None:
        exports, path = self.exports, urlsplit(self.path)
        exports.asked.append(f"{self.command} {path.path}")
        if exports.token and self.headers.get("authorization") != f"Bearer {exports.token}":
            self._answer(401, b"{}")
        elif path.path.endswith("/$export"):
            exports.started.append(parse_qs(path.query))
            where = f"http://127.0.0.1:{exports.port}/status/{len(exports.started)}"
            self._answer(202, b"", {"Content-Location": where})
        elif path.path.startswith("/status/"):
            self._status()
        elif path.path.startswith("/files/"):
            self._file(int(path.path.rpartition("/")[2]))
        else:
            self._answer(404, b"{}")

    def do_DELETE(self) -> None:
        self.exports.asked.append(f"{self.command} {self.path}")
        self._answer(202, b"")

    def _status(self) -> None:
        if self.exports.waits > 0:
            self.exports.waits -= 1
            self._answer(202, b"", {"Retry-After": "0", "X-Progress": "soon"})
        else:
            self._answer(200, json.dumps(self.exports.manifest()).encode())

    def _file(self, number: int) -> None:
        exports = self.exports
        if number in exports.gone:
            exports.gone.remove(number)
            self._answer(410, b"{}")
            return
        if number in exports.held_up:
            exports.ended.wait(60)
        content = exports.files[number][1]
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        self.send_response(200)
        self.send_header("content-length", str(size))
        self.end_headers()
        for piece in _pieces(content):
            self.wfile.write(piece)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the client was killed
            return

    def log_message(self, *_: Any) -> None:
        return


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as stream:
        while piece := stream.read(2**20):
            yield piece


@contextmanager
def serving(exports: Exports) -> Iterator[Exports]:
    handler = type("Handler", (_Handler,), {"exports": exports})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    exports.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield exports
    finally:
        exports.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


def ndjson(resources: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in resources)


def deletions(*refs: str) -> bytes:
    entries = [{"request": {"method": "DELETE", "url": ref}} for ref in refs]
    return ndjson([{"resourceType": "Bundle", "type": "transaction", "entry": entries}])
