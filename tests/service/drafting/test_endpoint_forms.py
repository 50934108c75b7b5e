"""Answers that are no answer, and endpoints that cannot do much: who writes the section then."""

import pytest

from tests.service.drafting.endpoint_fixtures import (
    an_indexed_chart,
    drafts,
    endpoint,
    index,
    scripted,
    texts,
    writers,
)

__all__ = ["an_indexed_chart", "drafts", "endpoint", "index", "scripted"]

MEDICINES = "current-medications"


@pytest.mark.parametrize("form", ["malformed", "cut-off", "empty", "refusal", "endless"])
def test_the_chart_itself_fills_the_sections_and_each_says_so(drafts, form):
    desk = drafts.draft(f"scripted:{form}")
    assert writers(desk)[MEDICINES] == "extractive (the model gave no readable answer)"
    assert desk.open_major == 0
    assert any("sertraline 50 mg" in text.casefold() for text in texts(desk))
    assert {s.writer for sec in desk.sections for s in sec.statements} == {"extractive"}


def test_a_model_that_writes_nothing_does_not_say_that_nothing_is_documented(drafts):
    desk = drafts.draft("scripted:silent")
    assert writers(desk)[MEDICINES] == "extractive (the model wrote nothing)"
    assert any("sertraline 50 mg" in text.casefold() for text in texts(desk))
    (medicines,) = [section for section in desk.sections if section.key == MEDICINES]
    assert "none" not in medicines.absence


@pytest.mark.parametrize("form", ["malformed", "empty", "refusal"])
def test_a_bad_answer_is_asked_for_once_more(drafts, form):
    desk = drafts.draft(f"scripted:{form}:1", model_at_once=1)
    assert set(writers(desk).values()) == {"openai:scripted:" + form + ":1", "extractive"}
    assert desk.version.writer["repaired"] == 1


@pytest.mark.parametrize("form", ["fenced", "prose", "tools-ignored", "no-json-mode"])
def test_an_endpoint_without_json_mode_or_tools_is_understood(drafts, form):
    desk = drafts.draft(f"scripted:{form}")
    assert writers(desk)[MEDICINES] == f"openai:scripted:{form}"
    assert desk.open_major == 0
    way = desk.version.writer["way"]
    assert (way == "plain") == (form == "no-json-mode")


def test_the_version_records_what_was_asked_and_what_it_took(drafts):
    desk = drafts.draft("scripted", model_input_price=1_000.0)
    made = desk.version.writer
    assert made["model"] == "openai:scripted" and made["endpoint"] == drafts.url
    assert made["calls"] == len(drafts.scripted.asked) and made["tokens_in"] > 1_000
    assert made["cost"] == pytest.approx(made["tokens_in"] / 1_000, rel=0.01)
    assert set(made["stages"]) >= {"reading", "writing"}


def test_what_the_budget_does_not_allow_is_written_from_the_chart(drafts):
    desk = drafts.draft("scripted", model_max_tokens=4_000, model_at_once=1)
    assert 0 < len(drafts.scripted.asked) < 5
    reasons = {why for why in writers(desk).values() if why.startswith("extractive (")}
    assert reasons and all("token" in why for why in reasons)
