"""A model that states what is false: what the clinician sees, and that it cannot be signed."""

import pytest

from fhir_fixtures.scripted_model.mistakes import MISTAKES
from service.summary.vocabulary import Severity, SummaryStatus
from tests.service.drafting.endpoint_fixtures import (
    an_indexed_chart,
    doubted,
    drafts,
    endpoint,
    index,
    scripted,
    texts,
    writers,
)

__all__ = ["an_indexed_chart", "drafts", "endpoint", "index", "scripted"]

STATED = [kind for kind in MISTAKES if kind != "dropped-allergy"]


def test_a_faithful_draft_is_the_models_and_nothing_stands_against_it(drafts):
    desk = drafts.draft("scripted")
    assert desk.summary.status is SummaryStatus.IN_REVIEW and desk.open_major == 0
    assert desk.can.sign
    assert writers(desk)["current-medications"] == "openai:scripted"
    assert writers(desk)["risk"] == "extractive", "risk is never asked of a model"
    assert any("sertraline 50 mg" in text.casefold() for text in texts(desk))
    assert {s.writer for sec in desk.sections for s in sec.statements} >= {"openai:scripted"}


@pytest.mark.parametrize("kind", STATED)
def test_what_is_false_is_kept_out_or_cannot_be_signed(drafts, kind):
    desk = drafts.draft(f"scripted:{kind}:2")
    lies = [lie.said for asked in drafts.scripted.asked for lie in asked.lies]
    assert lies, "nothing false was said: the test would show nothing"
    assert set(lies) & set(texts(desk)) <= doubted(desk)
    assert not set(lies) <= set(texts(desk)), "some were kept out before anybody saw them"


@pytest.mark.parametrize("kind", ["wrong-dose", "invented-diagnosis", "made-up-citation"])
def test_what_was_kept_out_is_told_beside_the_draft_and_blocks_nobody(drafts, kind):
    desk = drafts.draft(f"scripted:{kind}:1")
    lies = {lie.said for asked in drafts.scripted.asked for lie in asked.lies}
    told = [f for f in desk.findings if f.check == "dropped" and f.said in lies]
    assert told and all(f.severity is Severity.MINOR for f in told)
    assert all(f.message.startswith("Left out of ") for f in told)
    assert {each["said"] for each in desk.coverage["dropped"]} >= {f.said for f in told}


def test_an_allergy_that_the_model_passes_over_stands_in_the_brief_which_it_does_not_write(drafts):
    desk = drafts.draft("scripted:dropped-allergy")
    assert drafts.scripted.asked and any(a.lies for a in drafts.scripted.asked)
    brief, *rest = desk.sections
    assert any("penicillin" in s.text.casefold() for s in brief.statements)
    assert not any("penicillin" in s.text.casefold() for x in rest for s in x.statements)
    assert desk.can.sign


def test_names_do_not_leave_and_the_answer_has_them_again(drafts):
    drafts.draft("scripted")
    asked = "\n".join(each.words for each in drafts.scripted.asked)
    assert "Quill" not in asked and "55-2001" not in asked and "1979-03-05" not in asked
    drafts.draft("scripted", model_phi="allow")
    assert all("[NAME-" not in each.words for each in drafts.scripted.asked)


def test_a_switched_off_model_is_not_asked_and_the_page_says_why(drafts):
    desk = drafts.draft("scripted", model_off=("type:pre-visit",))
    assert drafts.scripted.asked == []
    assert set(writers(desk).values()) == {"extractive"}
    assert desk.version.writer["off"].startswith("The model is switched off for type pre-visit")
