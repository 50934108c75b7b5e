"""Answers survive the worker that paid for them; an endpoint that keeps failing is left alone."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from service.database import now, transaction
from service.drafting.model.endpoint import LONGEST_ANSWER
from service.drafting.model.failures import EndpointFailed, ModelWaiting
from service.drafting.model.ledger import DatabaseLedger, forget_answers
from service.drafting.models import ModelAnswer, ModelEndpoint
from tests.service.drafting.model.conversation import Conversation, an_interval_request

BUSY = EndpointFailed("it answered 503")


@pytest.fixture
def ledger(sessions):
    return DatabaseLedger(lambda: transaction(sessions), failures=3, pause_s=60.0)


def an_answer(key="k1"):
    return ModelAnswer(
        key=key,
        summary_id="s1",
        patient_ref="Patient/1",
        answer={"statements": [{"text": "x", "citations": []}]},
        tokens_in=10,
        tokens_out=5,
    )


def opened(ledger):
    """An endpoint that has failed too often."""
    for _ in range(2):
        ledger.failed("m", BUSY)
    with pytest.raises(ModelWaiting) as waiting:
        ledger.failed("m", BUSY)
    return waiting.value


def pause_is_over(sessions):
    with transaction(sessions) as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(ModelEndpoint).values(closed_until=past))


def test_an_answer_is_there_for_the_worker_that_comes_after(ledger):
    ledger.answered("m", an_answer())
    kept = ledger.recall(["k1", "k2"])
    assert list(kept) == ["k1"]
    assert kept["k1"].answer.statements[0].text == "x" and kept["k1"].tokens_in == 10


def test_the_same_answer_twice_is_kept_once(ledger, session):
    ledger.answered("m", an_answer())
    ledger.answered("m", an_answer())
    assert session.scalar(select(func.count()).select_from(ModelAnswer)) == 1


def test_answers_are_gone_once_their_draft_is_stored(ledger, sessions):
    ledger.answered("m", an_answer())
    with transaction(sessions) as session:
        forget_answers(session, "s1")
    assert ledger.recall(["k1"]) == {}


def test_an_endpoint_that_keeps_failing_is_left_alone_and_says_why(ledger):
    waiting = opened(ledger)
    assert "failed 3 times in a row (it answered 503)" in waiting.sentence
    with pytest.raises(ModelWaiting) as again:
        ledger.check_open("m")
    assert 0 < again.value.retry_after_s <= 60
    ledger.check_open("another")


def test_what_a_waiting_draft_says_names_no_time_that_will_be_past(ledger):
    assert not re.search(r"\d:\d\d|UTC", opened(ledger).sentence)


def test_failures_that_are_not_in_a_row_do_not_count(ledger):
    for _ in range(4):
        ledger.failed("m", BUSY)
        ledger.answered("m")
    ledger.check_open("m")


class Refused(Exception):
    """As any provider's client tells of a 400."""

    status_code = 400


@pytest.mark.parametrize("answer", [Refused(), "x" * (LONGEST_ANSWER + 1), "no JSON"])
def test_an_endpoint_that_answers_badly_is_not_away(ledger, answer):
    conversation = Conversation(answer, ledger=ledger)
    for _ in range(2):
        ledger.failed("scripted", BUSY)
    conversation.write(an_interval_request())
    ledger.failed("scripted", BUSY)
    ledger.check_open("scripted")


def test_after_the_pause_one_draft_tries_and_the_others_wait(ledger, sessions):
    opened(ledger)
    pause_is_over(sessions)
    ledger.check_open("m")
    with pytest.raises(ModelWaiting):
        ledger.check_open("m")
    ledger.answered("m")
    ledger.check_open("m")


def test_an_endpoint_that_asks_for_a_longer_pause_gets_it_at_once(ledger):
    ledger.failed("m", EndpointFailed("it answered 429", retry_after_s=50.0))
    ledger.answered("m")
    with pytest.raises(ModelWaiting, match=r"failed once \(it answered 429\)"):
        ledger.failed("m", EndpointFailed("it answered 429", retry_after_s=600.0))
    with pytest.raises(ModelWaiting) as waiting:
        ledger.check_open("m")
    assert waiting.value.retry_after_s > 500
