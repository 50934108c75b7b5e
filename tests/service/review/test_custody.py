"""Nobody signs a text whose findings somebody took out of the database, or made less grave."""

import pytest
from sqlalchemy import text

from service.errors import Blocked
from service.review import actions
from service.review.desk import open_desk
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import ResolutionAction, Severity
from service.verification.custody import note_found
from tests.service.review.builders import ATTENDING, CLINICIAN, S, a_finding, a_summary

# What the application's own role in the database may do.
ALTERED = {
    "one is gone": "DELETE FROM findings WHERE number = 1",
    "all are gone": "DELETE FROM findings",
    "one is made less grave": "UPDATE findings SET severity = 'minor'",
    "one is of another kind": "UPDATE findings SET kind = 'outdated'",
    "one is of another statement": "UPDATE findings SET statement_index = 1 WHERE number = 2",
}


@pytest.fixture
def summary(session):
    """Verified, with a major and a minor finding."""
    summary = a_summary(session)
    a_finding(session, summary.current, number=1)
    a_finding(session, summary.current, Severity.MINOR, number=2)
    note_found(session, summary, summary.current)
    session.commit()
    return summary


def sign(session, summary, **more):
    digest = summary.current.digest
    return actions.sign(session, summary.id, digest, by=CLINICIAN, **more)


def decide(session, summary):
    actions.resolve_finding(
        session, summary.id, 1, ResolutionAction.ACCEPTED, "She said so herself.", by=CLINICIAN
    )
    session.commit()


def alter(session, how):
    session.execute(text(how))
    session.commit()
    session.expire_all()


@pytest.mark.parametrize("how", ALTERED.values(), ids=ALTERED)
def test_what_was_found_is_missed_before_a_signature(session, summary, how):
    decide(session, summary)
    alter(session, how)
    with pytest.raises(Blocked, match="altered outside"):
        sign(session, summary)


def test_what_a_person_decided_alters_nothing(session, summary):
    decide(session, summary)
    assert sign(session, summary).status is S.SIGNED


def test_it_is_missed_before_the_second_signature_too(session, summary):
    decide(session, summary)
    sign(session, summary, cosign_types={"pre-visit"})
    session.commit()
    alter(session, ALTERED["one is gone"])
    with pytest.raises(Blocked, match="altered outside"):
        actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)


def test_so_is_a_text_that_nobody_verified_in_the_place_of_one(session, summary):
    before = summary.current
    progress.add_version(
        session, summary, before.content, made_by=SYSTEM, writer=before.writer, coverage={}
    )
    session.commit()
    open_desk(session, summary.id, CLINICIAN)
    with pytest.raises(Blocked, match="altered outside"):
        sign(session, summary)


def test_a_text_from_before_this_was_kept_is_signed(session):
    summary = a_summary(session)
    session.commit()
    assert sign(session, summary).status is S.SIGNED
