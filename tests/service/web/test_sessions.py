"""Signing in and out, the token of forms, and the end of an idle session."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from service.database import now, transaction
from service.web.app import create_app
from service.web.models import WebSession
from service.web.tickets import COOKIE
from tests.service.review.builders import a_summary
from tests.service.web.conftest import WebRuntime

ASK = {"patient": "Patient/1", "type": "pre-visit"}


def test_the_demo_sign_in_gives_a_person_a_token_and_a_strict_cookie(anybody):
    answer = anybody.post("/demo/session", json={"persona": "clinician"})
    assert answer.json()["person"]["role"] == "clinician"
    assert answer.json()["csrf_token"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert anybody.get("/api/v1/session").json()["person"]["id"] == "demo-clinician"


def test_over_https_the_cookie_is_secure(app):
    with TestClient(app, base_url="https://127.0.0.1") as client:
        answer = client.post("/demo/session", json={"persona": "qa"})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_outside_demo_mode_there_is_no_demo_sign_in(web_settings, sessions):
    app = create_app(WebRuntime(web_settings.model_copy(update={"demo": False}), sessions))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.post("/demo/session", json={"persona": "clinician"}).status_code == 404


def test_another_site_cannot_sign_a_browser_in(anybody):
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = anybody.post("/demo/session", json={"persona": "clinician"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("token", [None, "", "wrong", "ü"])
def test_a_write_without_the_sessions_token_is_refused(clinician, token):
    del clinician.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token.encode("latin-1")}
    answer = clinician.post("/api/v1/summaries", json=ASK, headers=headers)
    assert answer.status_code == 403
    assert clinician.get("/api/v1/summaries").json()["rows"] == []


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(clinician, app):
    stolen = clinician.cookies[COOKIE]
    assert clinician.delete("/api/v1/session").status_code == 204
    with TestClient(app, base_url="http://127.0.0.1", cookies={COOKIE: stolen}) as thief:
        assert thief.get("/api/v1/summaries").status_code == 401


def test_an_idle_session_ends(clinician, sessions, web_settings):
    assert clinician.get("/api/v1/summaries").status_code == 200
    idle = timedelta(minutes=web_settings.session_minutes + 1)
    with transaction(sessions) as session:
        session.execute(update(WebSession).values(seen_at=now() - idle))
    answer = clinician.get("/api/v1/summaries")
    assert answer.status_code == 401
    assert "Sign in" in answer.json()["detail"]


def test_use_keeps_a_session_alive(clinician, sessions):
    earlier = now() - timedelta(minutes=20)
    with transaction(sessions) as session:
        session.execute(update(WebSession).values(seen_at=earlier))
    assert clinician.get("/api/v1/summaries").status_code == 200
    with transaction(sessions) as session:
        assert session.query(WebSession).one().seen_at > earlier


def test_a_forged_cookie_is_nobody(anybody):
    anybody.cookies.set(COOKIE, "demo-clinician.c2lnbmF0dXJl")
    assert anybody.get("/api/v1/summaries").status_code == 401


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer é"])
def test_a_wrong_token_is_nobody_even_beside_a_good_session(clinician, header):
    answer = clinician.get("/api/v1/summaries", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_without_a_token_set_no_bearer_is_known(web_settings, sessions):
    app = create_app(WebRuntime(web_settings.model_copy(update={"api_token": None}), sessions))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for sent in ("Bearer ", "Bearer None"):
            answer = client.get("/api/v1/summaries", headers={"Authorization": sent})
            assert answer.status_code == 401


def test_the_service_account_needs_no_token_of_forms(service, committed):
    committed(a_summary)
    assert service.post("/api/v1/summaries", json=ASK).status_code == 202
