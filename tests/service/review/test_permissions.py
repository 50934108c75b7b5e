"""From where, to where, by whom: every act by every role at every status."""

from dataclasses import replace

import pytest

from service.errors import CountersignError
from service.review import actions, cancelling, permissions
from service.review.options import options_for
from service.summary import progress
from service.summary.people import SERVICE_ACCOUNT, SYSTEM, Person
from service.summary.progress import find_summary
from service.summary.vocabulary import Role, SummaryStatus
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    IT,
    QA,
    S,
    a_summary,
    a_summary_at,
)

PEOPLE = (CLINICIAN, ATTENDING, QA, IT, SERVICE_ACCOUNT)
DOCTORS = (CLINICIAN, ATTENDING)

ACTS = {
    "sign": lambda s, i, d, by: actions.sign(s, i, d, by=by),
    "cosign": lambda s, i, d, by: actions.cosign(s, i, d, by=by),
    "reject": lambda s, i, d, by: actions.reject(s, i, "why", by=by),
    "redraft": lambda s, i, d, by: actions.return_for_redraft(s, i, "why", by=by),
    "reopen": lambda s, i, d, by: actions.reopen(s, i, "why", by=by),
    "amend": lambda s, i, d, by: actions.amend(s, i, "why", by=by),
    "retract": lambda s, i, d, by: actions.retract(s, i, "why", by=by),
    "retry": lambda s, i, d, by: actions.retry(s, i, by=by),
    "cancel": lambda s, i, d, by: _stopped(s, find_summary(s, i), by),
}


def _stopped(session, summary, by):
    permissions.check_can_cancel(by, summary)
    cancelling.stop(session, summary, by=by)
    return summary


# act -> {from: (to, who)}; whatever is not here is refused.
MATRIX = {
    "sign": {S.IN_REVIEW: (S.SIGNED, DOCTORS)},
    "cosign": {S.AWAITING_COSIGN: (S.SIGNED, (ATTENDING,))},
    "reject": {
        S.IN_REVIEW: (S.REJECTED, DOCTORS),
        S.AWAITING_COSIGN: (S.REJECTED, DOCTORS),
        S.FAILED: (S.REJECTED, DOCTORS),
    },
    "redraft": {S.IN_REVIEW: (S.REQUESTED, DOCTORS)},
    "reopen": {
        S.AWAITING_COSIGN: (S.IN_REVIEW, DOCTORS),
        S.FILING_REFUSED: (S.IN_REVIEW, DOCTORS),
    },
    "amend": {S.FILED: (S.IN_REVIEW, DOCTORS)},
    "retract": {S.FILED: (S.RETRACTING, DOCTORS)},
    "retry": {
        S.FAILED: (S.REQUESTED, DOCTORS),
        S.FILING_REFUSED: (S.SIGNED, DOCTORS),
    },
    "cancel": dict.fromkeys(
        (S.REQUESTED, S.CHARTED, S.INDEXED, S.DRAFTED), (S.FAILED, (*DOCTORS, SERVICE_ACCOUNT))
    ),
}


@pytest.mark.parametrize("status", SummaryStatus)
def test_every_act_at_this_status_is_open_to_whom_the_matrix_names(session, status):
    summary = a_summary_at(session, status)
    digest = summary.current.digest if summary.current else ""
    session.flush()
    for act, do in ACTS.items():
        for person in PEOPLE:
            to, who = MATRIX[act].get(status, (None, ()))
            assert _outcome(session, summary.id, digest, do, person) == (
                to if person in who else None
            ), (act, person.id)


@pytest.mark.parametrize("status", SummaryStatus)
def test_the_options_shown_are_the_acts_that_would_succeed(session, status):
    summary = a_summary_at(session, status)
    digest = summary.current.digest if summary.current else ""
    for person in PEOPLE:
        options = options_for(person, summary, 0, cosign_types=())
        for act, do in ACTS.items():
            done = _outcome(session, summary.id, digest, do, person) is not None
            assert bool(getattr(options, act)) is done, (act, person.id)


def _outcome(session, summary_id, digest, do, person):
    """The status that the act leads to, undone again; None when it is refused."""
    savepoint = session.begin_nested()
    try:
        return do(session, summary_id, digest, person).status
    except CountersignError as refusal:
        assert refusal.sentence.endswith(".")
        return None
    finally:
        savepoint.rollback()
        session.expire_all()


def test_a_service_account_has_none_of_a_persons_abilities():
    held = {a for a in permissions.Ability if permissions.may(SERVICE_ACCOUNT, a)}
    assert held == {
        permissions.Ability.REQUEST,
        permissions.Ability.INGEST,
        permissions.Ability.LIST,
        permissions.Ability.READ,
        permissions.Ability.JOBS,
    }


@pytest.mark.parametrize("person", PEOPLE, ids=lambda each: each.id)
def test_only_who_asks_or_looks_after_jobs_ends_what_is_prepared(session, person):
    summary = a_summary_at(session, S.REQUESTED)
    may_end = person in (*DOCTORS, SERVICE_ACCOUNT, IT)
    assert bool(permissions.ask(lambda: permissions.check_can_stop(person, summary))) is may_end


def test_it_sees_no_chart_text():
    assert not permissions.may(IT, permissions.Ability.READ)


def test_a_clinician_whom_the_ehr_does_not_know_cannot_sign(session):
    summary = a_summary_at(session, S.IN_REVIEW)
    stranger = Person("x", "Dr X", Role.CLINICIAN)
    answer = permissions.can_sign(stranger, summary, 0, summary.current.digest)
    assert not answer
    assert "ask IT" in answer.reason


TRAINEE = Person("t", "Dr T", Role.TRAINEE, "Practitioner/t")


def test_a_trainee_withdraws_no_text_that_was_cosigned_and_may_correct_it(session):
    summary = a_summary_at(session, S.AWAITING_COSIGN)
    actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)
    progress.advance(session, summary, S.FILED, actor=SYSTEM)
    assert permissions.can_amend(TRAINEE, summary)
    assert "cosigned" in permissions.can_retract(TRAINEE, summary).reason
    for person in DOCTORS:
        assert permissions.can_retract(person, summary)


def test_nor_one_that_somebody_else_signed_alone(session):
    summary = a_summary_at(session, S.FILED)
    assert permissions.can_amend(TRAINEE, summary)
    assert "signed" in permissions.can_retract(TRAINEE, summary).reason
    for person in DOCTORS:
        assert permissions.can_retract(person, summary)


def test_nor_while_it_is_open_for_correction(session):
    summary = a_summary_at(session, S.FILED)
    actions.amend(session, summary.id, "The dose is wrong.", by=TRAINEE)
    assert not permissions.can_retract(TRAINEE, summary, in_ehr=True)
    assert permissions.can_retract(CLINICIAN, summary, in_ehr=True)


def test_who_has_become_a_trainee_withdraws_what_they_signed_alone(session):
    summary = a_summary_at(session, S.FILED)
    assert permissions.can_retract(replace(CLINICIAN, role=Role.TRAINEE), summary)


def _signed_by(session, person):
    """A text that waits for the second clinician, signed by this person."""
    summary = a_summary(session)
    actions.note_view(session, summary, by=person)
    digest = summary.current.digest
    actions.sign(session, summary.id, digest, by=person, cosign_types=("pre-visit",))
    return summary


def _attending(person_id, ref):
    return Person(person_id, "Dr Ada Berg", Role.ATTENDING, ref)


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (("ehr:1", "Practitioner/17"), ("hospital:ada", "Practitioner/17"), "yourself"),
        (("ehr:1", "PractitionerRole/r1"), ("ehr:1", "PractitionerRole/r2"), "yourself"),
        (("ehr:1", "PractitionerRole/r1"), ("hospital:ada", "Practitioner/17"), "Ask IT"),
        (("ehr:1", "Practitioner/17"), ("hospital:ada", "PractitionerRole/r1"), "Ask IT"),
        (("ehr:1", "PractitionerRole/r1"), ("hospital:ada", "PractitionerRole/r2"), "Ask IT"),
        (("ehr:1", "Practitioner/17"), ("hospital:tom", "Practitioner/18"), ""),
        (("ehr:1", "PractitionerRole/r1"), ("ehr:2", "PractitionerRole/r2"), ""),
        (("ehr:a:1", "PractitionerRole/r1"), ("ehr:b:2", "Practitioner/18"), ""),
    ],
)
def test_nobody_is_both_clinicians_by_another_name(session, first, second, refusal):
    summary = _signed_by(session, _attending(*first))
    answer = permissions.can_cosign(_attending(*second), summary, summary.current.digest)
    assert bool(answer) is not bool(refusal)
    assert refusal in answer.reason


def test_nor_by_signing_anew_what_they_cosigned_under_another(session):
    summary = _signed_by(session, _attending("ehr:0", "Practitioner/16"))
    role = _attending("ehr:1", "PractitionerRole/r1")
    actions.note_view(session, summary, by=role)
    actions.cosign(session, summary.id, summary.current.digest, by=role)
    progress.advance(session, summary, S.FILING_REFUSED, actor=SYSTEM)
    actions.reopen(session, summary.id, "wrong encounter", by=CLINICIAN)
    answer = permissions.can_sign(
        _attending("hospital:ada", "Practitioner/17"), summary, 0, summary.current.digest
    )
    assert "Ask IT" in answer.reason
