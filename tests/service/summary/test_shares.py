"""One person, and one patient, have so many places at work while others are about, and no more."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.database import now, transaction
from service.summary import jobs, progress, shares
from service.summary.models import Job, Summary
from service.summary.vocabulary import SummaryStatus, SummaryType


@pytest.fixture
def ask(sessions):
    def ask(person, patient):
        with transaction(sessions) as session:
            return progress.request_summary(
                session, f"Patient/{patient}", SummaryType.HANDOFF, actor=person
            ).id

    return ask


def takes(session, summary_id, most=1):
    return shares.takes_place(session, summary_id, most=most)


def test_a_person_alone_has_every_worker(sessions, ask):
    one, two = ask("a", "1"), ask("a", "2")
    with sessions() as first, sessions() as second:
        assert takes(first, one) and takes(second, two)


@pytest.mark.parametrize("other", [("a", "9"), ("z", "1")], ids=["person", "patient"])
def test_a_second_of_the_same_waits_while_others_are_about_until_the_first_ends(
    sessions, ask, other
):
    one, two = ask("a", "1"), ask(*other)
    third = ask("b", "2")
    with sessions() as first, sessions() as second, sessions() as its_own:
        assert takes(first, one)
        assert not takes(second, two) and takes(its_own, third)
        first.rollback()
        assert takes(second, two)


def test_several_places_are_several(sessions, ask):
    mine = [ask("a", str(n)) for n in range(3)]
    ask("b", "8")
    with sessions() as first, sessions() as second, sessions() as third:
        assert takes(first, mine[0], 2) and takes(second, mine[1], 2)
        assert not takes(third, mine[2], 2)


def test_somebody_who_asked_lately_is_about(sessions, ask):
    one, two, other = ask("a", "1"), ask("a", "2"), ask("b", "3")
    with transaction(sessions) as session:
        session.get(Summary, other).status = SummaryStatus.IN_REVIEW
    with sessions() as first, sessions() as second:
        assert takes(first, one) and not takes(second, two)
    with transaction(sessions) as session:
        session.get(Summary, other).requested_at = now() - shares.ABOUT - timedelta(minutes=1)
    with sessions() as first, sessions() as second:
        assert takes(first, one) and takes(second, two)


def test_a_killed_process_gives_its_place_back(sessions, ask):
    one, two = ask("a", "1"), ask("a", "2")
    ask("b", "3")
    with sessions() as killed, sessions() as next_one:
        assert takes(killed, one)
        pid = killed.scalar(text("SELECT pg_backend_pid()"))
        assert not takes(next_one, two)
        next_one.rollback()
        next_one.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        assert takes(next_one, two)
        killed.invalidate()


def test_what_is_signed_or_gone_waits_for_no_place(sessions, ask):
    one, two = ask("a", "1"), ask("a", "2")
    ask("b", "3")
    with transaction(sessions) as session:
        session.get(Summary, two).status = SummaryStatus.SIGNED
    with sessions() as first, sessions() as second:
        assert takes(first, one) and takes(second, two) and takes(second, "erased")


def test_what_was_passed_over_is_told_once_the_oldest_of_the_person_and_of_the_patient(
    sessions, ask
):
    mine, later, latest = ask("a", "1"), ask("a", "2"), ask("a", "3")
    theirs, foreign = ask("z", "1"), ask("z", "9")
    with transaction(sessions) as session:
        for each in (latest, later, theirs, foreign):
            shares.pass_over(session, each)
    with transaction(sessions) as session:
        assert {s.id for s in shares.next_ones(session, mine)} == {later, theirs}
        assert {s.id for s in shares.next_ones(session, mine)} == {latest}
        assert shares.next_ones(session, mine) == []
        assert [s.id for s in shares.passed_over(session, before=now())] == [foreign]
        assert shares.passed_over(session, before=now()) == []


def test_what_is_begun_is_passed_over_no_more(sessions, ask):
    mine = ask("a", "1")
    with transaction(sessions) as session:
        shares.pass_over(session, mine)
        jobs.note_attempt(session, mine)
        assert session.get(Job, mine).passed_over_at is None
