"""A write under one Idempotency-Key happens once and is answered the same again."""

import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select, text, update

from service.chart.models import SourceRecord
from service.database import now, transaction
from service.summary import progress
from service.summary.models import Summary
from service.web.models import KeptAnswer
from tests.service.review.builders import a_record, a_summary

API = "/api/v1/summaries"
ASK = {"patient": "Patient/1", "type": "pre-visit"}
KEY = {"Idempotency-Key": "key-1"}


def count(sessions):
    with transaction(sessions) as session:
        return session.scalar(select(func.count()).select_from(Summary))


def test_the_same_request_again_gets_the_first_answer(service, sessions, rung):
    first = service.post(API, json=ASK, headers=KEY)
    second = service.post(API, json=ASK, headers=KEY)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Location"] == first.headers["Location"]
    assert count(sessions) == 1
    assert len(rung) == 1


def test_without_a_key_two_requests_are_two(service, sessions):
    for _ in range(2):
        service.post(API, json=ASK)
    assert count(sessions) == 2


def test_the_key_with_another_request_is_422(service, sessions):
    service.post(API, json=ASK, headers=KEY)
    answer = service.post(API, json={**ASK, "type": "handoff"}, headers=KEY)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]
    assert count(sessions) == 1


def test_keys_of_two_people_do_not_meet(service, clinician, sessions):
    service.post(API, json=ASK, headers=KEY)
    clinician.post(API, json=ASK, headers=KEY)
    assert count(sessions) == 2


def restricted(session):
    session.execute(update(SourceRecord).values(labels=["PSYTHPN"]))


def denied(session):
    a_record(session, "Consent", ref="Consent/1", raw=orjson.dumps(DENIAL).decode())


DENIAL = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]},
    "provision": {"type": "deny"},
}


@pytest.mark.parametrize("close", [restricted, denied])
def test_what_was_closed_since_is_not_shown_again(clinician, committed, sessions, close):
    summary = committed(a_summary)
    path, words = f"{API}/{summary.id}/statements/0", {"text": "She takes sertraline."}
    first = clinician.patch(path, json=words, headers=KEY)
    assert "PHQ-9" in first.text
    assert clinician.patch(path, json=words, headers=KEY).content == first.content
    with transaction(sessions) as session:
        close(session)
    again = clinician.patch(path, json=words, headers=KEY)
    assert again.status_code == 409 and "PHQ-9" not in again.text
    with transaction(sessions) as session:
        assert len(progress.find_summary(session, summary.id).versions) == 2, "it happened once"


def test_a_refusal_is_not_kept(clinician, committed):
    summary = committed(a_summary)
    path = f"{API}/{summary.id}/sign"
    assert clinician.post(path, json={"digest": "x"}, headers=KEY).status_code == 409
    good = {"digest": summary.current.digest}
    assert clinician.post(path, json=good, headers=KEY).status_code == 200
    again = clinician.post(path, json=good, headers=KEY)
    assert (again.status_code, again.json()["status"]) == (200, "signed")


def test_a_duplicate_while_the_first_is_at_work_is_409(service, sessions):
    name = "service-account\nkey-1"
    with transaction(sessions) as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )
        answer = service.post(API, json=ASK, headers=KEY)
    assert answer.status_code == 409
    assert service.post(API, json=ASK, headers=KEY).status_code == 202


def test_many_at_once_make_one(service, sessions):
    statuses = []

    def ask():
        statuses.append(service.post(API, json=ASK, headers=KEY).status_code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {202, 409}
    assert 202 in statuses
    assert count(sessions) == 1


def test_a_kept_answer_is_forgotten_after_a_day(service, sessions):
    service.post(API, json=ASK, headers=KEY)
    with transaction(sessions) as session:
        session.execute(update(KeptAnswer).values(made_at=now() - timedelta(hours=25)))
    service.post(API, json=ASK, headers=KEY)
    assert count(sessions) == 2


def test_a_key_that_is_no_key_is_422(service):
    answer = service.post(API, json=ASK, headers={"Idempotency-Key": "x" * 256})
    assert answer.status_code == 422
