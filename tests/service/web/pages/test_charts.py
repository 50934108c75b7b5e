"""The patient page and the page of hospital IT."""

from service.chart.models import Chart
from service.summary.vocabulary import Standing
from tests.service.review.builders import PHQ, a_record, a_summary


def test_a_chart_shows_records_gaps_and_what_is_unreadable(committed, as_person):
    def build(session):
        a_summary(session)
        a_record(
            session,
            "",
            ref="DocumentReference/9",
            standing=Standing.UNREADABLE,
            standing_reason="its attachment is a scan",
        )
        gap = {"kind": "search", "source": "CarePlan", "reason": "the EHR answered 500"}
        session.get(Chart, "Patient/1").gaps = [gap]

    committed(build)
    browser = as_person("clinician").get("/patients/1")
    for said in ("its attachment is a scan", "the EHR answered 500", "Pre-visit summary"):
        assert said in browser.text
    link = browser.page.select_one(f"a:-soup-contains('{PHQ[:20]}')")["href"]
    assert browser.get(link).page.select_one(".exact").get_text() == PHQ


def test_a_record_of_another_patient_is_not_found(committed, as_person):
    record = committed(lambda s: a_record(s, "secret", patient="Patient/2"))
    as_person("clinician").get(f"/patients/1/records/{record.id}", status=404)


def test_a_restricted_record_is_withheld(committed, as_person):
    record = committed(lambda s: a_record(s, "Group session notes", labels=["42CFRPart2"]))
    browser = as_person("clinician").get(f"/patients/1/records/{record.id}")
    assert "Withheld" in browser.text and "Group session" not in browser.text
    (row,) = browser.get("/patients/1").page.select("table.rows tbody tr")
    assert row.select_one("[data-label=Standing]").get_text(strip=True) == "Not used"
    as_person("qa").get(f"/patients/1/records/{record.id}", status=404)


def test_hospital_it_sees_parts_counts_and_the_audit_without_chart_text(committed, as_person):
    committed(a_summary)
    browser = as_person("it").get("/operations")
    for said in ("PostgreSQL", "In review", "summary.in-review"):
        assert said in browser.text
    assert PHQ not in browser.answer.text
    browser.get("/operations?action=session.started")
    assert {c.get_text() for c in browser.page.select("td[data-label=Act]")} == {"session.started"}


def test_the_audit_is_paged(committed, as_person):
    for number in range(12):
        committed(a_summary, patient=f"Patient/{number}")
    browser = as_person("it").get("/operations")
    older = browser.page.select_one("a[href^='?before=']")["href"]
    first = browser.page.select_one("td[data-label='No.']").get_text()
    browser.get("/operations" + older)
    assert int(browser.page.select_one("td[data-label='No.']").get_text()) == int(first) - 50


def test_who_is_not_told_of_restricted_records_is_not_told_their_kind(committed, as_person):
    committed(a_summary)
    committed(lambda s: a_record(s, "Group", ref="Procedure/1", labels=["42CFRPart2"]))
    assert "Procedure" in as_person("clinician").get("/patients/1").text
    assert "Procedure" not in as_person("qa").get("/patients/1").answer.text
