"""Quality in pages: draw, rate beside the sources, see results, export."""

from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import PHQ, a_summary_at

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
    assert browser.page.select_one("mark.lit").get_text() == PHQ
    browser.send(item, **ANSWERS, **{"mark-1": "invented", "note-1": "not there", "comment": "ok"})
    assert browser.answer.url.path == sample and "rated" in browser.text
    browser.get(f"{sample}/results")
    assert "1 of 1" in browser.text and "Invented" in browser.text
    assert browser.get(f"{sample}/export.csv").answer.text.count("\n") == 2
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
