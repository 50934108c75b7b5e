"""What a person can do to a draft: insert, add, move, cite anew, undo; what each edit rests on."""

from datetime import UTC

import pytest

from service.chart.models import SnapshotRecord
from service.drafting.telling.place import line_of, section_for
from service.errors import BadInput, Blocked, Conflict, NotFound
from service.reading.keep import read_chart
from service.review import actions, editing, edits, undo, unsaved
from service.review.arranging import EMPTIED, told_empty, with_added, with_moved
from service.summary.document import Document, Section, Statement
from service.summary.models import Finding
from service.summary.vocabulary import FindingKind, ResolutionAction, Severity, Support
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    PHQ,
    SERTRALINE,
    a_finding,
    a_record,
    a_summary,
)

ALLERGY = "Allergy: penicillin G - anaphylaxis (severe); active, confirmed"


def texts(version):
    return [placed.statement.text for placed in version.content.placed()]


def in_snapshot(session, summary, text, ref, **more):
    record = a_record(session, text, ref=ref, **more)
    session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    session.flush()
    return record


def an_omission(session, summary, record, check="allergy"):
    finding = Finding(
        version_id=summary.current.id,
        number=1,
        kind=FindingKind.OMITTED,
        severity=Severity.MAJOR,
        check=check,
        message=f"Not carried: {record.text}.",
        statement_index=None,
        source=record.resource_ref,
        evidence=[
            {
                "record_id": record.id,
                "source": record.resource_ref,
                "start": 0,
                "end": len(record.text),
                "quote": record.text,
            }
        ],
        resolution=None,
        resolved_by=None,
        resolved_at=None,
    )
    session.add(finding)
    session.flush()
    session.expire(summary.current, ["findings"])
    return finding


def test_a_finding_is_not_corrected_by_saying_so(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    with pytest.raises(Blocked, match="Change the text"):
        actions.resolve_finding(
            session, summary.id, 1, ResolutionAction.CORRECTED, "it is right now", by=CLINICIAN
        )


@pytest.mark.parametrize("reason", ["ok", "OK.", "fine, thanks", "n/a", "checked ok", "x"])
def test_what_tells_nothing_is_no_reason(session, reason):
    summary = a_summary(session)
    a_finding(session, summary.current)
    with pytest.raises(BadInput, match="reason"):
        actions.resolve_finding(
            session, summary.id, 1, ResolutionAction.ACCEPTED, reason, by=CLINICIAN
        )


def test_what_was_left_out_is_inserted_with_its_source_and_the_finding_is_answered(session):
    summary = a_summary(session)
    record = in_snapshot(session, summary, ALLERGY, "AllergyIntolerance/1")
    finding = an_omission(session, summary, record)
    version = edits.carry_out(session, summary.id, editing.inserting(1), by=CLINICIAN)
    assert texts(version)[-1] == ALLERGY
    assert version.content.statement(2).citations[0].record_id == record.id
    assert version.assessments[2]["support"] == Support.SUPPORTED
    assert finding.resolution is ResolutionAction.CORRECTED
    assert not [f for f in version.findings if f.check == "allergy"]
    assert version.edit == {"act": "fact-inserted", "statement": 2}


def test_only_what_points_at_a_source_can_be_inserted(session):
    summary = a_summary(session)
    a_finding(session, summary.current)
    with pytest.raises(BadInput, match="no line"):
        edits.carry_out(session, summary.id, editing.inserting(1), by=CLINICIAN)


@pytest.mark.parametrize(
    ("kind", "keys", "place"),
    [
        ("allergy", ["risk", "allergies", "plan"], "allergies"),
        ("medication", ["medications", "plan"], "medications"),
        ("pending", ["risk", "plan"], "plan"),
        ("never heard of", ["risk", "plan"], "plan"),
    ],
)
def test_what_is_inserted_goes_where_a_reader_looks_for_it(kind, keys, place):
    assert section_for(kind, keys) == place


def test_of_a_note_the_sentence_is_inserted_and_of_a_record_its_headline():
    note = "Visit note\nSleeps well. Allergic to latex, with hives. Comes back in May."
    start = note.index("latex")
    first, last = line_of(note, start, start + 5)
    assert note[first:last].strip() == "Allergic to latex, with hives."
    assert line_of("Headline of it\nMore.", 0, 20) == (0, 14)


def test_a_statement_of_the_clinicians_own_needs_no_source_and_says_whose_it_is(session):
    summary = a_summary(session)
    version = edits.carry_out(
        session,
        summary.id,
        editing.adding("all", "Met the brother in the corridor.", own=True),
        by=CLINICIAN,
    )
    assert version.content.statement(2).writer == "own"
    assert version.assessments[2]["support"] == Support.NOT_CHECKABLE
    assert not [f for f in version.findings if f.statement_index == 2]


def test_an_added_statement_is_looked_for_in_the_chart(session):
    summary = a_summary(session)
    record = in_snapshot(session, summary, ALLERGY, "AllergyIntolerance/1")
    version = edits.carry_out(
        session,
        summary.id,
        editing.adding("all", "Allergy: penicillin G - anaphylaxis (severe)"),
        by=CLINICIAN,
    )
    assert [c.record_id for c in version.content.statement(2).citations] == [record.id]
    assert version.assessments[2]["support"] == Support.SUPPORTED


def test_a_source_is_picked_from_the_chart_and_only_words_that_stand_there(session):
    summary = a_summary(session)
    record = in_snapshot(session, summary, ALLERGY, "AllergyIntolerance/1")
    stranger = a_record(session, "Not of this draft", ref="Observation/9")
    place = (record.id, "penicillin G - anaphylaxis")
    version = edits.carry_out(
        session,
        summary.id,
        editing.adding("all", "Anaphylaxis to penicillin G.", place=place),
        by=CLINICIAN,
    )
    assert version.content.statement(2).citations[0].quote == place[1]
    for wrong, error in (((record.id, "latex"), BadInput), ((stranger.id, "draft"), NotFound)):
        with pytest.raises(error):
            edits.carry_out(session, summary.id, editing.citing(2, *wrong), by=CLINICIAN)


def test_citing_anew_changes_what_it_rests_on_and_nothing_else(session):
    summary = a_summary(session)
    record = in_snapshot(session, summary, ALLERGY, "AllergyIntolerance/1")
    version = edits.carry_out(
        session, summary.id, editing.citing(0, record.id, "penicillin"), by=CLINICIAN
    )
    assert version.text == summary.versions[0].text
    assert version.content.statement(0).citations[0].record_id == record.id
    (reason,) = version.assessments[0]["reasons"]
    assert (reason["check"], reason["said"]) == ("citation", "“penicillin”")
    assert [f.check for f in version.findings if f.statement_index == 0] == ["citation"]


def test_an_edit_that_speaks_of_something_else_lets_the_old_source_go(session):
    summary = a_summary(session)
    version = edits.carry_out(
        session,
        summary.id,
        editing.rewording(0, "Ibuprofen was prescribed by urgent care."),
        by=CLINICIAN,
    )
    assert version.content.statement(0).citations == ()
    found = [f for f in version.findings if f.statement_index == 0]
    assert [f.kind for f in found] == [FindingKind.UNSUPPORTED]


def test_the_newest_value_counts_for_an_edited_statement(session):
    summary = a_summary(session)
    old = "Lithium level 0.7 mmol/L (normal)"
    new = "Lithium level 1.6 mmol/L (high)"
    told = {"is_note": True}
    in_snapshot(session, summary, old, "DocumentReference/8", effective="2024-05-01", **told)
    newest = in_snapshot(
        session, summary, new, "DocumentReference/9", effective="2026-05-01", **told
    )
    read_chart(session, "Patient/1", zone=UTC)
    version = edits.carry_out(
        session, summary.id, editing.rewording(1, "Lithium level was 0.7 mmol/L."), by=CLINICIAN
    )
    assert [c.record_id for c in version.content.statement(1).citations] == [newest.id]
    assert version.assessments[1]["support"] == Support.CONTRADICTED


@pytest.mark.parametrize(
    ("said_in", "more"),
    [("", 0), (" (Discharge note, 2011-01-01)", 1)],  # what is said of the sources is told apart
)
def test_a_statement_has_one_finding_with_the_worst_first(session, said_in, more):
    summary = a_summary(session)
    version = edits.carry_out(
        session,
        summary.id,
        editing.rewording(
            0,
            "Sertraline 200 mg oral capsule, three times daily (stopped, since 2011-01-01)"
            + said_in,
        ),
        by=CLINICIAN,
    )
    found = [f for f in version.findings if f.statement_index == 0]
    assert len(found) == 1 and found[0].severity is Severity.MAJOR
    assert found[0].kind is FindingKind.CONTRADICTED
    worst, *others = version.assessments[0]["reasons"]
    assert len(others) == more
    assert found[0].check == worst["check"] and found[0].said == worst["said"]
    said = [found[0].message.find(each["said"]) for each in (worst, *others)]
    assert -1 not in said and said == sorted(said)


def test_statements_move_within_and_between_sections():
    made = Document(
        "T",
        (),
        (
            Section("a", "A", (Statement("1"), Statement("2"))),
            Section("b", "B", (), "Nothing is known."),
            Section("c", "C", (Statement("3"),)),
        ),
    )

    def after(index, by):
        moved, at = with_moved(made, index, by)
        shape = ["".join(s.text for s in section.statements) for section in moved.sections]
        assert moved.statement(at) == made.statement(index)
        return shape

    assert after(0, 1) == ["21", "", "3"]
    assert after(1, -1) == ["21", "", "3"]
    assert after(1, 1) == ["1", "2", "3"]
    assert after(2, -1) == ["12", "3", ""]
    assert after(0, -1) == ["12", "", "3"]
    assert after(2, 1) == ["12", "", "3"]
    assert with_moved(made, 1, 1)[0].sections[1].absence == ""


def test_undo_goes_back_to_the_draft_and_redo_forth_again(session):
    summary = a_summary(session)
    drafted = texts(summary.current)
    edits.carry_out(
        session, summary.id, editing.rewording(0, "Sertraline 50 mg once daily."), by=CLINICIAN
    )
    edits.carry_out(session, summary.id, editing.moving(0, 1), by=CLINICIAN)
    edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    removed = texts(summary.current)
    for _ in range(3):
        edits.carry_out(session, summary.id, undo.undoing, by=CLINICIAN)
    assert texts(summary.current) == drafted
    with pytest.raises(Conflict, match="as it was drafted"):
        edits.carry_out(session, summary.id, undo.undoing, by=CLINICIAN)
    for _ in range(3):
        edits.carry_out(session, summary.id, undo.redoing, by=CLINICIAN)
    assert texts(summary.current) == removed
    with pytest.raises(Conflict):
        edits.carry_out(session, summary.id, undo.redoing, by=CLINICIAN)
    edits.carry_out(session, summary.id, undo.undoing, by=CLINICIAN)
    edits.carry_out(session, summary.id, editing.rewording(0, "Another way."), by=CLINICIAN)
    assert undo.redo_target(summary) is None
    assert [v.number for v in summary.versions] == list(range(1, len(summary.versions) + 1))


def test_a_decision_comes_back_with_its_text(session):
    summary = a_summary(session)
    version = edits.carry_out(
        session, summary.id, editing.rewording(1, "PHQ-9 total score 41"), by=CLINICIAN
    )
    number = next(f.number for f in version.findings if f.statement_index == 1)
    actions.resolve_finding(
        session, summary.id, number, ResolutionAction.ACCEPTED, "told in person", by=CLINICIAN
    )
    edits.carry_out(session, summary.id, editing.rewording(1, PHQ), by=CLINICIAN)
    back = edits.carry_out(session, summary.id, undo.undoing, by=CLINICIAN)
    (again,) = [f for f in back.findings if f.statement_index == 1]
    assert again.resolution_reason == "told in person"


def test_typed_words_are_kept_for_their_writer_alone(session):
    summary = a_summary(session)
    form = unsaved.form_of(SERTRALINE)
    unsaved.keep(session, summary.id, form, "Sertraline, at", digest="d", by=CLINICIAN)
    unsaved.keep(session, summary.id, form, "Sertraline, at night", digest="d", by=CLINICIAN)
    assert [r.words for r in unsaved.kept(session, summary.id, CLINICIAN).values()] == [
        "Sertraline, at night"
    ]
    assert unsaved.kept(session, summary.id, ATTENDING) == {}
    unsaved.keep(session, summary.id, form, " ", digest="d", by=CLINICIAN)
    assert unsaved.kept(session, summary.id, CLINICIAN) == {}
    with pytest.raises(BadInput):
        unsaved.keep(session, summary.id, form, "x" * 5_000, digest="d", by=CLINICIAN)


def test_only_what_was_stated_before_is_said_to_be_taken_out():
    said, closing = Statement("Denies SI."), "Not read: 1 record."
    never, brief = Section("labs", "Results"), Section("brief", "Brief", (said,), closing)
    before = Document("t", (), (brief, Section("risk", "Risk", (said,)), never))
    emptied = told_empty(before.with_statement(1, None), before)
    assert [s.absence for s in emptied.sections] == [closing, EMPTIED, ""]
    grown, _ = with_added(emptied, "brief", said)
    assert grown.sections[0].absence == closing  # what was not read stays said
    grown, _ = with_added(emptied, "risk", said)
    assert grown.sections[1].absence == ""


def test_what_is_left_out_of_no_known_section_is_told_in_the_last_that_is_no_frame():
    assert section_for("new-kind", ["brief", "risk", "plan", "rest"]) == "plan"
