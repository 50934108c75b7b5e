"""Signing in and out, the token of forms, and the end of an idle session."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from service.audit import AuditEvent
from service.database import now, transaction
from service.signin.tokens import create_token, revoke_token
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


def set_back(sessions, **values):
    with transaction(sessions) as session:
        session.execute(update(WebSession).values(**values))


def exchanged(client, sessions):
    """Make the ticket old, so that the next answer carries another; the one before it."""
    old = client.cookies[COOKIE]
    set_back(sessions, ticket_at=now() - timedelta(minutes=16))
    assert client.get("/api/v1/session").status_code == 200
    assert client.cookies[COOKIE] != old
    return old


def as_thief(app, cookie):
    return TestClient(app, base_url="http://127.0.0.1", cookies={COOKIE: cookie})


def test_the_ticket_is_exchanged_while_the_session_goes_on(clinician, sessions):
    exchanged(clinician, sessions)
    assert clinician.post("/api/v1/summaries", json=ASK).status_code == 202, "the form token stays"
    with transaction(sessions) as session:
        assert session.query(WebSession).count() == 1


def test_a_ticket_on_its_way_when_another_was_issued_still_serves(clinician, sessions, app):
    old = exchanged(clinician, sessions)
    clinician.get("/api/v1/session")
    with as_thief(app, old) as late:
        assert late.get("/api/v1/session").status_code == 200
    assert clinician.get("/api/v1/session").status_code == 200


def test_a_copied_ticket_ends_the_session_for_both(clinician, sessions, app):
    stolen = exchanged(clinician, sessions)
    clinician.get("/api/v1/session")
    set_back(sessions, ticket_at=now() - timedelta(minutes=2))
    with as_thief(app, stolen) as thief:
        assert thief.get("/api/v1/session").status_code == 401
    assert clinician.get("/api/v1/session").status_code == 401
    with transaction(sessions) as session:
        acts = session.scalars(select(AuditEvent.action)).all()
    assert "session.copied" in acts


def test_a_new_ticket_that_got_lost_is_issued_again(clinician, sessions, app):
    old = exchanged(clinician, sessions)
    set_back(sessions, ticket_at=now() - timedelta(minutes=2))
    with as_thief(app, old) as same_browser:
        answer = same_browser.get("/api/v1/session")
    new = answer.cookies[COOKIE]
    assert (answer.status_code, new != old) == (200, True)
    with as_thief(app, new) as same_browser:
        assert same_browser.get("/api/v1/session").status_code == 200


def test_a_refused_request_does_not_lose_the_new_ticket(clinician, sessions):
    old = clinician.cookies[COOKIE]
    set_back(sessions, ticket_at=now() - timedelta(minutes=16))
    assert clinician.get("/api/v1/summaries/unknown").status_code == 404
    assert clinician.cookies[COOKIE] != old
    assert clinician.get("/api/v1/session").status_code == 200


def test_signing_out_while_the_ticket_is_exchanged_signs_out(clinician, sessions):
    set_back(sessions, ticket_at=now() - timedelta(minutes=16))
    assert clinician.delete("/api/v1/session").status_code == 204
    assert COOKIE not in clinician.cookies
    assert clinician.get("/api/v1/session").status_code == 401


def test_a_session_ends_at_its_full_length_however_busy(clinician, sessions, web_settings):
    set_back(sessions, made_at=now() - timedelta(hours=web_settings.session_hours, minutes=1))
    assert clinician.get("/api/v1/session").status_code == 401


def test_signing_out_everywhere_ends_every_browser_of_this_person_only(sign_in):
    ward, office, other = sign_in("clinician"), sign_in("clinician"), sign_in("qa")
    answer = office.delete("/api/v1/session?everywhere=true")
    assert answer.status_code == 204
    assert ward.get("/api/v1/session").status_code == 401
    assert office.get("/api/v1/session").status_code == 401
    assert other.get("/api/v1/session").status_code == 200


def test_behind_a_proxy_that_ends_https_the_cookie_is_secure(web_settings, sessions):
    given = {"public_url": "https://countersign.example"}
    app = create_app(WebRuntime(web_settings.model_copy(update=given), sessions))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.post("/demo/session", json={"persona": "qa"})
    assert "secure" in answer.headers["set-cookie"].lower()


def a_token(sessions, *scopes):
    with transaction(sessions) as session:
        return create_token(session, "feed", scopes, days=1, by="it")[1]


def test_a_programs_token_opens_what_its_scopes_name(anybody, sessions, committed):
    summary = committed(a_summary)
    anybody.headers["Authorization"] = f"Bearer {a_token(sessions, 'list')}"
    assert anybody.get("/api/v1/session").json()["person"]["id"] == "token:feed"
    assert anybody.get("/api/v1/summaries").status_code == 200
    refused = anybody.get(f"/api/v1/summaries/{summary.id}")
    assert refused.status_code == 403
    assert "scopes" in refused.json()["detail"]
    assert anybody.post("/api/v1/summaries", json=ASK).status_code == 403


def test_a_revoked_token_is_nobody_at_once(anybody, sessions):
    anybody.headers["Authorization"] = f"Bearer {a_token(sessions, 'list')}"
    assert anybody.get("/api/v1/summaries").status_code == 200
    with transaction(sessions) as session:
        revoke_token(session, "feed", by="it")
    assert anybody.get("/api/v1/summaries").status_code == 401
