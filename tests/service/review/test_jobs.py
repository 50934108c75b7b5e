"""Hospital IT sees why the system's work stands, and can have it tried again or end it."""

import pytest
from structlog.contextvars import bound_contextvars

from service.errors import BadInput, Conflict, NotPermitted
from service.review import actions, jobs
from service.summary import jobs as attempts
from service.summary import progress
from service.summary.people import SYSTEM
from tests.service.review.builders import CLINICIAN, IT, S, a_summary, a_summary_at


class Signals:
    """What Redis would tell."""

    def waiting(self):
        return 3

    def swept_at(self):
        return None

    def ask_to_stop(self, summary_id, run, person):
        self.stopped = summary_id

    def forget(self, summary_id):
        pass


def row_of(session, summary):
    return next(r for r in jobs.jobs(session, IT).rows if r.summary_id == summary.id)


def owed(session):
    return [task for task, _ in session.info.get("owed", [])]


def test_a_job_tells_how_often_it_was_tried_and_which_request_asked(session):
    with bound_contextvars(request_id="r-1"):
        summary = a_summary_at(session, S.REQUESTED)
    session.flush()
    assert attempts.note_attempt(session, summary.id) == "r-1"
    attempts.note_attempt(session, summary.id)
    row = row_of(session, summary)
    assert (row.attempts, row.trace_id, row.task) == (2, "r-1", "chart.pull")
    assert row.tried_at is not None


def test_the_next_step_is_counted_anew_under_the_same_request(session):
    with bound_contextvars(request_id="r-1"):
        summary = a_summary_at(session, S.REQUESTED)
    session.flush()
    attempts.note_attempt(session, summary.id)
    progress.advance(session, summary, S.CHARTED, actor=SYSTEM)
    row = row_of(session, summary)
    assert (row.attempts, row.trace_id, row.task) == (0, "r-1", "chart.index")


def test_the_words_of_people_are_not_shown_to_it_and_those_of_the_system_are(session):
    summary = a_summary(session)
    actions.return_for_redraft(session, summary.id, "his sister called", by=CLINICIAN)
    assert row_of(session, summary).reason == ""
    session.flush()
    attempts.note_failure(session, summary.id, "The EHR does not answer.")
    session.flush()
    assert row_of(session, summary).reason == "The EHR does not answer."


def test_work_is_counted_by_status_with_the_oldest(session):
    first, second = (a_summary_at(session, S.FAILED) for _ in range(2))
    work = jobs.work(session, IT, Signals())
    (failed,) = [each for each in work.counts if each.status is S.FAILED]
    assert (failed.number, failed.oldest) == (2, min(first.status_at, second.status_at))
    assert (work.waiting, work.swept_at) == (3, None)


def test_pages_go_on_where_the_one_before_ended(session):
    made = {a_summary_at(session, S.FAILED).id for _ in range(3)}
    first = jobs.jobs(session, IT, limit=2)
    rest = jobs.jobs(session, IT, limit=2, after=first.after)
    assert {row.summary_id for row in (*first.rows, *rest.rows)} == made
    assert rest.after is None


@pytest.mark.parametrize(
    ("stands", "becomes"),
    [(S.FAILED, S.REQUESTED), (S.FILING_REFUSED, S.SIGNED), (S.INDEXED, S.INDEXED)],
)
def test_it_has_the_system_try_again(session, stands, becomes):
    summary = a_summary_at(session, stands)
    session.info.pop("owed", None)
    jobs.retry_job(session, summary.id, by=IT)
    assert summary.status is becomes
    assert len(owed(session)) == 1


@pytest.mark.parametrize("status", [S.IN_REVIEW, S.FILED, S.REJECTED])
def test_what_waits_for_a_person_is_not_its_to_try(session, status):
    summary = a_summary_at(session, status)
    with pytest.raises(Conflict):
        jobs.retry_job(session, summary.id, by=IT)


def test_it_gives_up_a_draft_with_a_reason_and_it_can_be_asked_for_again(session):
    summary = a_summary_at(session, S.CHARTED)
    with pytest.raises(BadInput):
        jobs.give_up(session, summary.id, " ", by=IT, under_way=Signals())
    jobs.give_up(session, summary.id, "the EHR is down until noon", by=IT, under_way=Signals())
    assert summary.status is S.FAILED
    actions.retry(session, summary.id, by=CLINICIAN)


@pytest.mark.parametrize("status", [S.SIGNED, S.FILING_UNKNOWN, S.RETRACTING])
def test_what_somebody_signed_is_never_given_up(session, status):
    summary = a_summary_at(session, status)
    with pytest.raises(Conflict):
        jobs.give_up(session, summary.id, "too old", by=IT, under_way=Signals())


def test_clinicians_leave_the_system_to_it(session):
    summary = a_summary_at(session, S.FAILED)
    for act in (
        lambda: jobs.jobs(session, CLINICIAN),
        lambda: jobs.retry_job(session, summary.id, by=CLINICIAN),
    ):
        with pytest.raises(NotPermitted):
            act()
