"""The page that breaks the glass, what stands on the chart meanwhile, and the officer's report."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import text

from service.chart.ingest import ingest
from service.database import now, transaction
from service.retrieval.erase import erase_patient
from service.summary.people import Person
from service.summary.vocabulary import Role
from tests.service.chart.builders import a_patient
from tests.service.review.builders import a_summary
from tests.service.web.pages.conftest import Browser

WHY = "Found unresponsive, no history known"


@pytest.fixture
def web_settings(web_settings):
    return web_settings.model_copy(update={"relation": "asked"})


@pytest.fixture
def held(committed):
    return committed(a_summary)


@pytest.fixture
def clinician(as_person, held):
    return as_person("clinician")


@pytest.fixture
def officer(app, monkeypatch):
    """Somebody whose role is the security officer's, which a demo has not."""
    person = Person("p:sec", "Sec", Role.SECURITY)
    monkeypatch.setattr("service.web.pages.signin.DEMO_PEOPLE", {"it": person})
    opened = Browser(app).sign_in("it")
    yield opened
    opened.client.close()


def breaks(browser, patient="1", **given):
    browser.get(f"/break-glass?patient={patient}")
    told = {"patient": patient, "reason": "emergency", "words": WHY}
    return browser.send("/break-glass", **told | given)


def token_of(browser):
    browser.get("/worklist")
    return browser.page.select_one("input[name=csrf_token]")["value"]


def test_a_chart_that_is_shut_leads_to_the_page_that_asks_why(clinician):
    clinician.get("/patients/1", status=404)
    link = clinician.page.select_one('a[href^="/break-glass"]')
    clinician.get(link["href"])
    assert clinician.page.select_one("input[name=patient]")["value"] == "1"
    assert len(clinician.page.select("input[name=reason]")) == 6
    assert "4 hours" in clinician.text
    assert "withholds stays withheld" in clinician.text


def test_the_link_of_a_summary_does_not_tell_whose_it_is(clinician, held):
    clinician.get(f"/summaries/{held.id}", status=404)
    assert clinician.page.select_one('a[href^="/break-glass"]')["href"] == "/break-glass"


def test_broken_it_stands_on_each_page_of_the_patient_until_it_is_ended(clinician, held):
    breaks(clinician)
    for path in ("/patients/1", f"/summaries/{held.id}", f"/summaries/{held.id}/history"):
        clinician.get(path)
        assert "Opened by breaking the glass" in clinician.page.select_one(".glass-open").text
    clinician.get("/my-patients")
    assert clinician.page.select_one(".glass-open") is None
    clinician.get("/patients/1").send("/break-glass/end")
    assert "shut to you again" in clinician.text
    clinician.get("/patients/1", status=404)


def test_it_ends_by_itself(clinician, sessions, monkeypatch):
    breaks(clinician)
    clinician.get("/patients/1")
    monkeypatch.setattr("service.access.glass.now", lambda: now() + timedelta(hours=4, minutes=1))
    clinician.get("/patients/1", status=404)


def test_of_a_patient_who_is_not_here_it_leads_to_asking_for_a_summary(clinician):
    breaks(clinician, "4711")
    assert clinician.answer.url.path == "/worklist"
    assert "Open to you for a time" in clinician.text
    clinician.send("/worklist", other="4711", type="pre-visit")
    assert "Asked for" in clinician.text


def test_who_was_found_in_the_ehr_is_named_as_found_and_out_of_the_address(clinician):
    sent = {
        "csrf_token": token_of(clinician),
        "patient": "Patient/1",
        "known": "Ada Quist, born 1950-02-03",
    }
    clinician.answer = clinician.client.post("/break-glass/patient", data=sent)
    assert "Ada Quist, born 1950-02-03" in clinician.text
    assert "Ada" not in str(clinician.answer.url)
    clinician.send("/break-glass", reason="called")
    assert clinician.answer.url.path == "/patients/1"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": ""}, "Choose why"),
        ({"reason": "because"}, "Choose why"),
        ({"reason": "other", "words": ""}, "in a few words"),
        ({"reason": "other", "words": "ok"}, "in a few words"),
        ({"patient": "Ada Quist"}, "Choose a patient"),
        ({"words": "x" * 2_001}, "Shorten it"),
    ],
)
def test_what_is_no_reason_opens_nothing_and_is_kept(clinician, given, said):
    breaks(clinician, status=400, **given)
    assert said in clinician.page.select_one("[role=alert]").text
    kept = given.get("words", WHY)
    assert clinician.page.select_one("textarea").text.strip() == kept
    clinician.get("/patients/1", status=404)


@pytest.mark.parametrize("persona", ["qa", "it"])
def test_who_does_not_treat_breaks_none(as_person, persona):
    as_person(persona).get("/break-glass", status=403)


def test_the_officer_sees_who_why_and_what_followed(clinician, officer):
    officer.get("/operations")
    assert "No chart was opened without a relation" in officer.text
    breaks(clinician)
    clinician.get("/patients/1")
    officer.get("/")
    assert "1 chart opened without a relation" in officer.text
    officer.get("/glass")
    row = officer.page.select_one("tbody tr").get_text(" ")
    for told in ("Dr Ines Lindqvist", "Patient/1", "the patient needs care now", WHY):
        assert told in row
    acts = officer.page.select_one('td[data-label="Acts"] a')
    assert int(acts.text) >= 2
    assert "Patient/1" in officer.get(acts["href"]).text


def test_the_officer_shuts_what_is_open(clinician, officer):
    breaks(clinician)
    officer.get("/glass").send("/glass/end")
    assert "sees the chart no more" in officer.text
    assert officer.page.select_one('form[action="/glass/end"]') is None
    clinician.get("/patients/1", status=404)


def test_what_the_officer_has_shut_is_not_opened_so_again(clinician, officer):
    breaks(clinician)
    officer.get("/glass").send("/glass/end")
    breaks(clinician, status=403)
    assert "ask the security officer" in clinician.page.select_one("[role=alert]").text
    assert clinician.page.select_one("textarea").text.strip() == WHY
    clinician.get("/patients/1", status=404)


def test_two_clicks_are_one_opening_and_one_end(clinician, officer):
    for _ in range(2):
        breaks(clinician)
    officer.get("/glass")
    assert len(officer.page.select("tbody tr")) == 1
    clinician.get("/patients/1").send("/break-glass/end")
    clinician.get("/patients/1", status=404)


@pytest.mark.parametrize("words", ["ok", "xx", " ", "Done."])
def test_a_program_is_asked_for_a_reason_as_a_page_is(clinician, words):
    headers = {"X-CSRF-Token": token_of(clinician)}
    told = {"patient": "Patient/1", "reason": "other", "words": words}
    answer = clinician.client.post("/api/v1/glass", json=told, headers=headers)
    assert answer.status_code == 400
    assert "in a few words" in answer.text


def test_the_report_is_by_days_and_a_file_without_what_was_typed(clinician, officer):
    breaks(clinician)
    today = f"{now():%Y-%m-%d}"
    assert "Patient/1" in officer.get(f"/glass?since={today}&until={today}").text
    assert "None in this time" in officer.get("/glass?until=2020-01-01").text
    officer.get("/glass?since=yesterday", status=400)
    officer.get(f"/glass.csv?since={today}")
    [line] = csv.DictReader(io.StringIO(officer.answer.text))
    assert (line["patient_ref"], line["way"], line["why"]) == ("Patient/1", "glass", "emergency")
    assert WHY not in officer.answer.text


def test_what_was_typed_goes_with_the_patient_and_the_row_stays(clinician, officer, sessions):
    class NoVectors:
        def spaces(self):
            return set()

    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("1")])
    breaks(clinician)
    with transaction(sessions) as session:
        erase_patient(session, "Patient/1", index=NoVectors())
        assert session.scalar(text("SELECT count(*) FROM broken_glass")) == 0
    officer.get("/glass")
    assert "Patient/1" in officer.text
    assert WHY not in officer.text
    clinician.get("/patients/1", status=404)


def test_hospital_it_does_not_read_it(as_person):
    it = as_person("it")
    it.get("/glass", status=403)
    it.get("/glass.csv", status=403)
    sent = it.client.post("/glass/end", data={"csrf_token": token_of(it), "glass_id": "1"})
    assert sent.status_code == 403
    assert "opened without a relation" not in it.get("/operations").text


def test_where_the_site_only_tells_the_report_has_it(runtime, clinician, officer, held):
    runtime.settings = runtime.settings.model_copy(update={"relation": "told"})
    clinician.get(f"/summaries/{held.id}")
    assert "names no part of yours" in clinician.text
    assert "no relation known; not asked" in officer.get("/glass").text
