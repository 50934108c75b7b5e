"""What ends or opens a text is done to the one that the person was looking at."""

import pytest

from service.database import transaction
from service.errors import Blocked, Conflict
from service.review import actions, editing, edits
from service.review.returning import Length
from service.summary import progress
from service.summary.people import SYSTEM
from tests.service.review.builders import ATTENDING, CLINICIAN, S, a_summary, a_summary_at

ANOTHER = "0" * 64
ACTS = {
    "reject": (S.IN_REVIEW, S.REJECTED, actions.reject),
    "reject-first-signed": (S.AWAITING_COSIGN, S.REJECTED, actions.reject),
    "return": (S.IN_REVIEW, S.REQUESTED, actions.return_for_redraft),
    "reopen": (S.AWAITING_COSIGN, S.IN_REVIEW, actions.reopen),
    "reopen-refused": (S.FILING_REFUSED, S.IN_REVIEW, actions.reopen),
    "amend": (S.FILED, S.IN_REVIEW, actions.amend),
    "retract": (S.FILED, S.RETRACTING, actions.retract),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_refused_for_another_text_than_the_one_that_stands(session, act):
    at, to, do = ACTS[act]
    summary = a_summary_at(session, at)
    for digest in (ANOTHER, ""):
        with pytest.raises(Conflict, match="changed since you opened it"):
            do(session, summary.id, "why", by=ATTENDING, digest=digest)
    assert summary.status is at
    stands = summary.current.digest
    assert do(session, summary.id, "why", by=ATTENDING, digest=stands).status is to


def test_one_section_is_drafted_anew_of_the_text_that_stands_only(session):
    summary = a_summary(session)
    given = (session, summary.id, "all", Length.SHORTER, "too long")
    with pytest.raises(Conflict, match="changed since"):
        actions.redraft_section(*given, by=CLINICIAN, digest=ANOTHER)
    stands = summary.current.digest
    assert actions.redraft_section(*given, by=CLINICIAN, digest=stands).status is S.REQUESTED


def test_what_failed_before_it_had_a_text_is_rejected_as_having_none(session):
    summary = a_summary_at(session, S.FAILED)
    with pytest.raises(Conflict, match="changed since"):
        actions.reject(session, summary.id, "why", by=CLINICIAN, digest=ANOTHER)
    assert actions.reject(session, summary.id, "why", by=CLINICIAN, digest="").status is S.REJECTED


@pytest.fixture
def held(sessions):
    """A summary that is in the database, and what is done to it, each in its own transaction."""

    class Held:
        id = ""

        def do(self, act, *args, **more):
            with transaction(sessions) as session:
                done = act(session, self.id, *args, **more)
                return getattr(done, "status", None)

        def standing(self):
            with transaction(sessions) as session:
                return progress.find_summary(session, self.id).current.digest

        def opened(self, by):
            with transaction(sessions) as session:
                actions.note_view(session, progress.find_summary(session, self.id), by=by)

        def signed_and_filed(self):
            self.opened(ATTENDING)
            self.do(actions.sign, self.standing(), by=ATTENDING)
            with transaction(sessions) as session:
                summary = progress.find_summary(session, self.id)
                progress.advance(session, summary, S.FILED, actor=SYSTEM)

    made = Held()
    with transaction(sessions) as session:
        made.id = a_summary_at(session, S.FILED).id
    return made


def corrected(held):
    held.do(actions.amend, "wrong dose", by=ATTENDING)
    held.do(edits.carry_out, editing.rewording(1, ""), by=ATTENDING)
    return held.standing()


def test_the_reason_against_a_first_text_withdraws_no_second_one(held):
    held.opened(CLINICIAN)
    first = held.standing()
    corrected(held)
    held.signed_and_filed()
    with pytest.raises(Conflict, match="changed since"):
        held.do(actions.retract, "wrong dose", by=CLINICIAN, digest=first)
    with pytest.raises(Blocked, match="not opened this text since it was filed"):
        held.do(actions.retract, "wrong dose", by=CLINICIAN)
    held.opened(CLINICIAN)
    assert held.do(actions.retract, "the patient's", by=CLINICIAN, digest=held.standing())


def test_nor_the_correction_that_was_open_when_it_was_given(held):
    """They meant what was in the EHR then; the text before them was not there yet."""
    second = corrected(held)
    held.opened(CLINICIAN)
    held.signed_and_filed()
    for by in (CLINICIAN, ATTENDING):
        with pytest.raises(Blocked, match="not opened this text since it was filed"):
            held.do(actions.retract, "wrong dose", by=by, digest=second)
    held.opened(CLINICIAN)
    assert held.do(actions.retract, "why", by=CLINICIAN, digest=second) is S.RETRACTING


def test_what_is_filed_is_withdrawn_from_its_open_correction(held):
    held.opened(CLINICIAN)
    first = held.standing()
    held.do(actions.amend, "wrong dose", by=ATTENDING)
    assert held.do(actions.retract, "why", by=CLINICIAN, digest=first) is S.RETRACTING
