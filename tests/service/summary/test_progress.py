"""A summary moves only along the table, and every move leaves its mark."""

import pytest

from service import audit
from service.database import transaction
from service.errors import Conflict
from service.queue import TaskName
from service.summary import progress
from service.summary.vocabulary import SummaryStatus, SummaryType


def a_summary(session):
    return progress.request_summary(session, "Patient/1", SummaryType.PRE_VISIT, actor="dr-a")


def test_a_request_rings_for_the_chart_only_after_commit(sessions, rung):
    with transaction(sessions) as session:
        summary = a_summary(session)
        assert rung == []
    assert rung == [(TaskName.PULL_CHART, {"summary_id": summary.id})]


def test_a_rollback_forgets_the_bell_and_the_audit(sessions, rung):
    with pytest.raises(ZeroDivisionError), transaction(sessions) as session:
        a_summary(session)
        raise ZeroDivisionError
    with transaction(sessions) as session:
        assert list(audit.chain(session)) == []
    assert rung == []


def test_a_move_that_the_table_lacks_is_a_conflict(session):
    summary = a_summary(session)
    with pytest.raises(Conflict, match="cannot become filed"):
        progress.advance(session, summary, SummaryStatus.FILED, actor="dr-a")


def test_two_people_at_once_is_a_conflict_not_a_lost_decision(sessions):
    with transaction(sessions) as session:
        summary_id = a_summary(session).id
    with pytest.raises(Conflict, match="same moment"), transaction(sessions) as late:
        mine = progress.find_summary(late, summary_id)
        with transaction(sessions) as quick:
            theirs = progress.find_summary(quick, summary_id)
            progress.advance(quick, theirs, SummaryStatus.CHARTED, actor="system")
        progress.advance(late, mine, SummaryStatus.FAILED, actor="system")


def test_a_task_delivered_twice_finds_nothing_owed_the_second_time(sessions):
    with transaction(sessions) as session:
        summary_id = a_summary(session).id
    with transaction(sessions) as first:
        summary = progress.lock_owed(first, summary_id, SummaryStatus.REQUESTED)
        assert summary is not None
        with transaction(sessions) as second:
            assert progress.lock_owed(second, summary_id, SummaryStatus.REQUESTED) is None
        progress.advance(first, summary, SummaryStatus.CHARTED, actor="system")
    with transaction(sessions) as again:
        assert progress.lock_owed(again, summary_id, SummaryStatus.REQUESTED) is None


def test_the_chain_holds_and_an_altered_row_is_named(sessions, settings):
    key = audit.key_of(settings)
    for _ in range(3):
        with transaction(sessions) as session:
            a_summary(session)
    with sessions() as session:
        acts = list(audit.chain(session))
        assert audit.broken_link(acts, key) is None
        acts[1].actor = "somebody-else"
        assert audit.broken_link(acts, key) == audit.BrokenLink(
            2, "its content does not match its hash"
        )
        assert audit.broken_link(acts[:1] + acts[2:], key).reason == "row 2 is missing"
        session.rollback()
