"""A chart that is kept is the one that would be loaded, and never another's."""

from datetime import UTC

import pytest
from sqlalchemy import inspect, select, update

from service.chart.models import SnapshotRecord, SourceRecord
from service.reading import keep
from service.reading.keep import read_chart
from service.reading.models import RecordReading
from service.summary import progress
from service.summary.vocabulary import Standing, SummaryType
from service.verification.held import CHARTS, chart_of, load_chart, new_charts
from tests.service.review.builders import a_summary


@pytest.fixture
def keeping(sessions):
    sessions.configure(info={**sessions.kw.get("info", {}), CHARTS: new_charts()})
    with sessions() as session:
        yield session


def test_the_same_rows_are_the_same_chart(keeping):
    summary = a_summary(keeping)
    assert chart_of(keeping, summary) is chart_of(keeping, summary)


def test_two_patients_have_two_charts_though_all_words_are_the_same(keeping):
    first, second = a_summary(keeping), a_summary(keeping, patient="Patient/2")
    one, other = chart_of(keeping, first), chart_of(keeping, second)
    assert {r.patient_ref for r in one.records.values()} == {"Patient/1"}
    assert {r.patient_ref for r in other.records.values()} == {"Patient/2"}


def a_second_draft(session, first, record_ids):
    second = progress.request_summary(
        session, first.patient_ref, SummaryType.DISCHARGE, actor="somebody"
    )
    session.add_all(SnapshotRecord(summary_id=second.id, record_id=each) for each in record_ids)
    session.flush()
    return second


def test_two_drafts_of_one_patient_from_the_same_records_share_a_chart(keeping):
    first = a_summary(keeping)
    chart = chart_of(keeping, first)
    assert chart_of(keeping, a_second_draft(keeping, first, chart.records)) is chart


def test_a_draft_from_fewer_records_has_a_chart_of_its_own(keeping):
    first = a_summary(keeping)
    chart = chart_of(keeping, first)
    fewer = list(chart.records)[:1]
    assert list(chart_of(keeping, a_second_draft(keeping, first, fewer)).records) == fewer


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Sertraline 100 mg"},  # rendered anew
        {"standing": Standing.REPLACED},
        {"is_latest": False},  # another version came
        {"labels": ["R"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_written_to_a_record_makes_another_chart(keeping, change):
    summary = a_summary(keeping)
    keeping.commit()
    before = chart_of(keeping, summary)
    for record in keeping.scalars(select(SourceRecord)):
        for name, value in change.items():
            setattr(record, name, value)
    keeping.commit()
    after = chart_of(keeping, summary)
    assert after is not before
    if "text" in change:
        assert {r.text for r in after.records.values()} == {change["text"]}


def test_a_new_reading_makes_another_chart(keeping):
    summary = a_summary(keeping)
    keeping.commit()
    before = chart_of(keeping, summary)
    read_chart(keeping, summary.patient_ref, zone=UTC)
    keeping.commit()
    read = chart_of(keeping, summary)
    keeping.execute(update(RecordReading).values(text_mark="of other words"))
    keeping.commit()
    assert len({id(each) for each in (before, read, chart_of(keeping, summary))}) == 3


def test_what_was_never_read_is_read_with_the_chart(keeping):
    summary = a_summary(keeping)
    unread = load_chart(keeping, summary)
    read_chart(keeping, summary.patient_ref, zone=UTC)
    assert unread.kept == load_chart(keeping, summary).kept


def test_what_was_read_is_not_read_again(keeping, monkeypatch):
    summary = a_summary(keeping)
    read_chart(keeping, summary.patient_ref, zone=UTC)
    monkeypatch.setattr(keep, "_reading", lambda *_: pytest.fail("it was read anew"))
    assert load_chart(keeping, summary).kept


def test_a_kept_chart_belongs_to_no_session(keeping):
    chart = chart_of(keeping, a_summary(keeping))
    keeping.close()
    assert not any(inspect(each).session for each in chart.records.values())
    assert chart.everything.units
