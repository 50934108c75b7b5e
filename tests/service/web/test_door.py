"""The shape of the door: every route guarded, every answer with its headers, every write once."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Mount

from service.web.app import create_app
from service.web.guards import PUBLIC, READS
from service.web.idempotency import once, once_for
from service.web.limits import MAX_BODY
from tests.service.review.builders import PHQ, a_summary
from tests.service.web.conftest import WebRuntime

ROOT = Path(__file__).parents[3]


def calls(dependant):
    """Every function that a route depends on, however deep."""
    yield dependant.call
    for each in dependant.dependencies:
        yield from calls(each)


def paths(app):
    for route in app.routes:
        yield route.path if hasattr(route, "path") else "", route


def test_every_route_declares_a_guard_or_is_named_as_public(app):
    for path, route in paths(app):
        if path in PUBLIC:
            continue
        assert isinstance(route, APIRoute), f"{path} is neither guarded nor public"
        guards = [c for c in calls(route.dependant) if getattr(c, "is_guard", False)]
        assert guards, f"{path} declares no guard"


def test_only_what_must_be_public_is(app):
    assert {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/demo/session",
        "/sign-in",
        "/sign-in/start/{provider_key}",
        "/sign-in/callback",
        "/launch",
        "/oauth/token",
        "/jwks.json",
        "/cds-services",
        "/static",
    } == PUBLIC
    for path, route in paths(app):
        if isinstance(route, Mount):
            assert path == "/static"


def test_every_write_of_the_rest_takes_an_idempotency_key(app):
    for path, route in paths(app):
        if not path.startswith("/api/v1/") or route.methods <= READS or path == "/api/v1/session":
            continue
        names = {p.alias for d in _tree(route.dependant) for p in d.header_params}
        assert "Idempotency-Key" in names, path
    assert once
    assert once_for


def _tree(dependant):
    yield dependant
    for each in dependant.dependencies:
        yield from _tree(each)


def test_nobody_gets_in_without_signing_in(app, anybody):
    for path, route in paths(app):
        if not isinstance(route, APIRoute) or path in PUBLIC:
            continue
        filled = re.sub(r"\{[^}]*\}", "1", path)
        for method in route.methods - {"HEAD"}:
            answer = anybody.request(method, filled)
            assert answer.status_code == 401, (method, path, answer.text)
            kind = "fhir+json" if path.startswith("/fhir/") else "problem+json"
            assert answer.headers["content-type"] == f"application/{kind}"


def test_every_answer_carries_the_strict_headers(clinician, committed):
    summary = committed(a_summary)
    for path in (f"/api/v1/summaries/{summary.id}", "/healthz", "/nothing"):
        headers = clinician.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_a_demo_answers_to_loopback_names_only(app):
    with TestClient(app, base_url="http://evil.example") as client:
        answer = client.get("/healthz")
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_413_declared_or_not(service):
    large = b'{"patient": "' + b"x" * MAX_BODY + b'"}'
    kind = {"Content-Type": "application/json"}
    declared = service.post("/api/v1/summaries", content=large, headers=kind)
    streamed = service.post("/api/v1/summaries", content=iter([large]), headers=kind)
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_unforeseen_failure_says_nothing_of_its_cause(runtime, capsys):
    app, secret = create_app(runtime), "Ada Example takes lithium"

    @app.get("/healthz/broken")
    def broken() -> None:
        raise ValueError(secret)

    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get("/healthz/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    said = capsys.readouterr()
    assert "lithium" not in answer.text + said.out + said.err
    assert "ValueError" in said.out + said.err
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_log_tells_routes_and_ids_and_no_query(clinician, committed, capsys):
    summary = committed(a_summary)
    capsys.readouterr()
    clinician.get(f"/api/v1/summaries/{summary.id}?secret=lithium")
    clinician.get("/api/v1/patients/1/records")
    said = capsys.readouterr().out
    assert summary.id in said
    assert "/api/v1/patients/{patient_id}/records" in said
    assert "lithium" not in said
    assert PHQ not in said


def test_the_description_is_whole(anybody):
    told = anybody.get("/openapi.json").json()
    assert set(told["components"]["securitySchemes"]) == {"serviceToken", "session"}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)
            for status, response in operation["responses"].items():
                assert response["description"], (method, path, status)
                if status >= "400" and "content" in response:
                    assert set(response["content"]) == {"application/problem+json"}
    assert "HTTPValidationError" not in str(told)


def test_no_page_loads_scripts_from_elsewhere(anybody):
    assert anybody.get("/docs").status_code == 404
    assert anybody.get("/redoc").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_problem_documents_carry_the_id_that_the_log_has(anybody, method):
    answer = anybody.request(method, "/nothing")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_nul_in_an_address_is_a_bad_request(anybody):
    assert anybody.get("/api/v1/patients/a%00b/records").status_code == 400
    assert anybody.get("/%00").status_code == 400


def test_behind_https_browsers_are_told_to_keep_to_it(web_settings, sessions):
    public = web_settings.model_copy(update={"public_url": "https://countersign.test"})
    told = [
        TestClient(create_app(WebRuntime(settings, sessions)), base_url="http://127.0.0.1")
        .get("/healthz")
        .headers.get("strict-transport-security", "")
        for settings in (public, web_settings)
    ]
    assert told == ["max-age=31536000; includeSubDomains", ""]
