"""How long the head of a request may take to arrive; how many connections a server may hold."""

import asyncio
import contextlib
import resource
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

PATIENCE_S = 20.0  # for a head; a browser sends it in one piece
MOST_OPEN = 65_536  # connections and files; the usual limit of 1,024 is soon held by one caller


class Heads(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """One connection: closed where a head has begun, or none has come at all, and is not whole in
    time. What is behind a head has its own patience (see limits.py), and uvicorn's between two
    requests."""

    patience_s = PATIENCE_S
    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        if before is None or before.response_complete:
            self._wait()
        super().data_received(data)
        if self.cycle is not before:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waits is None:
            self._waits = self.loop.call_later(self.patience_s, self.transport.close)

    def _stop(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None


def allow_connections() -> None:
    """As many open files as this process may have, up to `MOST_OPEN`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN if hard == resource.RLIM_INFINITY else min(MOST_OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS has a lower one of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
