"""CDS Hooks as an EHR uses it: discovery, signed calls, cards, feedback."""

import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select

from service.audit import AuditEvent
from service.providers import ProviderSettings
from service.review.worklist import WorklistRow
from service.summary.lifecycle import owner
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.web.app import equip
from service.web.cds.cards import cards_of
from tests.service.review.builders import a_finding, a_summary, a_summary_at
from tests.service.web.conftest import WebRuntime

HERE = "http://127.0.0.1"
VIEW = "/cds-services/countersign-patient-view"
ISSUER = "https://ehr.example/cds"
FHIR = "https://ehr.example/fhir"


@pytest.fixture(scope="module")
def key():
    return ECKey.generate_key("P-384", {"use": "sig", "alg": "ES384"}, auto_kid=True)


@pytest.fixture(scope="module")
def jwks(key):
    """The EHR's keys at their address; `asked` counts who fetched them."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(KeySet([key]).as_dict(private=False)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    server.shutdown()
    server.server_close()


@pytest.fixture
def ours(routes, web_settings, sessions, jwks):
    ehr = ProviderSettings(
        key="ehr",
        name="the EHR",
        fhir_url=FHIR,
        same_ehr=True,
        client_id="countersign",
        default_role="clinician",
        cds_issuer=ISSUER,
        cds_jwks=jwks,
    )
    settings = web_settings.model_copy(update={"sign_in": (ehr,)})
    with TestClient(equip(routes, WebRuntime(settings, sessions)), base_url=HERE) as client:
        yield client


@pytest.fixture
def send(ours, key):
    """A call that the EHR signs; what is given changes the claims, the key or the body."""

    def sent(path=VIEW, *, body=None, signed_with=key, **changed):
        claims = {
            "iss": ISSUER,
            "aud": HERE + path.removesuffix("/feedback"),
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": uuid4().hex,
            **changed,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(
            {"alg": "ES384", "kid": signed_with.kid}, claims, signed_with, algorithms=["ES384"]
        )
        headers = {"Authorization": f"Bearer {token}"}
        return ours.post(path, json=a_call() if body is None else body, headers=headers)

    return sent


def a_call(**changed):
    context = {"patientId": "1", "userId": "Practitioner/17", **changed.pop("context", {})}
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid4()),
        "fhirServer": FHIR,
        "context": context,
        **changed,
    }


def a_summary_with_a_finding(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    return summary


def test_discovery_names_the_services_to_anybody(ours):
    services = ours.get("/cds-services").json()["services"]
    assert [each["hook"] for each in services] == ["patient-view", "appointment-book"]
    assert all(each["id"] and each["title"] and each["description"] for each in services)


def test_a_draft_that_waits_is_a_card_that_launches_it(send, committed):
    summary = committed(a_summary_with_a_finding)
    [card] = send().json()["cards"]
    assert UUID(card["uuid"]).hex == summary.id
    assert card["summary"] == "Pre-visit summary: drafted, to be read and signed"
    assert card["detail"] == "1 thing to settle before it can be signed."
    assert card["indicator"] == "warning"
    [link] = card["links"]
    assert (link["type"], link["url"]) == ("smart", f"{HERE}/launch")
    assert json.loads(link["appContext"]) == {"summary": summary.id}


def test_where_nothing_waits_there_is_no_card(send, committed):
    committed(a_summary_at, SummaryStatus.FILED)
    committed(a_summary, patient="Patient/2")
    assert send().json() == {"cards": []}


def a_row(status, minute, open_major=0):
    summary_id, at = uuid4().hex, datetime(2026, 11, 29, 6, minute, tzinfo=UTC)
    of = ("Patient/1", "", SummaryType.HANDOFF, status, owner(status), "", "p", at, at)
    return WorklistRow(summary_id, *of, 1, "extractive", "d", open_major, 0)


def test_there_are_at_most_three_cards_and_trouble_comes_first():
    in_review = [a_row(SummaryStatus.IN_REVIEW, minute) for minute in range(4)]
    blocked = a_row(SummaryStatus.IN_REVIEW, 1, open_major=2)
    refused = a_row(SummaryStatus.FILING_REFUSED, 0)
    cards = cards_of([*in_review, blocked, refused], "http://ours/launch")
    assert [each.uuid.hex for each in cards] == [refused.id, blocked.id, in_review[3].id]
    assert [each.indicator for each in cards] == ["warning", "warning", "info"]


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"},
        {"aud": HERE + "/cds-services/countersign-appointment-book"},
        {"exp": int(time.time()) - 600},
        {"exp": int(time.time()) + 86_400},
        {"exp": None},
        {"jti": None},
        {"signed_with": ECKey.generate_key("P-384", auto_kid=True)},
    ],
    ids=["issuer", "audience", "over", "too long", "no end", "no id", "another's key"],
)
def test_a_call_that_is_not_the_ehrs_gets_nothing(send, changed):
    answer = send(**changed)
    assert answer.status_code == 401
    assert "cards" not in answer.json()


def test_without_a_token_or_with_a_service_accounts_there_is_nothing(ours):
    for headers in ({}, {"Authorization": "Bearer a-token-of-the-service-account"}):
        assert ours.post(VIEW, json=a_call(), headers=headers).status_code == 401


def test_a_call_serves_once(send):
    assert send(jti="one").status_code == 200
    assert send(jti="one").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (a_call(hook="order-sign"), 400, "patient-view"),
        (a_call(fhirServer="https://other.example/fhir"), 400, "fhirServer"),
        (a_call(context={"patientId": "../1"}), 400, "patientId"),
        ({"hook": "patient-view"}, 422, "hookInstance"),
    ],
    ids=["another hook", "another server", "no id", "half a call"],
)
def test_a_call_that_makes_no_sense_is_told_so(send, body, status, said):
    answer = send(body=body)
    assert answer.status_code == status
    assert said in answer.json()["detail"] + str(answer.json().get("errors"))


def test_there_are_no_other_services(send):
    assert send("/cds-services/other").status_code == 404


def test_feedback_is_in_the_audit_with_its_code_and_without_what_was_typed(
    send, committed, sessions
):
    summary = committed(a_summary)
    told = {
        "card": str(UUID(summary.id)),
        "outcome": "overridden",
        "overrideReason": {"reason": {"code": "later"}, "userComment": "Ada takes lithium"},
        "outcomeTimestamp": "2026-11-29T06:00:00Z",
    }
    assert send(f"{VIEW}/feedback", body={"feedback": [told]}).status_code == 200
    with sessions() as session:
        act = session.scalars(select(AuditEvent).where(AuditEvent.action == "cds.overridden")).one()
    assert (act.actor, act.subject_id, act.patient_ref) == ("cds:ehr", summary.id, "Patient/1")
    assert act.detail == {"reason": "later"}


def test_feedback_on_a_card_of_nobody_is_refused(send):
    told = {"card": str(uuid4()), "outcome": "accepted"}
    assert send(f"{VIEW}/feedback", body={"feedback": [told]}).status_code == 404


def test_who_was_told_of_whom_is_in_the_audit(send, committed, sessions):
    summary = committed(a_summary)
    send()
    with sessions() as session:
        act = session.scalars(select(AuditEvent).where(AuditEvent.action == "cds.answered")).one()
    assert act.patient_ref == "Patient/1"
    assert act.detail == {"user": "Practitioner/17", "cards": [str(UUID(summary.id))]}
