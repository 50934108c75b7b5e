"""A recall over REST: looked at, started once, and reported on."""

import hashlib

import pytest
from sqlalchemy import select

from service.database import transaction
from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from service.web.models import KeptAnswer
from service.writeback.recall.recall import step_recalls
from tests.service.writeback.builders import a_signed_summary

ADDRESS = "/api/v1/recalls"


def a_refused_one(session):
    summary = a_signed_summary(session)
    progress.advance(session, summary, S.FILING_REFUSED, actor="dr-a")
    return summary


@pytest.fixture
def it(sign_in):
    return sign_in("it")


def test_a_recall_is_looked_at_started_and_reported_on(it, committed, runtime):
    ids = sorted(committed(a_refused_one).id for _ in range(3))
    model = it.get(f"{ADDRESS}/touched?since=2020-01-01T00:00:00Z").json()["rows"][0]["model"]
    page = it.get(f"{ADDRESS}/touched", params={"model": model, "limit": 2}).json()
    rest = it.get(
        f"{ADDRESS}/touched", params={"model": model, "limit": 2, "cursor": page["next"]}
    ).json()
    assert sorted(row["summary_id"] for row in page["rows"] + rest["rows"]) == ids
    assert rest["next"] is None and "Patient" not in str(page)
    asked = {"model": model, "reason": "It was wrong."}
    started = it.post(ADDRESS, json=asked, headers={"Idempotency-Key": "1"})
    assert started.status_code == 202
    assert it.post(ADDRESS, json=asked, headers={"Idempotency-Key": "1"}).json() == started.json()
    step_recalls(runtime.transaction)
    report = it.get(started.headers["location"]).json()
    assert report["counts"] == {"rejected": 3}
    assert {each["status"] for each in report["summaries"]} == {S.REJECTED}
    (row,) = it.get(ADDRESS).json()["rows"]
    assert (row["id"], row["reason"]) == (report["id"], "It was wrong.")
    assert row["ended_at"] is not None


def test_why_is_kept_with_the_recall_alone_and_goes_with_it(it, committed, sessions):
    """What is kept under an Idempotency-Key belongs to no patient: no erasure would find it."""
    summary = committed(a_refused_one)
    asked = {"since": "2020-01-01T00:00:00Z", "reason": "Ada told of the quetzal."}
    it.post(ADDRESS, json=asked, headers={"Idempotency-Key": "1"})
    with transaction(sessions) as session:
        (kept,) = session.scalars(select(KeptAnswer))
        assert summary.id and "quetzal" not in kept.body and "id" in kept.body


def test_nobody_who_reads_the_database_guesses_what_was_typed_by_its_hash(it, sessions, committed):
    committed(a_refused_one)
    body = b'{"since":"2020-01-01T00:00:00Z","reason":"Opioid use disorder"}'
    headers = {"Idempotency-Key": "1", "Content-Type": "application/json"}
    assert it.post(ADDRESS, content=body, headers=headers).status_code == 202
    with transaction(sessions) as session:
        (kept,) = session.scalars(select(KeptAnswer))
        assert kept.request_hash != hashlib.sha256(body).hexdigest()
    assert it.post(ADDRESS, content=body, headers=headers).status_code == 202
    assert it.post(ADDRESS, content=body + b" ", headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"reason": "x"}, 400),
        ({"model": "m", "reason": " "}, 400),
        ({"model": "none", "reason": "x"}, 404),
        ({"model": "m"}, 422),
        ({"model": "m", "reason": "x", "patient": "Patient/1"}, 422),
        ({"since": "2026-01-01", "reason": "x"}, 422),
    ],
)
def test_what_cannot_be_recalled_is_said(it, asked, status):
    answer = it.post(ADDRESS, json=asked, headers={"Idempotency-Key": "1"})
    assert answer.status_code == status
