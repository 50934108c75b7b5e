"""The worklist: rows in words, filters, asking, retrying."""

import pytest

from service.chart.models import SourceRecord
from service.queue import TaskName
from service.summary.vocabulary import Severity
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import a_finding, a_summary, a_summary_at


def a_patient(session, ref="Patient/1", name="Ada Example (female; born 1980-01-01)"):
    session.add(
        SourceRecord(
            patient_ref=ref,
            resource_ref=ref,
            resource_type="Patient",
            version="1",
            content_hash=ref,
            raw="{}",
            headline=f"Patient: {name}",
        )
    )


@pytest.fixture
def clinician_page(as_person):
    return as_person("clinician")


def rows(browser):
    return [" ".join(r.get_text(" ").split()) for r in browser.page.select("table.rows tbody tr")]


def test_a_row_says_who_what_where_it_stands_and_what_is_open(committed, clinician_page):
    committed(a_patient)
    summary = committed(a_summary)
    committed(lambda s: a_finding(s, s.merge(summary).current, Severity.MAJOR))
    (row,) = rows(clinician_page.get("/worklist"))
    for said in ("Ada Example", "Pre-visit summary", "In review", "You", "1 major", "Review"):
        assert said in row


@pytest.mark.parametrize("status", list(S))
def test_every_status_is_shown_in_words(committed, clinician_page, status):
    committed(a_summary_at, status)
    assert len(rows(clinician_page.get("/worklist?tab=all"))) == 1
    assert str(status) not in clinician_page.page.select_one(".pill").get_text()


def test_the_groups_count_and_filter(committed, clinician_page):
    committed(a_summary_at, S.REQUESTED)
    committed(a_summary_at, S.REJECTED)
    committed(a_summary, patient="Patient/2")
    counts = {
        tab.contents[0].strip(): int(tab.select_one(".tab-count").get_text())
        for tab in clinician_page.get("/worklist").page.select("main > .tabs a")
    }
    assert counts == {
        "Open": 2,
        "Needs you": 1,
        "In progress": 1,
        "Filed": 0,
        "Closed": 1,
        "All": 3,
    }
    assert len(rows(clinician_page.get("/worklist?tab=turn"))) == 1
    assert len(rows(clinician_page.get("/worklist?tab=closed"))) == 1
    assert len(rows(clinician_page.get("/worklist?status=requested"))) == 1
    assert rows(clinician_page.get("/worklist?type=handoff")) == []
    assert "Nothing matches" in clinician_page.text


@pytest.mark.parametrize(("words", "found"), [("ada", 1), ("EXAMPLE ada", 1), ("1", 1), ("bob", 0)])
def test_patients_are_found_by_name_and_id(committed, clinician_page, words, found):
    committed(a_patient)
    committed(a_summary)
    clinician_page.get("/worklist").send("/worklist/search", q=words)
    assert len(rows(clinician_page)) == found


def test_a_name_that_was_looked_for_is_in_no_address(committed, clinician_page):
    committed(a_patient)
    committed(a_summary)
    clinician_page.get("/worklist").send("/worklist/search", q="Ada", type="pre-visit")
    addresses = [
        str(clinician_page.answer.url),
        *(str(h.url) for h in clinician_page.answer.history),
    ]
    assert addresses[0].endswith("/worklist?type=pre-visit&patients=1")
    links = [a["href"] for a in clinician_page.page.select("a")]
    assert not [each for each in addresses + links if "ada" in each.lower()]
    clinician_page.get("/worklist").send("/worklist/search", q="Nobody Known")
    assert "Nothing matches" in clinician_page.text
    assert "Nobody" not in str(clinician_page.answer.url)


def test_asking_for_a_summary_rings_for_it(rung, clinician_page):
    clinician_page.get("/worklist").send("/worklist", other="p-9", type="handoff")
    (row,) = rows(clinician_page)
    assert "Patient/p-9" in row and "Handoff" in row and "Reading the chart" in row
    assert [task for task, _ in rung] == [TaskName.PULL_CHART]


def test_asking_without_a_patient_keeps_what_was_chosen(clinician_page):
    clinician_page.get("/worklist").send("/worklist", other="two words", type="handoff", status=400)
    assert "Choose a patient, or type the id" in clinician_page.text
    assert clinician_page.page.select_one("input[name=other]")["value"] == "two words"
    assert clinician_page.page.select_one("#ask option[value=handoff]").has_attr("selected")


def test_a_failed_row_says_why_and_can_be_tried_again(committed, clinician_page):
    from service.summary import progress
    from service.summary.people import SYSTEM

    summary = committed(a_summary_at, S.REQUESTED)
    committed(
        lambda s: progress.advance(
            s, s.merge(summary), S.FAILED, actor=SYSTEM, reason="The EHR has no such patient."
        )
    )
    assert "The EHR has no such patient." in rows(clinician_page.get("/worklist"))[0]
    clinician_page.send(f"/summaries/{summary.id}/retry")
    assert "Reading the chart" in clinician_page.text


def test_rows_that_the_system_works_on_look_again_by_themselves(committed, clinician_page):
    assert clinician_page.get("/worklist").page.select_one("#rows")["data-poll"] == ""
    committed(a_summary_at, S.REQUESTED)
    assert clinician_page.get("/worklist").page.select_one("#rows")["data-poll"] == "yes"


def test_hospital_it_sees_statuses_and_no_names(committed, as_person):
    committed(a_patient)
    committed(a_summary)
    browser = as_person("it").get("/worklist")
    assert "In review" in browser.text and "Ada" not in browser.text
    assert browser.page.select("a[href^='/summaries']") == []
