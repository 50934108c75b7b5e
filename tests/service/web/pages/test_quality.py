"""Quality in pages: draw, rate beside the sources, see results, export."""

from dataclasses import replace

from service.review import actions
from service.summary import progress
from service.summary.document import Section
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import CLINICIAN, PHQ, a_summary_at

ANSWERS = {
    "accurate": "5",
    "complete": "4",
    "useful": "cannot-tell",
    "organised": "2",
    "free-of-stigma": "yes",
}


def drawn(as_person):
    browser = as_person("qa").get("/quality")
    browser.send("/quality", seed="autumn", size="5", statuses="signed")
    assert "The sample is drawn." in browser.text
    return browser


def test_a_sample_is_drawn_rated_and_counted(committed, as_person):
    committed(a_summary_at, S.FILED)
    browser = drawn(as_person)
    sample = browser.answer.url.path
    item = browser.page.select_one("a[href^='/quality/items/']")["href"]
    browser.get(f"{item}?statement=1")
    assert browser.page.select_one("h1").get_text() == "Rate text 1 of 1"
    assert browser.page.select_one("mark.lit").get_text() == PHQ
    browser.send(item, **ANSWERS, **{"mark-1": "invented", "note-1": "not there", "comment": "ok"})
    assert browser.answer.url.path == sample and "rated" in browser.text
    browser.get(f"{sample}/results")
    assert "1 of 1" in browser.text and "Invented" in browser.text
    assert browser.get(f"{sample}/export.csv").answer.text.count("\n") == 2
    assert browser.get(f"{sample}/marks.csv").answer.text.count("\n") == 2
    assert browser.get(f"{sample}/export.json").answer.json()["ratings"]


def test_an_unfinished_rating_keeps_what_was_answered(committed, as_person):
    committed(a_summary_at, S.FILED)
    browser = drawn(as_person)
    item = browser.page.select_one("a[href^='/quality/items/']")["href"]
    browser.get(item).send(item, accurate="5", comment="half done", status=400)
    assert "Answer every question" in browser.text
    assert browser.page.select_one("input[name=accurate][value='5']").has_attr("checked")
    assert browser.page.select_one("textarea").get_text() == "half done"


def test_a_sample_that_cannot_be_drawn_keeps_the_form(as_person):
    browser = as_person("qa").get("/quality")
    browser.send("/quality", seed="s", size="five", statuses="signed", status=400)
    assert browser.page.select_one("input[name=seed]")["value"] == "s"
    browser.send("/quality", seed="s", size="5", statuses="signed", since="2026-13-01", status=400)
    assert "year-month-day" in browser.text


def test_a_closed_sample_takes_no_more_ratings(committed, as_person):
    committed(a_summary_at, S.FILED)
    browser = drawn(as_person)
    browser.send(f"{browser.answer.url.path}/close")
    assert browser.page.select("a[href^='/quality/items/']") == []


def test_the_whole_document_is_rated_empty_sections_too(committed, as_person):
    def build(session):
        summary = a_summary_at(session, S.IN_REVIEW)
        before = summary.current.content
        empty = Section("allergies", "Allergies", (), "No record of allergies was found.")
        document = replace(before, sections=(empty, *before.sections))
        progress.add_version(session, summary, document, made_by=SYSTEM, writer={}, coverage={})
        actions.note_view(session, summary, by=CLINICIAN)
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN)
        return summary

    committed(build)
    browser = drawn(as_person)
    browser.get(browser.page.select_one("a[href^='/quality/items/']")["href"])
    paper = browser.page.select_one(".paper").get_text(" ")
    assert "Patient: Ada Example" in paper
    assert "Allergies" in paper and "No record of allergies was found." in paper
    assert [each.get_text() for each in browser.page.select(".paper a.text")][1] == PHQ


def test_what_was_made_of_the_drafts_is_told_to_qa(committed, as_person):
    committed(a_summary_at, S.FILED)
    assert "1 text signed" in as_person("qa").get("/quality").text
