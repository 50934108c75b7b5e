"""FHIR servers that nobody here wrote, each in a process of its own on loopback.

`medplum` is Medplum's router, search, validator and memory (npm). `fhirsnake` (PyPI) ignores every
search parameter but `_id`, and gives nothing that it has created back by its id.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from service.embedded import free_port

HERE = Path(__file__).parent
READY_TIMEOUT_S = 60
NAMES = ("medplum", "fhirsnake")


@dataclass(frozen=True)
class Peer:
    """One server: its `base` address, and the way to fill and empty it between tests."""

    name: str
    port: int
    http: httpx.Client  # kept open: to make one takes longer than most calls

    @property
    def base(self) -> str:
        path = "/fhir/R4" if self.name == "medplum" else ""
        return f"http://127.0.0.1:{self.port}{path}"

    def empty(self) -> None:
        self.http.post(f"{self.base}/$empty").raise_for_status()

    def keep(self, *resources: dict[str, Any]) -> None:
        """These are there, whether or not the server would take them now."""
        for each in resources:
            address = f"{self.base}/{each['resourceType']}/{each['id']}"
            self.http.put(address, json=each, headers={"x-kept-before": "yes"}).raise_for_status()


@contextmanager
def running(name: str) -> Iterator[Peer]:
    """The peer of this name. Skips the test where what it needs is missing; in CI a failure."""
    port, log = free_port(), subprocess.DEVNULL
    process = subprocess.Popen([*_command(name), str(port)], cwd=HERE, stdout=log, stderr=log)
    try:
        with httpx.Client() as http:
            peer = Peer(name, port, http)
            _wait_until_it_answers(peer, process)
            yield peer
    finally:
        process.terminate()
        process.wait()


def _command(name: str) -> list[str]:
    if name == "fhirsnake":
        if not (HERE / "python_modules" / "fhirsnake").is_dir():
            _cannot("fhirsnake is not installed: pip install --no-deps --target python_modules")
        return [sys.executable, str(HERE / "snake.py")]
    node = shutil.which("node")
    if node is None:
        _cannot("Node is not installed")
    if not (HERE / "node_modules" / "@medplum" / "fhir-router").is_dir():
        _cannot(f"Medplum's packages are not installed: npm install --prefix tests/{HERE.name}")
    return [node, str(HERE / "medplum.mjs")]


def _wait_until_it_answers(peer: Peer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{peer.name} ended before it answered"
        try:
            peer.http.get(f"{peer.base}/Patient", timeout=2).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(f"{peer.name} does not answer")


def _cannot(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must run this server.")
    pytest.skip(f"{reason}.")
