"""The real application on real parts; only the network between client and app is left out."""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from service import audit
from service.database import transaction
from service.drafting.underway import UnderWay
from service.settings import Settings
from service.web.app import equip, routed

TOKEN = "a-token-of-the-service-account"


@dataclass
class WebRuntime:
    """What the web door asks of a runtime, on the test's own session factory."""

    settings: Settings
    sessions: sessionmaker[Session]
    client: Any = None
    index: Any = None
    prompts: Any = None

    @cached_property
    def under_way(self):
        url = self.settings.redis_url.get_secret_value()
        return UnderWay(url, audit.key_of(self.settings))

    @contextmanager
    def transaction(self):
        with transaction(self.sessions) as session:
            yield session


@pytest.fixture
def web_settings(settings):
    given = {"demo": True, "api_token": SecretStr(TOKEN)}
    return settings.model_copy(update=given)


@pytest.fixture
def runtime(web_settings, sessions):
    runtime = WebRuntime(web_settings, sessions)
    yield runtime
    runtime.under_way.close()


@pytest.fixture(scope="session")
def routes():
    """The application without its parts: making its routes takes longer than most tests."""
    return routed(demo=True)


@pytest.fixture(scope="session")
def hospital_routes():
    """The same as a hospital has it: without the demo's own."""
    return routed(demo=False)


@pytest.fixture
def app(routes, runtime):
    return equip(routes, runtime)


@pytest.fixture
def anybody(app):
    """A client that is not signed in."""
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def service(app):
    """The service account, with its bearer token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url="http://127.0.0.1", headers=headers) as client:
        yield client


@pytest.fixture
def sign_in(app):
    """A signed-in client for one of the demo people, its CSRF token in every request."""
    opened = []

    def signed_in(persona):
        client = TestClient(app, base_url="http://127.0.0.1")
        opened.append(client)
        answer = client.post("/demo/session", json={"persona": persona})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    yield signed_in
    for client in opened:
        client.close()


@pytest.fixture
def clinician(sign_in):
    return sign_in("clinician")


@pytest.fixture
def committed(sessions):
    """Carry out a builder in a transaction of its own and give what it made."""

    def commit(build, *args, **more):
        with transaction(sessions) as session:
            made = build(session, *args, **more)
            if hasattr(made, "versions"):
                _ = made.current  # read while the session is open
            return made

    return commit
