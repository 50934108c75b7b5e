"""A draft that was sent back is drafted as its reader asked, and says what could not be done."""

import re

import pytest
from sqlalchemy import select

from service.chart.models import SourceRecord
from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.drafting.telling import glue
from service.summary import progress
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.verification.verify import verify_summary
from tests.service.drafting.conftest import indexing, undone
from tests.service.drafting.model.conversation import Conversation, an_answer, human

CLINICIAN = DEMO_PEOPLE["clinician"]
PREPARING = (SummaryStatus.CHARTED, SummaryStatus.INDEXED)


def draft(session, summary, index, writer=None):
    prompts = packaged_prompts()
    draft_summary(
        session, summary.id, index=index, writer=writer or ExtractiveWriter(), prompts=prompts
    )
    return summary.current


def sent_back(session, summary, index, writer=None, **asked):
    """The version after the summary was returned with this."""
    verify_summary(session, summary.id)
    summary.returned = asked
    for status in (SummaryStatus.REQUESTED, *PREPARING):
        progress.advance(session, summary, status, actor=SYSTEM)
    return draft(session, summary, index, writer)


def written(version):
    """What a writer wrote, without what is composed round it."""
    return [s for s in version.content.sections if s.key not in (glue.BRIEF, glue.REST)]


def counts(version):
    return {section.key: len(section.statements) for section in written(version)}


def texts(version, but=()):
    sections = written(version)
    return {s.key: [t.text for t in s.statements] for s in sections if s.key not in but}


@pytest.fixture(scope="module")
def drafted(kept, index):
    summary = indexing(kept)(SummaryType.PRE_VISIT)
    draft(kept, summary, index)
    return summary


@pytest.fixture
def session(kept):
    with undone(kept) as session:
        yield session


@pytest.fixture
def first(session, drafted):
    return drafted


def test_too_long_is_a_shorter_text_that_keeps_the_dangers(session, index, first):
    before = first.current
    after = sent_back(session, first, index, reason="Too long.")
    assert len(after.text) < 0.85 * len(before.text)
    for key in ("risk", "allergies", "current-medications"):
        assert counts(after)[key] >= counts(before)[key]
    assert after.writer["returned"]["reason"] == "Too long."
    assert after.writer["returned"]["done"] and not after.writer["returned"]["not_done"]


@pytest.mark.parametrize("topic", ["sleep", "school", "appetite", "nausea"])
def test_more_on_a_topic_tells_what_the_notes_say_of_it(session, index, first, topic):
    after = sent_back(session, first, index, reason=f"more on {topic}")
    asked, *_ = written(after)
    assert asked.title == topic.capitalize()
    assert all(topic in statement.text.casefold() for statement in asked.statements)
    held = session.scalars(select(SourceRecord.text).where(SourceRecord.is_note)).all()
    assert bool(asked.statements) == any(re.search(rf"\b{topic}", t.casefold()) for t in held)


def test_another_period_is_the_documents_period(session, index, first):
    after = sent_back(session, first, index, reason="only since January 2026")
    assert after.coverage["window"]["says"] == "since 2026-01-01"
    assert "since 2026-01-01" in after.text


def test_what_cannot_be_done_is_said_and_changes_nothing_else(session, index, first):
    before = first.current
    after = sent_back(session, first, index, reason="Make it sing.")
    assert after.writer["returned"]["not_done"] == [
        "“Make it sing”: no rule here knows how to do that."
    ]
    assert texts(after) == texts(before)


def test_a_section_is_drafted_anew_and_the_others_stand(session, index, first):
    before = first.current
    after = sent_back(session, first, index, section="interval-history", length="longer", reason="")
    assert texts(after, but=["interval-history"]) == texts(before, but=["interval-history"])
    assert counts(after)["interval-history"] > counts(before)["interval-history"]
    assert list(texts(after)) == list(texts(before))
    written = {each["key"]: each["statements"] for each in after.coverage["sections"]}
    assert written["pending"] == counts(after)["pending"] == counts(before)["pending"]
    assert set(after.writer["sections"]) == set(counts(after))
    assert after.writer["returned"]["section"] == "interval-history"


def test_where_the_chart_has_changed_all_sections_are_drafted_and_that_is_said(
    session, index, first
):
    first.current.coverage = first.current.coverage | {"snapshot": "another"}
    after = sent_back(session, first, index, section="pending", length="shorter", reason="")
    assert after.writer["returned"]["done"] == [
        "The chart has changed since: every section was drafted anew."
    ]
    assert "section" not in after.writer["returned"]


def test_a_model_is_given_the_words_and_no_name_in_them(session, index, first):
    model = Conversation(an_answer())
    sent_back(session, first, index, model.writer, reason="Grace sleeps badly: say more on that")
    asked = [human(messages) for messages in model.asked]
    assert asked and all("sent back the draft before this one and wrote" in each for each in asked)
    assert all("sleeps badly: say more on that" in each for each in asked)
    named = first.current.text.split("Patient: ")[1].split()[0]
    model = Conversation(an_answer())
    sent_back(session, first, index, model.writer, reason=f"{named} is not well: say so")
    asked = [human(messages) for messages in model.asked]
    assert asked and not any(f"{named} is not well" in each for each in asked)
    assert any("is not well: say so" in each for each in asked)


def test_a_model_is_asked_for_the_one_section_only(session, index, first):
    model = Conversation(an_answer())
    sent_back(session, first, index, model.writer, section="pending", length="shorter", reason="")
    assert {human(m).splitlines()[0] for m in model.asked} == {"Section: To ask and to do today"}
    assert all("Write this section shorter than it was." in human(m) for m in model.asked)


def test_the_first_draft_was_asked_for_by_nobodys_reason(first):
    assert "returned" not in first.current.writer and first.returned == {}
