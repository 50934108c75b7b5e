"""Who waits for a draft sees how far it is, without scripts too, and can stop it."""

import pytest

from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import a_summary, a_summary_at


@pytest.fixture
def drafting(committed, runtime):
    summary = committed(a_summary_at, S.INDEXED)
    runtime.under_way.watch(summary.id, 1).writing(3, 6)
    yield summary
    runtime.under_way.forget(summary.id)


def test_the_page_tells_the_step_in_counts_and_offers_to_look_again(drafting, as_person):
    desk = as_person("clinician").get(f"/summaries/{drafting.id}")
    assert "Section 3 of 6 written" in desk.page.select_one("#waiting").get_text()
    bar = desk.page.select_one("#waiting progress")
    assert (bar["value"], bar["max"]) == ("3", "6")
    assert desk.page.select_one("#waiting a")["href"] == f"/summaries/{drafting.id}"
    stream = desk.page.select_one("[data-events]")["data-events"]
    assert stream.startswith(f"/api/v1/summaries/{drafting.id}/events?after=")


def test_a_draft_can_be_cancelled_and_asked_for_again_from_the_page(drafting, as_person):
    desk = as_person("clinician").get(f"/summaries/{drafting.id}")
    desk.send(f"/summaries/{drafting.id}/cancel")
    assert "Cancelled by Dr Ines Lindqvist" in desk.text
    assert "No draft could be made." in desk.text
    desk.send(f"/summaries/{drafting.id}/retry")
    assert "Reading the chart" in desk.text


def test_who_may_not_ask_for_a_summary_is_offered_no_button(drafting, as_person):
    desk = as_person("qa").get(f"/summaries/{drafting.id}")
    assert desk.page.select_one(f'form[action="/summaries/{drafting.id}/cancel"]') is None


def test_an_earlier_text_stays_in_view_while_it_is_drafted_anew(committed, as_person):
    summary = committed(a_summary)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    desk.send(f"/summaries/{summary.id}/return", reason="The plan is missing.")
    assert desk.page.select_one("#waiting") and desk.page.select_one(".paper")


def test_what_is_ready_waits_for_nothing(committed, as_person):
    desk = as_person("clinician").get(f"/summaries/{committed(a_summary).id}")
    assert not desk.page.select_one("#waiting") and not desk.page.select_one("[data-events]")
