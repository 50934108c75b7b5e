"""An edit is verified ahead: no connection is held meanwhile, and nobody's edit is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from service import audit
from service.database import session_factory, transaction
from service.errors import Conflict
from service.review import edits
from service.review.editing import inserting, rewording
from service.summary.models import Summary
from service.summary.progress import find_summary
from service.verification.held import CHARTS, SCORER, new_charts
from tests.service.review.builders import ATTENDING, CLINICIAN, QA, SERTRALINE, a_summary
from tests.service.watching import Watching

NEW = "She takes sertraline every day, half a hundred milligrams of it, by mouth."


@pytest.fixture
def scorer(narrow):
    return Watching(narrow)


@pytest.fixture
def few(sessions, narrow, settings, scorer):
    factory = session_factory(narrow)
    audit.keep_chain(factory, audit.key_of(settings))
    factory.configure(info={**factory.kw.get("info", {}), SCORER: scorer, CHARTS: new_charts()})
    return factory


def ahead(few, summary, plan, by=CLINICIAN, digest=None):
    edits.verify_ahead(lambda: transaction(few), summary.id, plan, by=by, digest=digest)


def carried(few, summary, plan, by=CLINICIAN, digest=None):
    with transaction(few) as session:
        return edits.carry_out(session, summary.id, plan, by=by, digest=digest)


@pytest.fixture
def summary(few):
    with transaction(few) as session:
        made = a_summary(session)
        _ = made.current
    return made


def test_no_connection_is_held_while_an_edit_is_verified(few, scorer, summary):
    ahead(few, summary, rewording(0, NEW))
    assert scorer.out
    assert set(scorer.out) == {0}


def test_what_was_verified_ahead_is_not_weighed_again(few, scorer, summary):
    ahead(few, summary, rewording(0, NEW))
    weighed = len(scorer.out)
    version = carried(few, summary, rewording(0, NEW))
    assert len(scorer.out) == weighed
    assert version.content.statement(0).text == NEW


def test_an_edit_that_nobody_verified_ahead_comes_out_the_same(few, summary):
    with transaction(few) as session:
        other = a_summary(session, patient="Patient/2")
        _ = other.current
    ahead(few, summary, rewording(0, NEW))
    both = carried(few, summary, rewording(0, NEW)), carried(few, other, rewording(0, NEW))
    told = [[(a["support"], a["score"], a["reasons"]) for a in v.assessments] for v in both]
    assert told[0] == told[1]


def test_a_second_edit_weighs_only_what_it_changes(few, scorer, summary):
    ahead(few, summary, rewording(0, NEW))
    carried(few, summary, rewording(0, NEW))
    weighed = len(scorer.out)
    carried(few, summary, rewording(1, ""))
    assert len(scorer.out) == weighed


def test_whoever_was_faster_keeps_their_edit(few, summary):
    seen = summary.current.digest
    ahead(few, summary, rewording(0, NEW), digest=seen)
    carried(few, summary, rewording(1, ""), by=ATTENDING, digest=seen)
    with pytest.raises(Conflict):
        carried(few, summary, rewording(0, NEW), digest=seen)
    with transaction(few) as session:
        current = find_summary(session, summary.id).current.content
    assert [each.statement.text for each in current.placed()] == [SERTRALINE]


@pytest.mark.parametrize(
    ("plan", "by", "digest"),
    [
        (rewording(0, NEW), QA, None),
        (rewording(0, NEW), CLINICIAN, "another"),
        (rewording(7, NEW), CLINICIAN, None),
        (inserting(3), CLINICIAN, None),
        (rewording(0, "\n"), CLINICIAN, None),
    ],
    ids=["not permitted", "another text", "no such statement", "no such finding", "blank"],
)
def test_what_will_be_refused_is_left_to_the_edit_to_refuse(few, scorer, summary, plan, by, digest):
    ahead(few, summary, plan, by, digest)
    assert scorer.out == []


def test_ten_people_save_at_once_over_one_connection(few, narrow):
    with transaction(few) as session:
        for number in range(10):
            a_summary(session, patient=f"Patient/many-{number}")
        held = list(session.scalars(select(Summary)))

    def save(summary):
        ahead(few, summary, rewording(0, NEW))
        return carried(few, summary, rewording(0, NEW)).number

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(save, held)) == [2] * 10
