"""Every route, tried as every role: who may and who may not, as the table of roles says."""

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from service.database import transaction
from service.review.permissions import ALLOWED
from service.review.roles import table
from service.signin.tokens import SCOPES, create_token
from service.summary.people import Person
from service.summary.vocabulary import Role
from service.web.guards import PUBLIC
from tests.service.web.test_door import ROOT, calls, paths


def guarded(app):
    """Method, filled-in path and the ability that its guard asks; None where anybody will do."""
    for path, route in paths(app):
        if not isinstance(route, APIRoute) or path in PUBLIC:
            continue
        guards = [c for c in calls(route.dependant) if getattr(c, "is_guard", False)]
        abilities = {c.ability for c in guards} - {None}
        assert len(abilities) <= 1, f"{path} asks two things at once"
        for method in route.methods - {"HEAD"}:
            yield method, re.sub(r"\{[^}]*\}", "1", path), next(iter(abilities), None)


@pytest.fixture
def as_role(app, sessions, monkeypatch):
    """A client that is signed in with a role, as no sign-in page would have to be gone through."""
    opened = []

    def client_of(role):
        client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        opened.append(client)
        if role is Role.SERVICE:
            with transaction(sessions) as session:
                _, secret = create_token(session, "all", tuple(SCOPES), days=1, by="it")
            client.headers["Authorization"] = f"Bearer {secret}"
            return client
        person = Person(f"p:{role}", "P", role, "Practitioner/1")
        # The demo's door lets in whom it is told to: here somebody with this role.
        with monkeypatch.context() as patch:
            patch.setattr("service.web.api.people.DEMO_PEOPLE", {"clinician": person})
            answer = client.post("/demo/session", json={"persona": "clinician"})
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    yield client_of
    for each in opened:
        each.close()


@pytest.mark.parametrize("role", Role)
def test_a_role_comes_through_the_routes_that_its_acts_need_and_no_others(app, as_role, role):
    client, tried = as_role(role), 0
    for method, path, ability in guarded(app):
        if path == "/api/v1/session" or path.startswith("/sign-out"):
            continue  # they would end the session that tries
        if path.endswith("/events"):
            continue  # an answer without an end; its guard is that of the summary
        allowed = ability is None or role in ALLOWED[ability]
        answer = client.request(method, path, json={})
        refused = answer.status_code == 403
        assert refused is not allowed, (method, path, ability, answer.status_code, answer.text)
        tried += 1
    assert tried > 60


def test_readme_prints_the_table_of_roles_that_the_code_has():
    assert table() in (ROOT / "README.md").read_text("utf-8")
