"""The page of a person's own patients: who comes today, who is in their care, what is ready."""

from datetime import UTC, datetime

import pytest

from service.web.app import equip
from tests.service.review.builders import a_summary
from tests.service.review.test_visiting import ADA, Ehr, a_team, an_appointment
from tests.service.web.pages.conftest import Browser


def today(hour):
    return datetime.now(UTC).replace(hour=hour, minute=5, second=0, microsecond=0).isoformat()


@pytest.fixture
def ehr():
    return Ehr(an_appointment("1", today(9)), a_team("2", "Patient/8"), ADA)


@pytest.fixture
def opened(routes, runtime, web_settings, ehr):
    runtime.settings = web_settings.model_copy(update={"fhir_url": "https://ehr.test/fhir/"})
    runtime.client = ehr.client()
    browser = Browser(equip(routes, runtime)).sign_in("clinician")
    yield lambda: browser.get("/my-patients")
    browser.client.close()


def rows(browser):
    return [" ".join(row.get_text(" ").split()) for row in browser.page.select("tbody tr")]


def test_who_comes_is_shown_with_two_identifiers_and_asked_for_in_one_click(opened):
    browser = opened()
    assert rows(browser) == [
        "Ada Quist born 1950-02-03 09:05 Review none yet Ask for a pre-visit summary of Ada Quist",
        "Patient/8 birth date not known Ward 3 none yet Ask for a pre-visit summary of Patient/8",
    ]
    browser.send("/worklist", patient="Patient/7", type="pre-visit")
    assert "Asked for" in browser.text


def test_what_is_ready_is_opened_from_there(opened, committed):
    summary = committed(a_summary, patient="Patient/7")
    browser = opened()
    assert browser.page.select_one("tbody tr a")["href"] == f"/summaries/{summary.id}"


def test_an_ehr_that_does_not_answer_is_no_empty_day(opened, ehr):
    ehr.held, ehr.lacking = (), 403
    browser = opened()
    assert not rows(browser)
    assert "The EHR names nobody" not in browser.text
    assert browser.text.count("Whether there are more is not known.") == 2


def test_where_no_ehr_is_connected_the_page_says_so(routes, runtime):
    browser = Browser(equip(routes, runtime)).sign_in("clinician")
    assert "No EHR is connected here." in browser.get("/my-patients").text
    browser.client.close()
