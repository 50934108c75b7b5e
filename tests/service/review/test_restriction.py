"""A label that comes after the draft: its source is shown to nobody, the text is not signed."""

import pytest

from service.chart.models import SourceRecord
from service.errors import Blocked, NotPermitted
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
    a_record(session, old.text, ref=old.resource_ref, labels=["42CFRPart2"], version="2")
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
    with pytest.raises(NotPermitted):
        open_desk(session, summary.id, QA)
    (item,) = sample_items(session, sample.id, by=QA)
    with pytest.raises(NotPermitted):
        item_for_rating(session, item.id, by=QA)


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
