"""The web server of one process: its socket, its address, in front or in the background."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import uvicorn

from service.children import READY_TIMEOUT_S
from service.embedded import environment
from service.errors import Unavailable, WrongSetting
from service.settings import Settings

STOP_AFTER_S = 3  # open event streams must not hold up Ctrl-C


class Announcing(uvicorn.Server):
    """Says where it is once it answers: who reads the line may call at once."""

    announcement = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.announcement and self.started:
            click.echo(self.announcement)


class WebServer:
    """uvicorn on a socket that was bound before.

    The web door is named, not imported: the two doors know nothing of each other, and the
    settings reach it as they would reach a process of its own.
    """

    def __init__(self, settings: Settings, address: socket.socket) -> None:
        os.environ.update(environment(settings))
        self._socket = address
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        # access_log off: uvicorn's would write query strings; the app logs paths with ids only.
        self._server = Announcing(
            uvicorn.Config(
                "service.web.app:served",
                factory=True,
                http="service.web.heads:Heads",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_AFTER_S,
            )
        )

    def run(self) -> None:
        """Serve until Ctrl-C."""
        self._server.announcement = (
            f"Countersign is at {self.url}  (Ctrl-C stops it; its data stays)"
        )
        self._server.run(sockets=[self._socket])

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Serve from a thread for the length of the block."""
        thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        thread.start()
        try:
            self._wait_until_started()
            yield
        finally:
            self._server.should_exit = True
            thread.join(STOP_AFTER_S + 2)

    def _wait_until_started(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self._server.started:
            if time.monotonic() > deadline:
                raise Unavailable("The web server did not start; see the log above.")
            time.sleep(0.02)


def bound(settings: Settings) -> socket.socket:
    """The web address, taken before anything is started: a taken port is one sentence, at once."""
    host, port = settings.host, settings.port
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WrongSetting(
            f"Port {port} of {host} cannot be used ({error.strerror}). Choose another with --port."
        ) from None
    return listening
