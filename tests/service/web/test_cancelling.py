"""What is being prepared can be stopped by a person, at once; it can be asked for again."""

import threading
import time

import pytest
import redis
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from service.database import transaction
from service.review import cancelling
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import a_summary, a_summary_at

PREPARING = (S.REQUESTED, S.CHARTED, S.INDEXED, S.DRAFTED)
CLINICIAN = DEMO_PEOPLE["clinician"]


def stopped_by(runtime, summary):
    with runtime.transaction() as session:
        run = progress.run_of(session, summary.id)
    return runtime.under_way.stopped_by(summary.id, run)


def path(summary, act="cancel"):
    return f"/api/v1/summaries/{summary.id}/{act}"


@pytest.mark.parametrize("status", PREPARING)
def test_what_is_prepared_fails_in_the_name_of_who_stopped_it(clinician, committed, status):
    summary = committed(a_summary_at, status)
    answer = clinician.post(path(summary))
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    reason = "Cancelled by Dr Ines Lindqvist. Try again when it is wanted."
    assert answer.json()["status_reason"] == reason
    history = clinician.get(f"/api/v1/summaries/{summary.id}").json()["history"]
    assert (history[-1]["action"], history[-1]["actor"]) == ("summary.failed", CLINICIAN.id)


def test_it_can_be_asked_for_again_and_is_not_stopped_again(clinician, committed, runtime):
    summary = committed(a_summary_at, S.INDEXED)
    clinician.post(path(summary))
    assert clinician.post(path(summary, "retry")).json()["status"] == "requested"
    assert stopped_by(runtime, summary) is None


def test_a_word_that_was_copied_stops_no_later_run(clinician, committed, runtime, web_settings):
    """Who can write to Redis has kept what a person once said of this draft."""
    summary = committed(a_summary_at, S.INDEXED)
    with runtime.transaction() as session:
        run = progress.run_of(session, summary.id)
    runtime.under_way.ask_to_stop(summary.id, run, CLINICIAN)
    with redis.Redis.from_url(web_settings.redis_url.get_secret_value()) as other:
        other.copy(f"stop:{summary.id}", f"kept:{summary.id}")
        assert clinician.post(path(summary)).json()["status"] == "failed"
        assert clinician.post(path(summary, "retry")).json()["status"] == "requested"
        other.copy(f"kept:{summary.id}", f"stop:{summary.id}")
    assert stopped_by(runtime, summary) is None
    runtime.under_way.forget(summary.id)


def test_what_is_ready_for_review_is_not_stopped(clinician, committed, runtime):
    summary = committed(a_summary)
    assert clinician.post(path(summary)).status_code == 409
    assert stopped_by(runtime, summary) is None


@pytest.mark.parametrize("who", ["qa", "it"])
def test_only_who_may_ask_for_a_summary_may_stop_it(sign_in, committed, who):
    assert sign_in(who).post(path(committed(a_summary_at, S.INDEXED))).status_code == 403


def test_the_service_account_may_stop_what_it_asked_for(service, committed):
    assert service.post(path(committed(a_summary_at, S.INDEXED))).json()["status"] == "failed"


def a_worker(sessions, summary, runtime, begun):
    """Holds the summary as a task does, until it learns that the draft is not wanted."""
    with transaction(sessions) as session:
        assert progress.lock_owed(session, summary.id, S.INDEXED)
        begun.set()
        while not stopped_by(runtime, summary):
            begun.wait(0.01)


def test_a_worker_that_is_drafting_lets_go_of_the_summary(clinician, committed, sessions, runtime):
    summary, begun = committed(a_summary_at, S.INDEXED), threading.Event()
    worker = threading.Thread(target=a_worker, args=(sessions, summary, runtime, begun))
    worker.start()
    assert begun.wait(5)
    assert clinician.post(path(summary)).json()["status"] == "failed"
    worker.join(5)
    assert stopped_by(runtime, summary) is None


@pytest.mark.parametrize("status", PREPARING)
def test_what_does_not_look_loses_its_transaction_within_the_second(
    clinician, committed, sessions, runtime, status
):
    summary = committed(a_summary_at, status)
    with sessions() as session:
        assert progress.lock_owed(session, summary.id, status)
        began = time.monotonic()
        assert clinician.post(path(summary)).json()["status"] == "failed"
        seconds = time.monotonic() - began
        with pytest.raises(OperationalError):
            session.execute(select(1))
    assert seconds < 1.5, "a second, and what a busy machine adds"
    assert stopped_by(runtime, summary) is None


def test_where_the_database_ends_no_transaction_the_step_is_told_to_end(
    clinician, committed, sessions, runtime, monkeypatch
):
    monkeypatch.setattr(cancelling, "_BREAK_OFF", text("SELECT 1 / 0 WHERE :id <> ''"))
    summary = committed(a_summary_at, S.REQUESTED)
    with transaction(sessions) as session:
        progress.lock_owed(session, summary.id, S.REQUESTED)
        assert clinician.post(path(summary)).json()["status"] == "requested"
    assert stopped_by(runtime, summary) == CLINICIAN
    runtime.under_way.forget(summary.id)
