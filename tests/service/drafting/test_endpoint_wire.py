"""Endpoints that are busy, failing, silent or slow: the draft waits, is filled, or is stopped."""

import threading
import time

import pytest

from fhir_fixtures.scripted_model import app
from service.drafting.model import endpoint as asking
from service.drafting.model.failures import ModelWaiting
from service.drafting.progress import DraftCancelled
from service.summary.vocabulary import SummaryStatus
from tests.service.drafting.endpoint_fixtures import (
    an_indexed_chart,
    drafts,
    endpoint,
    index,
    scripted,
    texts,
    writers,
)

__all__ = ["an_indexed_chart", "drafts", "endpoint", "index", "scripted"]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(asking, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(app, "RETRY_AFTER_S", 0)


@pytest.mark.parametrize("kind", ["failing", "busy", "truncated"])
def test_while_nothing_is_answered_the_draft_waits_and_nothing_is_written(drafts, kind):
    summary_id = drafts.requested()
    with pytest.raises(ModelWaiting, match="waits and tries again by itself") as waiting:
        drafts.draft(f"scripted:{kind}", summary_id)
    assert waiting.value.can_retry
    assert "Quill" not in waiting.value.sentence
    desk = drafts.desk(summary_id)
    assert desk.version is None and desk.summary.status is SummaryStatus.INDEXED


def test_an_endpoint_that_keeps_failing_is_left_alone_for_a_while(drafts):
    limits = {"model_breaker_failures": 2, "model_at_once": 1}
    with pytest.raises(ModelWaiting, match="2 times in a row"):
        drafts.draft("scripted:failing", **limits)
    with pytest.raises(ModelWaiting):
        drafts.draft("scripted:failing", **limits)
    assert drafts.scripted.asked == [], "the second draft asked nothing"


@pytest.mark.parametrize("kind", ["failing:2", "busy:2", "truncated:2"])
def test_a_fault_that_passes_is_not_seen_in_the_draft(drafts, kind):
    desk = drafts.draft(f"scripted:{kind}")
    assert set(writers(desk).values()) == {"extractive", f"openai:scripted:{kind}"}
    assert desk.open_major == 0


def test_a_slow_answer_ends_with_the_time_of_the_draft(drafts):
    began = time.monotonic()
    with pytest.raises(ModelWaiting, match="in time"):
        drafts.draft("scripted:drip", model_draft_timeout_s=1.0)
    assert time.monotonic() - began < 8


def test_what_was_answered_in_time_is_kept_and_the_rest_is_from_the_chart(drafts):
    desk = drafts.draft("scripted:hang:2", model_draft_timeout_s=2.0, model_at_once=4)
    said = set(writers(desk).values())
    assert "openai:scripted:hang:2" in said
    assert any(why.startswith("extractive (") and "2 s a draft" in why for why in said), said
    assert any("sertraline 50 mg" in text.casefold() for text in texts(desk))


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_a_person_stops_a_draft_within_a_second_whatever_the_model_does(drafts, kind):
    stopped = threading.Event()
    threading.Timer(0.7, stopped.set).start()
    summary_id, began = drafts.requested(), time.monotonic()
    with pytest.raises(DraftCancelled):
        drafts.draft(f"scripted:{kind}", summary_id, cancelled=stopped.is_set)
    assert time.monotonic() - began < 5, "a second, and what a busy machine adds"
    assert drafts.desk(summary_id).version is None


def test_the_page_is_told_real_counts(drafts):
    told = []
    desk = drafts.draft("scripted", report=told.append)
    assert told[0].words == "Reading 8 records"
    written = [step for step in told if step.stage == "writing"]
    asked = sum(each == "openai:scripted" for each in writers(desk).values())
    assert (written[-1].done, written[-1].total) == (asked, asked)
    assert [step.done for step in written] == sorted(step.done for step in written)
    assert told[-1].stage == "checking"
    assert not any("Quill" in step.words or "ertraline" in step.words for step in told)


def test_a_draft_that_was_interrupted_asks_nothing_twice(drafts):
    summary_id = drafts.requested()
    steps = []

    def killed(step):
        steps.append(step)
        if step.stage == "writing" and step.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drafts.draft("scripted", summary_id, report=killed, model_at_once=1)
    before = [each.section for each in drafts.scripted.asked]
    desk = drafts.draft("scripted", summary_id)
    after = [each.section for each in drafts.scripted.asked]
    assert len(before) >= 3 and after
    assert len(set(before) & set(after)) <= 2, "at most those that were under way"
    assert desk.version.writer["remembered"] >= 3
