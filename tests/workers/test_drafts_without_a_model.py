"""A worker whose model is switched off or away: whole drafts through its task, and what is told."""

import pytest
from sqlalchemy import update

from service.database import now, transaction
from service.drafting.model import endpoint as asking
from service.drafting.models import ModelEndpoint
from service.drafting.switches import switch_off, switch_on
from service.drafting.underway import UnderWay
from service.queue import TaskName
from service.summary import progress
from service.summary.vocabulary import SummaryStatus
from tests.service.drafting.endpoint_fixtures import (
    PATIENT,
    an_indexed_chart,
    drafts,
    endpoint,
    index,
    scripted,
)

__all__ = ["an_indexed_chart", "drafts", "endpoint", "index", "scripted"]

WARD = "north"
PAUSE_S = 600.0
MODEL = "openai:scripted"


@pytest.fixture
def worker(task_with, drafts, worker_app):
    """`worker(summary_id)` carries out its draft as a delivered message does."""
    drafts.scripted.asked.clear()

    def configured(model=MODEL, **given):
        named = {"model": model, "model_base_url": drafts.url, "site": WARD, "model_at_once": 1}
        task_with(**named | given)
        return worker_app.tasks[TaskName.DRAFT_SUMMARY.value]

    return configured


def held(sessions, summary_id):
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        _ = summary.versions
        return summary


@pytest.mark.parametrize(
    "switch", ["type:pre-visit", f"patient:{PATIENT}", f"model:{MODEL}", f"site:{WARD}"]
)
def test_each_switch_holds_for_a_whole_draft_until_it_is_turned_back(
    worker, drafts, sessions, switch
):
    with transaction(sessions) as session:
        switch_off(session, switch, reason="Under review by the board.", by="demo-it")
    draft, summary_id = worker(), drafts.requested()
    draft(summary_id)
    version = held(sessions, summary_id).current
    assert drafts.scripted.asked == []
    assert version.writer["off"].endswith(": Under review by the board.")
    assert PATIENT not in version.writer["off"]
    assert set(version.writer["sections"].values()) == {"extractive"}
    with transaction(sessions) as session:
        switch_on(session, switch, by="demo-it")
    again = drafts.requested()
    draft(again)
    assert drafts.scripted.asked and "off" not in held(sessions, again).current.writer


def waits(draft, sessions, summary_id):
    """It stays owed, to be taken up again, and says on what it waits."""
    draft(summary_id)  # no Retry: the sweep rings for it, and two bells would be heard as two
    summary = held(sessions, summary_id)
    assert summary.status is SummaryStatus.INDEXED and summary.versions == []
    assert "waits and tries again by itself" in summary.status_reason
    return summary.status_reason


def test_drafts_wait_behind_an_open_breaker_and_go_on_when_it_closes(
    worker, drafts, sessions, settings, monkeypatch
):
    under_way = UnderWay(settings.redis_url.get_secret_value(), b"k" * 32)
    monkeypatch.setattr(asking, "FIRST_PAUSE_S", 0.01)
    ways = 3  # each is tried once before it is asked again
    model = f"openai:scripted:failing:{2 * (asking.TRIES + ways - 1)}"
    limits = {"model_breaker_failures": 2, "model_breaker_pause_s": PAUSE_S}
    draft = worker(model, **limits)
    one, other = drafts.requested(), drafts.requested()
    for summary_id in (one, other):
        said = waits(draft, sessions, summary_id)
        assert under_way.progress(summary_id) is None, "a draft that waits is at no section"
        assert "failed 2 times in a row (it answered 500)" in said
    assert drafts.scripted.asked == [], "the second draft asked nothing"
    with transaction(sessions) as session:
        session.execute(update(ModelEndpoint).values(closed_until=now()))
    draft(one)
    draft(other)
    for summary_id in (one, other):
        summary = held(sessions, summary_id)
        assert summary.status is SummaryStatus.DRAFTED and summary.status_reason == ""
        assert summary.current.writer["model"] == model
