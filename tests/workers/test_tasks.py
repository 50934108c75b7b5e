"""A task that fails says so on the summary; what may pass is tried again, the rest waits."""

import time
from contextlib import suppress

import pytest
from celery.exceptions import Retry, SoftTimeLimitExceeded
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError
from structlog.contextvars import bound_contextvars, get_contextvars

from service.bootstrap import Runtime
from service.database import transaction
from service.drafting.progress import DraftCancelled
from service.errors import BadInput, NotFound, Unavailable
from service.queue import TaskName
from service.summary import progress, tries
from service.summary.models import BegunTask, Job
from service.summary.people import DEMO_PEOPLE
from service.summary.turns import turn_of
from service.summary.vocabulary import SummaryStatus, SummaryType


@pytest.fixture
def summary_id(sessions):
    with transaction(sessions) as session:
        return progress.request_summary(session, "Patient/1", SummaryType.HANDOFF, actor="dr-a").id


class Killed(BaseException):
    """Stands for the end of a process: nothing after it runs."""


def run_failing(task, summary_id, error):
    """What a worker does when the verb of a stage raises this error."""

    def verb(session, runtime, summary_id):
        raise error

    running(task, summary_id, verb)


def running(task, summary_id, verb):
    """A worker carries out this verb in place of the first stage's."""
    pulling = task.app.tasks[TaskName.PULL_CHART.value]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulling, "run", verb)
        pulling(summary_id)


def held(sessions, summary_id):
    with transaction(sessions) as session:
        return progress.find_summary(session, summary_id)


def test_a_failure_that_will_not_pass_is_told_in_words(task, sessions, summary_id):
    run_failing(task, summary_id, BadInput("The EHR's address is wrong. Correct it."))
    summary = held(sessions, summary_id)
    assert summary.status == SummaryStatus.FAILED
    assert summary.status_reason == "The EHR's address is wrong. Correct it."


def test_a_failure_that_may_pass_is_tried_again_and_says_what_it_waits_for(
    task, sessions, summary_id
):
    with pytest.raises(Retry):
        run_failing(task, summary_id, Unavailable("The EHR is busy; it is asked again."))
    summary = held(sessions, summary_id)
    assert summary.status == SummaryStatus.REQUESTED
    assert summary.status_reason == "The EHR is busy; it is asked again."


def test_an_unforeseen_error_does_not_repeat_its_message(task, sessions, summary_id):
    run_failing(task, summary_id, ValueError("Maria Okafor takes bupropion"))
    summary = held(sessions, summary_id)
    assert summary.status == SummaryStatus.FAILED
    assert "ValueError" in summary.status_reason and "Okafor" not in summary.status_reason


def test_a_step_that_somebody_cancelled_is_not_begun(task, sessions, summary_id):
    with transaction(sessions) as session:
        run = progress.run_of(session, summary_id)
    task.runtime().under_way.ask_to_stop(summary_id, run, DEMO_PEOPLE["clinician"])
    run_failing(task, summary_id, AssertionError("it was begun"))
    summary = held(sessions, summary_id)
    assert summary.status == SummaryStatus.FAILED
    assert summary.status_reason.startswith("Cancelled by Dr Ines Lindqvist")
    assert task.stopped_by(summary_id) is None


def test_a_draft_that_was_stopped_says_who_stopped_it(task, sessions, summary_id):
    under_way = task.runtime().under_way

    def verb(session, runtime, summary_id):
        progress.lock_owed(session, summary_id, SummaryStatus.REQUESTED)
        run = progress.run_of(session, summary_id)
        under_way.ask_to_stop(summary_id, run, DEMO_PEOPLE["attending"])
        under_way.watch(summary_id, run).check()

    running(task, summary_id, verb)
    assert held(sessions, summary_id).status_reason.startswith("Cancelled by Dr Samuel Adeyemi")


def test_what_had_read_something_that_is_closed_now_is_begun_anew(
    task, sessions, summary_id, worker_app
):
    worker_app.control.purge()
    run_failing(task, summary_id, DraftCancelled())
    assert held(sessions, summary_id).status == SummaryStatus.REQUESTED
    assert worker_app.control.purge() == 1, "rung for again"


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (Unavailable("x"), True),
        (OperationalError("SELECT 1", {}, Exception()), True),
        (DataError("INSERT", {}, Exception()), False),
        (NotFound("x"), False),
        (ZeroDivisionError(), False),
    ],
)
def test_only_an_absent_part_may_pass(task, error, passes):
    assert task.may_pass(error) is passes


def test_a_lost_bell_is_rung_again_by_the_sweep(worker_app, task, sessions, summary_id, settings):
    from workers import periodic

    runtime = Runtime(settings.model_copy(update={"sweep_every_s": 0.05}))
    time.sleep(0.1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(periodic, "runtime", lambda: runtime)
        worker_app.control.purge()  # what other tests rang for
        assert periodic.sweep_owed() == 1
        assert periodic.messages_waiting() == 1
        assert periodic.sweep_owed() == 0, "a queue that holds messages is left alone"
        time.sleep(periodic.SWEEPS_IN_A_QUEUE * 0.05)
        assert periodic.sweep_owed() == 1, "but not for ever"
        worker_app.control.purge()
    runtime.close()


def test_a_task_that_ends_worker_after_worker_is_failed_in_words(task, sessions, summary_id):
    tried = []

    def killed(session, runtime, summary_id):
        tried.append(1)
        raise Killed

    for _ in range(5):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tries, "end", lambda *_: None)
            with suppress(Killed):
                running(task, summary_id, killed)
    summary = held(sessions, summary_id)
    assert len(tried) == 3
    assert summary.status == SummaryStatus.FAILED
    assert "ended the process" in summary.status_reason


def test_a_task_that_ends_is_counted_no_more(task, sessions, summary_id):
    for _ in range(6):
        running(task, summary_id, lambda *_: None)
    with transaction(sessions) as session:
        assert session.scalars(select(BegunTask)).all() == []


def test_a_message_that_comes_twice_while_the_first_is_worked_on_counts_nothing(
    task, sessions, summary_id
):
    def twice(session, runtime, summary_id):
        progress.lock_owed(session, summary_id, SummaryStatus.REQUESTED)
        running(task, summary_id, lambda *_: None)
        with transaction(sessions) as looking:
            assert looking.scalars(select(BegunTask.times)).all() == [1]

    running(task, summary_id, twice)


def test_what_takes_too_long_says_how_long_it_may(task, sessions, summary_id):
    run_failing(task, summary_id, SoftTimeLimitExceeded())
    assert "20 minutes" in held(sessions, summary_id).status_reason


def test_every_task_has_a_limit_and_its_process_too(worker_app, settings):
    soft, hard = worker_app.conf.task_soft_time_limit, worker_app.conf.task_time_limit
    assert soft == settings.task_timeout_s < hard
    assert hard < worker_app.conf.broker_transport_options["visibility_timeout"]


def test_one_who_asks_for_many_has_one_in_the_first_place_like_everybody(sessions):
    with transaction(sessions) as session:
        many = [
            progress.request_summary(session, f"Patient/{n}", SummaryType.HANDOFF, actor="bulk").id
            for n in range(12)
        ]
        one = progress.request_summary(session, "Patient/x", SummaryType.HANDOFF, actor="dr-a").id
        same = progress.request_summary(session, "Patient/x", SummaryType.PRE_VISIT, actor="b").id
        turns = [turn_of(session, each) for each in many]
        progress.find_summary(session, many[-1]).status = SummaryStatus.SIGNED
    with transaction(sessions) as session:
        assert turns == [*range(10), 9, 9]
        assert turn_of(session, many[-1]) == 0, "filing waits behind nobody's drafts"
        assert (turn_of(session, one), turn_of(session, same)) == (0, 1)


def test_the_queue_gives_the_first_place_first_and_in_it_the_oldest(worker_app):
    worker_app.control.purge()
    sent = [("late", 5), ("first", 0), ("second", 0), ("last", 9)]
    for name, place in sent:
        worker_app.send_task("nothing.named", kwargs={"name": name}, priority=place)
    with worker_app.connection_for_read() as connection:
        queue = connection.SimpleQueue(worker_app.amqp.queues["celery"])
        taken = [queue.get(timeout=2) for _ in sent]
        for message in taken:
            message.ack()
        queue.close()
    assert [each.payload[1]["name"] for each in taken] == ["first", "second", "late", "last"]


def job(sessions, summary_id):
    with transaction(sessions) as session:
        return session.get(Job, summary_id)


def test_each_attempt_is_counted_and_says_why_it_came_to_nothing(task, sessions, summary_id):
    for _ in range(2):
        with pytest.raises(Retry):
            run_failing(task, summary_id, Unavailable("The EHR is busy; it is asked again."))
    held_job = job(sessions, summary_id)
    assert held_job.attempts == 2 and held_job.tried_at is not None
    assert held_job.said == "The EHR is busy; it is asked again."


def test_a_message_about_a_step_that_is_over_counts_for_nothing(task, sessions, summary_id):
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        progress.advance(session, summary, SummaryStatus.CHARTED, actor="system")
    running(task, summary_id, lambda session, runtime, summary_id: None)
    assert job(sessions, summary_id).attempts == 0


def test_a_message_about_a_summary_that_was_erased_does_no_harm(task, sessions):
    running(task, "erased", lambda session, runtime, summary_id: None)


def test_a_worker_logs_under_the_request_that_asked(task, sessions):
    with bound_contextvars(request_id="r-7"), transaction(sessions) as session:
        asked = progress.request_summary(session, "Patient/1", SummaryType.HANDOFF, actor="dr-a").id
    seen = []
    running(task, asked, lambda *_: seen.append(get_contextvars().get("request_id")))
    assert seen == ["r-7"]


def test_a_sweep_leaves_word_that_it_went_by(worker_app, task, sessions):
    from workers import periodic

    worker_app.control.purge()
    periodic.sweep_owed()
    assert task.runtime().under_way.swept_at() is not None
