"""The page of facts, and the page of how a note was read."""

import pytest

from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from tests.service.web.test_facts_api import CHART, a_note, the_chart


@pytest.fixture
def browser(committed, as_person):
    committed(the_chart)
    return as_person("clinician").get("/patients/f1")


def follow(browser, words):
    return browser.get(browser.page.select_one(f'a:-soup-contains("{words}")')["href"])


def test_facts_are_reached_from_the_chart_and_grouped_by_kind(browser):
    page = follow(browser, "Facts of this chart").page
    names = [h.get_text(strip=True) for h in page.select("h2:not(#conflicts-title)")]
    assert names == ["Risk1", "Allergies2", "Medicines1", "Background"]
    assert page.select_one("details#background #identity .fact")
    medicine = page.select_one("#medicine .fact")
    assert "50 mg, daily" in medicine.get_text()
    assert medicine.select_one(".pill").get_text() == "Current"
    assert medicine.select_one(".fact-quote").get_text() == "Started sertraline 50 mg daily."


def test_the_courses_of_medicines_are_drawn_and_each_mark_leads_to_its_record(browser):
    page = follow(browser, "Facts of this chart").page
    (course,) = page.select(".courses li")
    assert course.select_one(".course-name").get_text(" ", strip=True) == "sertraline current"
    browser.get(course.select_one("svg a")["href"])
    assert "Started sertraline 50 mg daily." in browser.text


def test_a_source_leads_to_its_record_and_that_to_how_it_was_read(browser):
    follow(browser, "Facts of this chart")
    link = browser.page.select_one("#medicine .fact details a")["href"]
    page = follow(browser.get(link), "How it was read").page
    mark = page.select_one('a.read-mark:-soup-contains("sertraline")')
    listed = page.select_one(mark["href"])
    assert "medicine sertraline" in listed.get_text() and "started" in listed.get_text()
    assert "no" in page.select_one('a.read-mark.negated:-soup-contains("suicidal")')["title"]


def test_conflicts_stand_on_top_with_both_sides(browser):
    page = follow(browser, "Facts of this chart").page
    (conflict,) = page.select(".conflicts li")
    assert "No known allergies are recorded beside an allergy to penicillin." in conflict.get_text()
    assert len(conflict.select(".fact-quote")) == 2


def test_what_is_withheld_is_told_and_its_reading_is_not_shown(browser, committed, as_person):
    follow(browser, "Facts of this chart")
    assert "1 restricted record was not used." in browser.text
    assert "naltrexone" not in browser.answer.text
    number = committed(lambda session: _record_id(session, "DocumentReference/n4"))
    browser.get(f"/patients/f1/records/{number}/reading", status=404)
    assert "naltrexone" not in browser.answer.text
    as_person("qa").get(f"/patients/f1/records/{number}/reading", status=404)
    browser.get(f"/patients/f2/records/{number}/reading", status=404)


def _record_id(session, ref):

    return session.query(SourceRecord.id).filter_by(resource_ref=ref).scalar()


def test_one_kind_can_be_looked_at_alone(browser):
    page = browser.get("/patients/f1/facts?kind=risk").page
    assert [h.get_text(strip=True) for h in page.select(".fact-group h2")] == ["Risk1"]
    assert not page.select(".conflicts")
    assert "nothing of this kind" in browser.get("/patients/f1/facts?kind=goal").text


def test_a_chart_of_which_nothing_is_known_says_so(committed, as_person):

    note = {**a_note("...", "x1", "2026-01-01"), "subject": {"reference": "Patient/f9"}}
    committed(lambda session: ingest(session, "test", [note]))
    assert "Nothing could be read" in as_person("clinician").get("/patients/f9/facts").text
    as_person("clinician").get("/patients/nobody/facts", status=404)


def test_many_facts_of_a_kind_are_shown_on_their_own_page(committed, as_person):

    listed = "\n".join(f"{name} reported." for name in SYMPTOMS)
    committed(lambda s: ingest(s, "test", [CHART[0], a_note(listed, "many", "2026-02-01")]))
    browser = as_person("clinician").get("/patients/f1/facts")
    more = browser.page.select_one("#symptom a.button")["href"]
    shown = len(browser.page.select("#symptom .fact"))
    assert len(browser.get("/patients/f1/facts" + more).page.select("#symptom .fact")) > shown == 6


SYMPTOMS = (
    *("Headache", "Nausea", "Vomiting", "Dizziness", "Fatigue", "Insomnia", "Anxiety", "Cough"),
    *("Palpitations", "Fever", "Diarrhea", "Constipation", "Tremor", "Sweating", "Irritability"),
)
