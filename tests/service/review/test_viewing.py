"""Nobody signs a text that they have not had before them."""

import pytest

from service.errors import Blocked
from service.review import actions, editing, edits, undo
from service.review.desk import open_source
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    SERTRALINE,
    a_summary,
    a_summary_at,
)


def unseen(session, by):
    """A summary in review whose views were left by somebody else."""
    summary = a_summary(session)
    acts = session.info["acts"]
    session.info["acts"] = [a for a in acts if (a.action, a.actor) != ("summary.viewed", by.id)]
    return summary


def test_a_digest_from_a_list_signs_nothing(session):
    summary = unseen(session, CLINICIAN)
    with pytest.raises(Blocked, match="not opened this text"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert summary.status is S.IN_REVIEW and summary.attestations == []


def test_a_view_in_an_earlier_transaction_counts(session):
    summary = unseen(session, CLINICIAN)
    actions.note_view(session, summary, by=CLINICIAN)
    session.commit()
    actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert summary.status is S.SIGNED


def test_the_view_of_another_person_or_of_another_text_does_not_count(session):
    summary = unseen(session, CLINICIAN)
    actions.note_view(session, summary, by=ATTENDING)
    with pytest.raises(Blocked):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    actions.note_view(session, summary, by=CLINICIAN)
    edits.carry_out(session, summary.id, editing.rewording(0, f"{SERTRALINE}."), by=ATTENDING)
    with pytest.raises(Blocked):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)


def test_who_worded_the_text_has_seen_it(session):
    summary = a_summary(session)
    edits.carry_out(session, summary.id, editing.rewording(0, f"{SERTRALINE}."), by=CLINICIAN)
    actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert summary.status is S.SIGNED


def test_who_worded_one_sentence_of_a_text_that_they_never_opened_has_not(session):
    summary = unseen(session, CLINICIAN)
    for words in ("Takes sertraline 50 mg.", "Sertraline 50 mg."):
        edits.carry_out(session, summary.id, editing.rewording(0, words), by=CLINICIAN)
    with pytest.raises(Blocked, match="not opened this text"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)


def test_who_goes_back_to_a_text_that_they_never_opened_has_not(session):
    summary = unseen(session, CLINICIAN)
    for words in ("Takes sertraline 50 mg.", "Sertraline 50 mg."):
        edits.carry_out(session, summary.id, editing.rewording(0, words), by=ATTENDING)
    actions.note_view(session, summary, by=CLINICIAN)
    edits.carry_out(session, summary.id, undo.undoing, by=CLINICIAN)
    with pytest.raises(Blocked, match="not opened this text"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)


def test_a_second_clinician_reads_before_cosigning(session):
    summary = a_summary_at(session, S.AWAITING_COSIGN)
    session.info["acts"] = [a for a in session.info["acts"] if a.actor != ATTENDING.id]
    with pytest.raises(Blocked):
        actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)


def test_opening_a_source_is_no_view_of_the_text(session):
    summary = unseen(session, CLINICIAN)
    record_id = summary.current.content.placed()[0].statement.citations[0].record_id
    open_source(session, summary.id, record_id, CLINICIAN)
    with pytest.raises(Blocked, match="not opened this text"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    (act,) = [a for a in session.info["acts"] if a.action == "chart.viewed"]
    assert act.actor == CLINICIAN.id and act.detail["record"] == "MedicationRequest/1"
