"""A question to a chart is answered in the chart's own words, and the question is kept nowhere."""

import pytest
from structlog.testing import capture_logs

from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of
from service.review.asking import NOT_COUNTED
from tests.service.web.test_facts_api import the_chart

QUESTION = "when was sertraline started"


@pytest.fixture
def index(runtime, minilm):
    runtime.index = PassageIndex(place_of(runtime.settings), minilm)
    yield runtime.index
    runtime.index.close()


@pytest.fixture
def chart(index, committed, as_person):
    committed(the_chart)
    return as_person("clinician").get("/patients/f1")


def test_it_answers_with_quotes_their_dates_and_the_facts_that_are_named(chart):
    chart.send("/patients/f1/ask", question=QUESTION)
    quote = chart.page.select_one("ol .fact-quote")
    assert "Started sertraline 50 mg daily." in quote.get_text()
    assert "2026-01-05" in quote.find_next("p").get_text()
    named = chart.page.select_one("#named-title").find_next("ul")
    assert "sertraline" in named.get_text() and "penicillin" not in named.get_text()
    chart.get(quote.find_next("a")["href"])
    assert "Started sertraline" in chart.text


def test_what_is_restricted_is_neither_quoted_nor_named(chart):
    chart.send("/patients/f1/ask", question="naltrexone in the group session")
    assert "takes naltrexone" not in chart.text
    assert chart.page.select("#named-title") == []
    assert "1 restricted record was not used." in chart.text


def test_a_question_stands_in_no_address_log_or_audit(chart, as_person):
    with capture_logs() as logs:
        chart.send("/patients/f1/ask", question=QUESTION)
    assert "sertraline" not in str(chart.answer.url)
    assert "sertraline" not in str(logs)
    assert "sertraline" not in as_person("it").get("/operations").text


@pytest.mark.parametrize("question", ["", "   ", "x" * 401])
def test_no_question_is_told_so(chart, question):
    chart.send("/patients/f1/ask", question=question, status=400)
    assert "Ask in 1 to 400 characters" in chart.text


def test_who_does_not_treat_is_not_told_among_how_many_records_it_was_looked(chart, as_person):
    nothing = "was a kangaroo seen"
    chart.send("/patients/f1/ask", question=nothing)
    assert "records" in chart.page.select_one("#quotes-title").find_next("p").get_text()
    quality = as_person("qa").get("/patients/f1")
    quality.send("/patients/f1/ask", question=nothing)
    told = quality.page.select_one("#quotes-title").find_next("p").get_text()
    assert told == NOT_COUNTED
