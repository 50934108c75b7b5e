"""A label that comes after the draft: its source is shown to nobody, the text is not signed."""

import pytest
from sqlalchemy import select

from service.chart.models import SnapshotRecord, SourceRecord
from service.errors import Blocked, NotFound
from service.qa.reading import item_for_rating, sample_items
from service.qa.sampling import draw_sample
from service.review import actions, editing, edits
from service.review.charts import WantedRecords, open_chart
from service.review.desk import open_desk
from service.summary.models import Finding
from service.summary.vocabulary import FindingKind, Severity, Standing
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    PHQ,
    QA,
    SERTRALINE,
    S,
    a_record,
    a_summary,
    a_summary_at,
)


def a_late_label(session, summary, *, statement=0):
    """The EHR sends the cited record again, now under 42 CFR Part 2; the old version stays held."""
    cited = summary.current.content.statement(statement).citations[0]
    old = session.get(SourceRecord, cited.record_id)
    old.is_latest = False
    session.flush()
    given = {"patient": summary.patient_ref, "labels": ["42CFRPart2"], "version": "2"}
    a_record(session, old.text, ref=old.resource_ref, **given)
    return old


@pytest.mark.parametrize("person", [CLINICIAN, QA])
def test_an_older_version_is_withheld_once_the_newest_is_restricted(session, person):
    summary = a_summary(session)
    old = a_late_label(session, summary)
    rows = open_chart(
        session, "Patient/1", person, wanted=WantedRecords(old_versions=True)
    ).records.rows
    assert all(row.title == "Withheld" for row in rows if row.source_ref == old.resource_ref)


def test_the_desk_withholds_a_source_that_was_restricted_after_the_draft(session):
    summary = a_summary(session)
    a_late_label(session, summary)
    shown = open_desk(session, summary.id, CLINICIAN).sources
    assert [(bool(s.withheld), s.text) for s in shown] == [(True, ""), (False, PHQ)]


def test_a_text_whose_source_was_restricted_since_is_not_signed(session):
    summary = a_summary(session)
    a_late_label(session, summary)
    assert "restricted after" in open_desk(session, summary.id, CLINICIAN).can.sign.reason
    with pytest.raises(Blocked, match="1 source of this text was restricted"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    for finding in summary.current.findings:
        if finding.severity is Severity.MAJOR and finding.resolution is None:
            actions.resolve_finding(
                session, summary.id, finding.number, "accepted", "seen", by=CLINICIAN
            )
    signed = actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert signed.status is S.SIGNED


@pytest.mark.parametrize("status", [S.AWAITING_COSIGN, S.FILING_REFUSED])
def test_nor_is_it_cosigned_or_sent_again(session, status):
    summary = a_summary_at(session, status)
    a_late_label(session, summary)
    with pytest.raises(Blocked):
        if status is S.AWAITING_COSIGN:
            actions.cosign(session, summary.id, summary.current.digest, by=ATTENDING)
        else:
            actions.retry(session, summary.id, by=CLINICIAN)


def test_who_does_not_treat_the_patient_no_longer_reads_such_a_text(session):
    summary = a_summary(session)
    sample = draw_sample(session, seed="s", size=1, statuses="drafts", by=QA)
    a_late_label(session, summary)
    with pytest.raises(NotFound):
        open_desk(session, summary.id, QA)
    assert sample_items(session, sample.id, by=QA) == ()
    with pytest.raises(NotFound):
        item_for_rating(session, sample.items[0].id, by=QA)


def test_an_earlier_version_that_cites_it_is_not_shown_to_them_either(session):
    summary = a_summary(session)
    a_late_label(session, summary)
    edits.carry_out(session, summary.id, editing.rewording(0, ""), by=CLINICIAN)
    assert len(open_desk(session, summary.id, QA).versions) == 1
    assert len(open_desk(session, summary.id, CLINICIAN).versions) == 2


def test_a_finding_does_not_repeat_the_words_of_a_record_restricted_since(session):
    summary = a_summary(session)
    old = a_late_label(session, summary)
    evidence = [
        {
            "record_id": old.id,
            "source": old.resource_ref,
            "start": 0,
            "end": 5,
            "quote": old.text[:5],
        }
    ]
    session.add(
        Finding(
            version_id=summary.current.id,
            number=9,
            kind=FindingKind.OMITTED,
            severity=Severity.MINOR,
            check="medication",
            message=f"Not carried: {old.text}",
            statement_index=None,
            source=old.text,
            evidence=evidence,
            resolution=None,
            resolved_by=None,
            resolved_at=None,
        )
    )
    session.flush()
    session.expire(summary.current, ["findings"])
    (found,) = [f for f in open_desk(session, summary.id, CLINICIAN).findings if f.number == 9]
    assert old.text not in found.message + found.source
    assert found.evidence == ()


@pytest.mark.parametrize("person", [CLINICIAN, QA])
def test_the_coverage_names_no_restricted_record(session, person):
    summary = a_summary(session)
    a_record(
        session, "Psychotherapy process note", ref="DocumentReference/9", standing=Standing.EXCLUDED
    )
    a_record(session, "Scanned letter", ref="DocumentReference/8", standing=Standing.EXCLUDED)
    rows = [
        {"source": f"DocumentReference/{n}", "title": t, "date": "", "reason": "preliminary"}
        for n, t in ((9, "Psychotherapy process note"), (8, "Scanned letter"))
    ]
    left_out = [{"source": row["source"]} for row in rows]
    summary.current.coverage = {
        **summary.current.coverage,
        "excluded": rows,
        "sections": [{"left_out": left_out}],
    }
    session.flush()
    told = open_desk(session, summary.id, person).coverage
    for shown in (told["excluded"], told["sections"][0]["left_out"]):
        assert [row["title"] for row in shown] == ["Scanned letter"]
    assert told["withheld"] == (3 if person is CLINICIAN else None)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_page_or_cursor_tells_who_does_not_treat_of_a_restricted_record(session, limit):
    a_summary(session)
    for number in range(9):
        labels = ["42CFRPart2"] if number % 3 else []
        a_record(session, f"Note {number}", ref=f"DocumentReference/{number}", labels=labels)
    hidden = {r.id for r in session.scalars(select(SourceRecord)) if r.labels}
    pages, after = [], None
    while after or not pages:
        found = open_chart(session, "Patient/1", QA, limit=limit, after=after).records
        pages.append(len(found.rows))
        after = found.after
        assert after is None or after.id not in hidden
    assert sum(pages) == 5
    assert set(pages[:-1]) <= {limit} and pages[-1] > 0


def test_who_treats_pages_through_all_of_it(session):
    a_summary(session)
    a_record(session, "Counselling", ref="DocumentReference/1", labels=["42CFRPart2"])
    first = open_chart(session, "Patient/1", CLINICIAN, limit=2).records
    rest = open_chart(session, "Patient/1", CLINICIAN, limit=2, after=first.after).records
    assert [len(first.rows), len(rest.rows), rest.after] == [2, 1, None]


def cited_elsewhere(session, summary):
    """The statement rests, on paper, on a record that is open and says nothing of it."""
    place = summary.current.content.statement(1).citations[0]
    plan = editing.citing(0, place.record_id, place.quote)
    edits.carry_out(session, summary.id, plan, by=CLINICIAN)
    return summary


def accept_all(session, summary):
    for finding in summary.current.findings:
        if finding.resolution is None:
            actions.resolve_finding(
                session, summary.id, finding.number, "accepted", "seen by me", by=CLINICIAN
            )


def in_other_words(session, summary, text):
    edits.carry_out(session, summary.id, editing.rewording(0, text), by=CLINICIAN)


@pytest.mark.parametrize("text", [None, SERTRALINE + ".", SERTRALINE.replace(", once", " once")])
def test_another_citation_frees_no_words_of_a_restricted_record(session, text):
    summary = a_summary(session)
    a_late_label(session, summary)
    cited_elsewhere(session, summary)
    if text:
        in_other_words(session, summary, text)
        cited_elsewhere(session, summary)
    accept_all(session, summary)
    with pytest.raises(Blocked, match="restricted after"):
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    with pytest.raises(NotFound):
        open_desk(session, summary.id, QA)


def test_other_words_and_an_open_source_do(session):
    summary = a_summary(session)
    a_late_label(session, summary)
    in_other_words(session, summary, "Depression is followed up in six weeks.")
    accept_all(session, summary)
    actions.note_view(session, summary, by=CLINICIAN)
    signed = actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
    assert signed.status is S.SIGNED


def test_words_that_an_open_record_bears_too_are_free(session):
    summary = a_summary(session)
    other = a_record(session, SERTRALINE, ref="MedicationRequest/2")
    session.add(SnapshotRecord(summary_id=summary.id, record_id=other.id))
    a_late_label(session, summary)
    edits.carry_out(session, summary.id, editing.citing(0, other.id, SERTRALINE), by=CLINICIAN)
    assert open_desk(session, summary.id, QA).version is not None


def test_who_does_not_treat_is_not_told_of_a_restricted_record_that_a_finding_points_at(session):
    summary = a_summary(session)
    note = a_record(session, "He sleeps.", ref="DocumentReference/9", labels=["42CFRPart2"])
    evidence = [{"record_id": note.id, "source": note.resource_ref, "start": 0, "end": 4}]
    session.add(
        Finding(
            version_id=summary.current.id,
            number=7,
            kind=FindingKind.OMITTED,
            severity=Severity.MINOR,
            check="medication",
            message="Not carried.",
            evidence=evidence,
        )
    )
    session.flush()
    session.expire(summary.current, ["findings"])
    assert "DocumentReference/9" in repr(open_desk(session, summary.id, CLINICIAN).sources)
    desk = open_desk(session, summary.id, QA)
    assert "DocumentReference/9" not in repr((desk.sources, desk.findings))
    assert [f for f in desk.findings if f.number == 7] == []
