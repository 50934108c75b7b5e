"""The desk, the worklist and the chart: what each person sees, and that it leaves a mark."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from service import audit
from service.database import transaction
from service.errors import NotFound, NotPermitted
from service.review import edits
from service.review.charts import open_chart
from service.review.desk import open_desk
from service.review.editing import rewording
from service.review.history import audit_page
from service.review.worklist import Wanted, status_counts, worklist
from service.summary.people import SERVICE_ACCOUNT
from service.summary.vocabulary import Severity, SummaryStatus
from tests.service.review.builders import (
    CLINICIAN,
    IT,
    PHQ,
    QA,
    SERTRALINE,
    S,
    a_finding,
    a_record,
    a_summary,
    a_summary_at,
)


def test_the_desk_shows_statements_beside_their_lit_sources(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    desk = open_desk(session, summary.id, CLINICIAN)
    (section,) = desk.sections
    assert [s.text for s in section.statements] == [SERTRALINE, PHQ]
    assert desk.text[section.statements[1].start : section.statements[1].end] == PHQ
    assert [f.number for f in section.statements[0].findings] == [1]
    assert [s.text for s in desk.sources] == [SERTRALINE, PHQ]
    (light,) = desk.sources[1].highlights
    assert desk.sources[1].text[light.start : light.end] == PHQ
    assert light.statement_index == 1
    assert not desk.can.sign
    assert "1 major finding" in desk.can.sign.reason


@contextmanager
def the_questions(engine):
    """What the database is asked within."""
    asked = []

    def note(_connection, _cursor, question, *_):
        asked.append(question)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_the_desk_asks_no_more_of_a_text_that_was_edited_often(sessions, engine):
    with transaction(sessions) as session:
        summary_id = a_summary(session).id
    counts = []
    for night in range(2, 7):
        with transaction(sessions) as session:
            words = rewording(0, f"Slept {night} hours.")
            edits.carry_out(session, summary_id, words, by=CLINICIAN)
        with transaction(sessions) as session, the_questions(engine) as asked:
            open_desk(session, summary_id, CLINICIAN)
        counts.append(len(asked))
    assert max(counts[1:]) == counts[1]


def test_the_desk_has_what_a_statement_said_before_the_last_edit_of_it(session):
    summary = a_summary(session)
    for words in ("Slept 4 hours.", "Slept 5 hours."):
        edits.carry_out(session, summary.id, rewording(0, words), by=CLINICIAN)
    assert open_desk(session, summary.id, CLINICIAN).before == {0: "Slept 4 hours."}


def test_opening_the_desk_is_a_view_in_the_audit(sessions):
    with transaction(sessions) as session:
        summary_id = a_summary(session).id
        open_desk(session, summary_id, CLINICIAN)
    with transaction(sessions) as session:
        last = list(audit.chain(session))[-1]
        assert (last.action, last.actor, last.subject_id) == (
            "summary.viewed",
            CLINICIAN.id,
            summary_id,
        )


def test_the_history_tells_each_change_and_by_whom(sessions):
    with transaction(sessions) as session:
        summary_id = a_summary_at(session, S.SIGNED).id
    with transaction(sessions) as session:
        history = open_desk(session, summary_id, CLINICIAN).history
    assert [row.action for row in history] == [
        "summary.requested",
        "summary.charted",
        "summary.indexed",
        "summary.drafted",
        "summary.in-review",
        "summary.signed",
    ]
    assert history[-1].actor == CLINICIAN.id


@pytest.mark.parametrize("status", SummaryStatus)
def test_the_desk_opens_at_every_status(session, status):
    desk = open_desk(session, a_summary_at(session, status).id, CLINICIAN)
    assert desk.summary.status is status


def test_what_was_withheld_is_told_only_to_who_treats(session):
    summary = a_summary(session)
    treating = open_desk(session, summary.id, CLINICIAN).coverage
    other = open_desk(session, summary.id, QA).coverage
    assert treating["withheld"] == 2
    assert other["withheld"] is None
    assert other["withheld_words"]
    assert "2" not in other["withheld_words"]


def test_it_may_not_open_the_desk(session):
    with pytest.raises(NotPermitted):
        open_desk(session, a_summary(session).id, IT)


def test_a_summary_that_is_not_held_is_not_found(session):
    with pytest.raises(NotFound):
        open_desk(session, "nothing", CLINICIAN)


def test_the_worklist_counts_what_is_open_on_the_current_version(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    a_finding(session, summary.current, Severity.MINOR, number=2)
    a_record(session, "Patient: Ada Example (born 1990-05-05)", ref="Patient/1")
    (row,) = worklist(session, CLINICIAN).rows
    assert (row.open_major, row.open_minor, row.version) == (1, 1, 1)
    assert (row.patient, row.owner) == ("Ada Example (born 1990-05-05)", "clinician")


def test_the_worklist_names_no_patient_to_it(session):
    a_summary(session)
    a_record(session, "Patient: Ada Example (born 1990-05-05)", ref="Patient/1")
    (row,) = worklist(session, IT).rows
    assert row.patient == ""
    assert status_counts(session, IT) == {S.IN_REVIEW: 1}


def test_pages_follow_each_other_without_gap_or_repeat(session):
    made = [a_summary_at(session, S.REQUESTED).id for _ in range(5)]
    seen, after = [], None
    while True:
        page = worklist(session, CLINICIAN, limit=2, after=after)
        seen += [row.id for row in page.rows]
        if (after := page.after) is None:
            break
    assert seen == sorted(made, key=made.index, reverse=True)


def test_the_worklist_is_narrowed_by_status_patient_and_type(session):
    a_summary(session, patient="Patient/1")
    other = a_summary(session, patient="Patient/2")
    a_summary_at(session, S.REQUESTED)
    wanted = Wanted(statuses=[S.IN_REVIEW], patient_ref="Patient/2")
    assert [row.id for row in worklist(session, CLINICIAN, wanted=wanted).rows] == [other.id]


def test_the_chart_hides_from_others_that_a_restricted_record_exists(session):
    a_record(session, SERTRALINE)
    a_record(session, "SUD counselling", ref="DocumentReference/9", labels=["42CFRPart2"])
    treating = open_chart(session, "Patient/1", CLINICIAN).records.rows
    others = open_chart(session, "Patient/1", SERVICE_ACCOUNT).records.rows
    assert {r.source_ref for r in treating} == {"MedicationRequest/1", "DocumentReference/9"}
    assert all("SUD" not in r.title for r in treating)
    assert {r.source_ref for r in others} == {"MedicationRequest/1"}


def test_a_chart_of_which_nothing_is_held_is_not_found(session):
    with pytest.raises(NotFound):
        open_chart(session, "Patient/nobody", CLINICIAN)


def test_the_audit_shows_that_a_reason_was_given_but_not_its_words(sessions):
    with transaction(sessions) as session:
        a_summary_at(session, S.REJECTED)
    with transaction(sessions) as session:
        rows, before = audit_page(session, IT, limit=1)
        assert before == rows[0].seq
        assert rows[0].action == "summary.rejected"
        assert "not needed" not in str(rows[0])
        with pytest.raises(NotPermitted):
            audit_page(session, CLINICIAN)
