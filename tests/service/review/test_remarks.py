"""What is said of a statement stands beside the text, follows its words, and is never filed."""

from contextlib import suppress

import pytest
from sqlalchemy import select

from service.audit import AuditEvent
from service.database import transaction
from service.errors import BadInput, Conflict, NotFound, NotPermitted
from service.qa.reports import open_reports
from service.review import actions, edits, remarks
from service.review.editing import moving, rewording
from service.summary.models import Remark
from service.summary.vocabulary import RemarkKind, SummaryStatus
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    IT,
    PHQ,
    QA,
    SERTRALINE,
    a_summary,
    a_summary_at,
)

WORDS = "Is this the dose she takes?"


def said(session, summary, by=ATTENDING, words=WORDS):
    return remarks.comment(session, summary.id, 0, words, by=by, digest=summary.current.digest)


def reported(session, summary, by=CLINICIAN, words=""):
    return remarks.report_wrong(session, summary.id, 1, words, by=by, digest=summary.current.digest)


def test_a_comment_follows_the_words_of_its_statement(session):
    summary = a_summary(session)
    said(session, summary)
    edits.carry_out(session, summary.id, moving(0, 1), by=CLINICIAN)
    [found] = remarks.open_comments(session, summary.id)[SERTRALINE]
    assert (found.words, found.person_id) == (WORDS, ATTENDING.id)


def test_a_comment_changes_nothing_of_the_text(session):
    summary = a_summary(session)
    before = summary.current.id, summary.current.digest, summary.current.text
    said(session, summary)
    assert (summary.current.id, summary.current.digest, summary.current.text) == before
    assert WORDS not in str(summary.current.document)


def test_it_may_be_said_until_the_last_signature(session):
    said(session, a_summary_at(session, SummaryStatus.AWAITING_COSIGN))
    filed = a_summary_at(session, SummaryStatus.FILED, patient="Patient/2")
    with pytest.raises(Conflict):
        said(session, filed)


def test_what_cannot_be_said_is_refused(session):
    summary = a_summary(session)
    for by in (QA, IT):
        with pytest.raises(NotPermitted):
            said(session, summary, by=by)
    with pytest.raises(BadInput):
        said(session, summary, words="  ")
    with pytest.raises(NotFound):
        remarks.comment(session, summary.id, 9, "x", by=CLINICIAN, digest=summary.current.digest)
    with pytest.raises(Conflict):
        remarks.comment(session, summary.id, 0, "x", by=CLINICIAN, digest="another")


def test_what_is_settled_is_not_shown_and_settled_once(session):
    summary = a_summary(session)
    found = said(session, summary)
    with pytest.raises(NotPermitted):
        remarks.settle(session, found.id, by=QA)
    remarks.settle(session, found.id, by=CLINICIAN)
    assert remarks.open_comments(session, summary.id) == {}
    with pytest.raises(Conflict):
        remarks.settle(session, found.id, by=ATTENDING)


def test_the_audit_tells_that_it_was_said_and_not_what(session):
    summary = a_summary(session)
    said(session, summary)
    session.commit()
    act = session.scalars(select(AuditEvent).where(AuditEvent.action == "remark.made")).one()
    assert WORDS not in str(act.detail)
    assert act.subject_id == summary.id


def test_what_is_wrong_after_filing_is_opened_for_correction_and_is_a_case(session):
    summary = a_summary_at(session, SummaryStatus.FILED)
    reported(session, summary)
    assert summary.status is SummaryStatus.IN_REVIEW
    assert summary.status_reason == "Statement 2 is wrong."
    [case] = open_reports(session, by=QA)
    assert (case.summary_id, case.said, case.by) == (summary.id, PHQ, CLINICIAN.id)


def test_who_was_shown_a_case_stands_in_the_audit_and_nobody_else(session):
    assert list(open_reports(session, by=QA)) == []
    summary = a_summary_at(session, SummaryStatus.FILED)
    reported(session, summary)
    open_reports(session, by=QA)
    (act,) = [a for a in session.info["acts"] if a.action == "qa-reports.viewed"]
    assert act.detail == {"patients": [summary.patient_ref], "summaries": [summary.id]}


def test_a_case_is_closed_by_quality_alone(session):
    found = reported(session, a_summary_at(session, SummaryStatus.FILED), words="It was 9.")
    assert open_reports(session, by=QA)[0].words == "It was 9."
    with pytest.raises(NotPermitted):
        remarks.settle(session, found.id, by=CLINICIAN)
    remarks.settle(session, found.id, by=QA)
    assert open_reports(session, by=QA) == []
    with pytest.raises(NotPermitted):
        open_reports(session, by=CLINICIAN)


def test_only_what_is_filed_is_reported_and_once(session):
    summary = a_summary(session)
    with pytest.raises(Conflict):
        reported(session, summary)
    filed = a_summary_at(session, SummaryStatus.FILED, patient="Patient/2")
    reported(session, filed)
    with pytest.raises(Conflict):
        reported(session, filed, by=ATTENDING)
    kinds = session.scalars(select(Remark.kind)).all()
    assert kinds == [RemarkKind.WRONG]


def test_what_was_said_is_not_in_what_is_signed_after(session):
    summary = a_summary_at(session, SummaryStatus.FILED)
    reported(session, summary, words="It was 9.")
    edits.carry_out(session, summary.id, rewording(1, "PHQ-9 total score 14."), by=CLINICIAN)
    said(session, summary)
    for finding in summary.current.findings:
        finding.severity = "minor"
    actions.note_view(session, summary, by=CLINICIAN)
    actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert "It was 9." not in summary.current.text
    assert WORDS not in summary.current.text


def test_the_audit_tells_nothing_of_what_was_refused_and_taken_back(sessions):
    with transaction(sessions) as session:
        summary = a_summary_at(session, SummaryStatus.FILED)
        with suppress(BadInput), session.begin_nested():
            reported(session, summary, words="x" * 1995)  # too long with what stands before it
        actions.note_view(session, summary, by=CLINICIAN)
    with sessions() as session:
        told = [act.action for act in session.scalars(select(AuditEvent).order_by(AuditEvent.seq))]
    assert "remark.made" not in told
    assert (told[0], told[-1]) == ("summary.requested", "summary.viewed")
