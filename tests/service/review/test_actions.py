"""Signing, deciding and editing: what is refused, what is kept, what two people at once do."""

import threading

import pytest
from sqlalchemy import select

from service import audit
from service.chart.models import SnapshotRecord
from service.database import transaction
from service.errors import BadInput, Blocked, Conflict, NotFound, NotPermitted
from service.queue import TaskName
from service.review import actions, editing, edits
from service.review.arranging import EMPTIED
from service.review.desk import open_desk
from service.summary import progress
from service.summary.models import Attestation, Finding
from service.summary.people import SYSTEM
from service.summary.vocabulary import ResolutionAction, Severity, SummaryStatus
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    PHQ,
    QA,
    S,
    a_finding,
    a_record,
    a_summary,
    a_summary_at,
)

ALLERGY = "Allergy: penicillin G - anaphylaxis (severe); active, confirmed"
ACCEPTED = ResolutionAction.ACCEPTED


def test_signing_attests_the_digest_and_owes_the_filing(sessions, rung):
    with transaction(sessions) as session:
        summary = a_summary(session)
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert summary.status is S.SIGNED
    assert rung[-1] == (TaskName.FILE_SUMMARY, {"summary_id": summary.id})
    with transaction(sessions) as session:
        attestation = session.scalars(select(Attestation)).one()
        assert (attestation.digest, attestation.person_id, attestation.meaning) == (
            summary.current.digest,
            CLINICIAN.id,
            "signed",
        )
        last = list(audit.chain(session))[-1]
        assert (last.action, last.actor) == ("summary.signed", CLINICIAN.id)
        assert last.detail["digest"] == summary.current.digest


def test_another_digest_is_a_conflict(session):
    summary = a_summary(session)
    with pytest.raises(Conflict, match="changed since"):
        actions.sign(session, summary.id, "0" * 64, by=CLINICIAN)


def test_open_major_findings_block_and_minor_ones_do_not(session):
    summary = a_summary(session)
    a_finding(session, summary.current, Severity.MINOR)
    major = a_finding(session, summary.current, number=2)
    digest = summary.current.digest
    with pytest.raises(Blocked, match="1 major finding is open"):
        actions.sign(session, summary.id, digest, by=CLINICIAN)
    actions.resolve_finding(session, summary.id, major.number, ACCEPTED, "I saw it", by=CLINICIAN)
    assert actions.sign(session, summary.id, digest, by=CLINICIAN).status is S.SIGNED


def test_a_type_that_needs_two_clinicians_waits_for_the_second(session):
    summary = a_summary(session)
    digest = summary.current.digest
    actions.sign(session, summary.id, digest, by=ATTENDING, cosign_types=["pre-visit"])
    assert summary.status is S.AWAITING_COSIGN
    with pytest.raises(NotPermitted, match="somebody else cosigns"):
        actions.cosign(session, summary.id, digest, by=ATTENDING)
    with pytest.raises(NotPermitted):
        actions.cosign(session, summary.id, digest, by=CLINICIAN)
    assert summary.status is S.AWAITING_COSIGN


def test_signer_and_cosigner_keep_their_parts_when_the_same_text_comes_back(session):
    summary = a_summary_at(session, S.AWAITING_COSIGN)
    digest = summary.current.digest
    actions.cosign(session, summary.id, digest, by=ATTENDING)
    progress.advance(session, summary, S.FILING_REFUSED, actor=SYSTEM)
    actions.reopen(session, summary.id, "wrong encounter", by=CLINICIAN)
    with pytest.raises(NotPermitted, match="another clinician signs"):
        actions.sign(session, summary.id, digest, by=ATTENDING, cosign_types=["pre-visit"])
    actions.sign(session, summary.id, digest, by=CLINICIAN, cosign_types=["pre-visit"])
    actions.cosign(session, summary.id, digest, by=ATTENDING)
    assert summary.status is S.SIGNED
    assert [a.meaning for a in summary.attestations] == ["signed", "cosigned"]


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * 2_001])
def test_a_rejection_needs_a_reason_of_some_words(session, reason):
    summary = a_summary(session)
    with pytest.raises(BadInput, match="reason"):
        actions.reject(session, summary.id, reason, by=CLINICIAN)


def test_a_major_finding_needs_a_reason_and_a_minor_one_does_not(session):
    summary = a_summary(session)
    a_finding(session, summary.current, number=1)
    a_finding(session, summary.current, Severity.MINOR, number=2)
    with pytest.raises(BadInput, match="reason"):
        actions.resolve_finding(session, summary.id, 1, ACCEPTED, " ", by=CLINICIAN)
    assert actions.resolve_finding(session, summary.id, 2, ACCEPTED, "", by=CLINICIAN).resolved_at
    with pytest.raises(NotFound):
        actions.resolve_finding(session, summary.id, 9, ACCEPTED, "why not", by=CLINICIAN)


def test_a_decision_may_be_changed_by_who_made_it_only(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    actions.resolve_finding(session, summary.id, 1, ACCEPTED, "seen by me", by=CLINICIAN)
    with pytest.raises(Conflict, match="somebody else"):
        actions.resolve_finding(session, summary.id, 1, ACCEPTED, "known to me", by=ATTENDING)
    again = actions.resolve_finding(
        session, summary.id, 1, ResolutionAction.DISMISSED, "it misreads this", by=CLINICIAN
    )
    assert again.resolution is ResolutionAction.DISMISSED


def test_two_people_who_sign_at_once_sign_once(sessions):
    with transaction(sessions) as session:
        summary = a_summary(session)
        summary_id, digest = summary.id, summary.current.digest
    outcomes = []
    barrier = threading.Barrier(2)

    def sign(person):
        barrier.wait()
        try:
            with transaction(sessions) as session:
                actions.sign(session, summary_id, digest, by=person)
            outcomes.append("signed")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=sign, args=[p]) for p in (CLINICIAN, ATTENDING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "signed"]
    with transaction(sessions) as session:
        assert len(session.scalars(select(Attestation)).all()) == 1


def test_an_edit_makes_a_new_verified_version_with_another_digest(session):
    summary = a_summary(session)
    before = summary.current
    edited = edits.carry_out(
        session,
        summary.id,
        editing.rewording(1, "PHQ-9 total score was 14 on 2024-05-01."),
        by=CLINICIAN,
    )
    assert (edited.number, edited.made_by) == (2, CLINICIAN.id)
    assert edited.digest != before.digest
    assert [a["index"] for a in edited.assessments] == [0, 1]
    statement = edited.content.statement(1)
    assert statement.writer == "person"
    assert statement.citations == before.content.statement(1).citations
    with pytest.raises(Conflict):
        actions.sign(session, summary.id, before.digest, by=CLINICIAN)


def test_a_wrong_number_written_by_a_person_is_found(session):
    summary = a_summary(session)
    edited = edits.carry_out(
        session, summary.id, editing.rewording(1, "PHQ-9 total score 41 (2024-05-01)"), by=CLINICIAN
    )
    assert edited.assessments[1]["support"] != "supported"
    assert any(f.statement_index == 1 for f in edited.findings)


def test_an_empty_text_removes_the_statement(session):
    summary = a_summary(session)
    edited = edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    assert [p.statement.text for p in edited.content.placed()] == [PHQ]


def test_a_section_that_an_edit_empties_says_so(session):
    summary = a_summary(session)
    for _ in range(2):
        edited = edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    assert edited.text.endswith("Everything\n" + EMPTIED + "\n")


def test_what_the_draft_left_out_is_added_with_the_findings_source(session):
    summary = a_summary(session)
    record = a_record(session, ALLERGY, ref="AllergyIntolerance/1")
    session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    finding = a_finding(session, summary.current, statement=None)
    finding.evidence = [
        {
            "record_id": record.id,
            "source": record.resource_ref,
            "start": 0,
            "end": len(ALLERGY),
            "quote": ALLERGY,
        }
    ]
    edited = edits.carry_out(
        session, summary.id, editing.adding("all", ALLERGY, finding=finding.number), by=CLINICIAN
    )
    added = edited.content.statement(2)
    assert (added.text, added.writer) == (ALLERGY, "person")
    assert added.citations[0].quote == ALLERGY
    assert edited.assessments[2]["support"] == "supported"
    assert finding.resolution is ResolutionAction.CORRECTED


def test_an_added_statement_without_source_is_found_wanting(session):
    summary = a_summary(session)
    edited = edits.carry_out(
        session, summary.id, editing.adding("all", "She smokes."), by=CLINICIAN
    )
    assert edited.assessments[2]["support"] != "supported"
    with pytest.raises(NotFound, match="section"):
        edits.carry_out(session, summary.id, editing.adding("none", "She smokes."), by=CLINICIAN)


@pytest.mark.parametrize("text", ["   ", "\n\t", "\u202e\u200b", "\x00", "x" * 20_000])
def test_blank_and_endless_texts_are_refused_with_a_sentence(session, text):
    summary = a_summary(session)
    with pytest.raises(BadInput, match=r"\."):
        edits.carry_out(session, summary.id, editing.rewording(0, text), by=CLINICIAN)
    assert len(summary.versions) == 1


def test_hidden_characters_never_reach_the_signed_text(session):
    summary = a_summary(session)
    edited = edits.carry_out(
        session,
        summary.id,
        editing.rewording(1, "PHQ-9\u202e\ttotal\u200b score\x0014\n(2024-05-01)"),
        by=CLINICIAN,
    )
    assert edited.content.statement(1).text == "PHQ-9 total score 14 (2024-05-01)"


def test_the_same_words_make_no_new_version(session):
    summary = a_summary(session)
    assert (
        edits.carry_out(session, summary.id, editing.rewording(1, f" {PHQ} "), by=CLINICIAN).number
        == 1
    )


def test_an_edit_of_a_text_that_somebody_changed_is_a_conflict(session):
    summary = a_summary(session)
    seen = summary.current.digest
    edits.carry_out(session, summary.id, editing.rewording(0, ""), by=ATTENDING, digest=seen)
    with pytest.raises(Conflict, match="changed since"):
        edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN, digest=seen)


def test_a_statement_that_is_not_there_is_not_found(session):
    summary = a_summary(session)
    with pytest.raises(NotFound):
        edits.carry_out(session, summary.id, editing.rewording(7, "x"), by=CLINICIAN)


def test_decisions_on_what_an_edit_leaves_alone_stay_made(session):
    summary = a_summary(session)
    wrong = "PHQ-9 total score 41 (2024-05-01)"
    first = edits.carry_out(session, summary.id, editing.rewording(1, wrong), by=CLINICIAN)
    for finding in first.findings:
        actions.resolve_finding(
            session, summary.id, finding.number, ACCEPTED, "read aloud", by=CLINICIAN
        )
    kept = [f for f in first.findings if f.statement_index == 1]
    second = edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    carried = [f for f in second.findings if f.statement_index == 0]
    assert len(carried) == len(kept) > 0
    assert all(f.resolution_reason == "read aloud" for f in carried)


def test_what_an_edit_answers_is_marked_as_corrected(session):
    summary = a_summary(session)
    wrong = edits.carry_out(
        session, summary.id, editing.rewording(1, "PHQ-9 total score 41 (2024-05-01)"), by=CLINICIAN
    )
    found = session.scalars(select(Finding).where(Finding.version_id == wrong.id)).all()
    edits.carry_out(session, summary.id, editing.rewording(1, PHQ), by=CLINICIAN)
    about = [f for f in found if f.statement_index == 1]
    assert about
    assert all(f.resolution is ResolutionAction.CORRECTED for f in about)


def test_qa_can_neither_edit_nor_resolve(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    with pytest.raises(NotPermitted):
        edits.carry_out(session, summary.id, editing.rewording(0, ""), by=QA)
    with pytest.raises(NotPermitted):
        actions.resolve_finding(session, summary.id, 1, ACCEPTED, "why", by=QA)


def test_nothing_is_edited_after_it_is_signed(session):
    summary = a_summary_at(session, SummaryStatus.SIGNED)
    with pytest.raises(Conflict, match="not in-review"):
        edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)


def test_what_the_ehr_holds_is_not_rejected_while_it_is_amended(sessions):
    with transaction(sessions) as session:
        summary_id = a_summary_at(session, S.FILED).id
    with transaction(sessions) as session:
        actions.amend(session, summary_id, "wrong dose", by=CLINICIAN)
        assert "in the EHR" in open_desk(session, summary_id, CLINICIAN).can.reject.reason
        with pytest.raises(Blocked, match="in the EHR"):
            actions.reject(session, summary_id, "opened by mistake", by=CLINICIAN)
