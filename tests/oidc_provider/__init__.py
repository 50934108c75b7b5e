"""An OpenID Provider that nobody here wrote (the npm package oidc-provider), run on loopback.

It signs people in with any password, as its development mode does; with `smart` it stands for
an EHR that launches apps.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from service.embedded import free_port

HERE = Path(__file__).parent
READY_TIMEOUT_S = 60


@dataclass
class OidcProvider:
    """Where it answers, and who it knows: sub -> claims; launch -> what the EHR has open."""

    app: str
    port: int = field(default_factory=free_port)
    smart: bool = False
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    launches: dict[str, dict[str, str]] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def fhir_url(self) -> str:
        return f"{self.issuer}/fhir"

    def told(self) -> str:
        usual = {
            "client_id": "countersign",
            "client_secret": "a-secret-of-the-test-client",
            "redirect_uris": [f"{self.app}/sign-in/callback"],
        }
        client = {k: v for k, v in {**usual, **self.client}.items() if v is not None}
        given = {k: v for k, v in vars(self).items() if k != "client"}
        return json.dumps({**given, "clients": [client]})


@contextmanager
def running(provider: OidcProvider) -> Iterator[OidcProvider]:
    """The provider in a process of its own. Skips the test where Node or it is missing; in CI
    that is a failure."""
    node = shutil.which("node")
    if node is None:
        _cannot("Node is not installed")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        _cannot(f"oidc-provider is not installed: npm install --prefix tests/{HERE.name}")
    process = subprocess.Popen(
        [node, str(HERE / "provider.mjs"), provider.told()],
        cwd=HERE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(provider: OidcProvider, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider ended before it answered"
        try:
            httpx.get(f"{provider.issuer}/jwks", timeout=2).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the provider does not answer")


def _cannot(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must run this provider.")
    pytest.skip(f"{reason}.")
