"""Who may tell us that a chart has changed, how, and that it comes through once."""

import json
import time

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from service import webhook
from service.chart.arrival.models import Arrival, Subscription
from service.chart.arrival.tokens import hashed
from service.database import transaction
from service.fhir.client import FhirClient
from service.queue import TaskName
from tests.service.chart.arrival.builders import a_notification
from tests.service.fhir.wire_fakes import BASE

SECRET, FORMER, TOKEN = "a-secret-of-thirty-two-characters", "the-secret-that-was-before-it", "t0"
PATH = "/fhir/notify"


@pytest.fixture
def web_settings(settings):
    return settings.model_copy(
        update={"demo": True, "notify_secret": SecretStr(f"{SECRET} {FORMER}")}
    )


@pytest.fixture
def send(anybody, runtime):
    runtime.client = FhirClient(BASE)

    def post(said, *, secret=SECRET, id_="m1", at=None, body=None, headers=None):
        content = json.dumps(said).encode()
        signed = webhook.signed_headers(secret, id_, content, at=at or time.time())
        return anybody.post(
            PATH, content=content if body is None else body, headers=headers or signed
        )

    yield post
    runtime.client.close()


@pytest.fixture
def subscribed(sessions):
    with transaction(sessions) as session:
        session.add(Subscription(topic="t", token_hash=hashed(TOKEN)))


def owed(sessions):
    with sessions() as session:
        return list(session.scalars(select(Arrival.ref).order_by(Arrival.ref)))


def test_a_signed_message_names_patients_and_only_their_ids_are_queued(send, sessions, rung):
    assert send({"patients": ["Patient/2", "Patient/1"]}).status_code == 204
    assert owed(sessions) == ["Patient/1", "Patient/2"]
    assert rung == [(TaskName.FOLLOW_ARRIVAL, {"ref": f"Patient/{n}"}) for n in (1, 2)]


def test_the_secret_that_was_before_still_holds_while_both_are_set(send):
    assert send({"patients": ["Patient/1"]}, secret=FORMER).status_code == 204


def test_a_message_that_comes_again_is_refused(send, sessions):
    assert send({"patients": ["Patient/1"]}).status_code == 204
    assert send({"patients": ["Patient/1"]}).status_code == 401
    assert send({"patients": ["Patient/1"]}, id_="m2").status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "a-secret-that-is-nobodys-at-all"},
        {"at": time.time() - 3600},
        {"at": time.time() + 3600},
        {"body": b'{"patients": ["Patient/9"]}'},
        {"headers": {"authorization": "Bearer of-nothing"}},
        {"headers": {"authorization": f"Bearer {hashed(TOKEN)}"}},
        {"headers": {"accept": "*/*"}},
    ],
)
def test_nobody_else_tells_us_anything(send, sessions, subscribed, wrong):
    assert send({"patients": ["Patient/1"]}, **wrong).status_code == 401
    assert owed(sessions) == []


def test_no_message_is_taken_where_no_secret_is_set(send, web_settings, runtime):
    runtime.settings = web_settings.model_copy(update={"notify_secret": None})
    assert send({"patients": ["Patient/1"]}, secret="").status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        {"patients": []},
        {"patients": ["Observation/1"]},
        {"patients": ["Patient/1; DROP"]},
        {"patients": ["Patient/x"] * 1001},
        {"patients": ["Patient/1"], "name": "Vane"},
    ],
)
def test_what_cannot_be_understood_is_said_without_repeating_it(send, sessions, said):
    answer = send(said)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "invalid"
    assert "Vane" not in answer.text and owed(sessions) == []


def test_a_subscription_of_ours_tells_by_its_token(send, sessions, subscribed):
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert send(a_notification((1, "Encounter/e1")), headers=headers).status_code == 204
    assert owed(sessions) == ["Encounter/e1"]


@pytest.mark.parametrize("body", [b"", b'{"resourceType": "Condition", "id": "c1"}', b"<xml/>"])
def test_a_call_of_a_plain_rest_hook_opens_a_search_whatever_it_holds(send, sessions, rung, body):
    with transaction(sessions) as session:
        session.add(Subscription(resource_type="Condition", token_hash=hashed(TOKEN)))
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert send(None, body=body, headers=headers).status_code == 204
    assert rung == [(TaskName.KEEP_ARRIVALS, {})]
    with sessions() as session:
        assert session.scalars(select(Subscription)).one().gap_since is not None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'{"resourceType": "X"}']
)
def test_what_is_no_notification_is_refused(send, subscribed, body):
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert send(None, body=body, headers=headers).status_code == 400
