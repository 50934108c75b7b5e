"""A text that somebody else changed meanwhile: what changed is told, and no words stray."""

import pytest

from tests.service.review.builders import PHQ, SERTRALINE, a_finding, a_summary


@pytest.fixture
def summary(committed):
    return committed(a_summary)


@pytest.fixture
def desk(summary, as_person):
    return as_person("clinician").get(f"/summaries/{summary.id}")


@pytest.fixture
def colleague(summary, as_person):
    return as_person("attending").get(f"/summaries/{summary.id}")


def statement(summary, index):
    return f"/summaries/{summary.id}/statements/{index}#s{index}"


def opened(desk):
    """The statements whose form stands open, with what is in it."""
    forms = desk.page.select(".statement:has(> .edit[open])")
    return [(f.select_one(".text").get_text(), f.select_one("textarea").get_text()) for f in forms]


def test_what_a_colleague_changed_is_told_beside_the_refusal(desk, summary, colleague):
    colleague.send(statement(summary, 0), button=("act", "save"), text="Sertraline 75 mg")
    desk.send(statement(summary, 1), button=("act", "save"), text="My words", status=409)
    told = desk.page.select_one("#refused .since")
    assert "Dr Samuel Adeyemi" in told.get_text()
    assert "50" in told.select_one(".exact del").get_text()
    assert "75" in told.select_one(".exact ins").get_text()


def test_before_signing_what_changed_is_told_too(desk, summary, colleague):
    desk.get(f"/summaries/{summary.id}/sign")
    colleague.send(statement(summary, 0), button=("act", "remove"))
    desk.send(f"/summaries/{summary.id}/sign", status=409)
    told = desk.page.select_one("[role=alert] .since")
    assert "Dr Samuel Adeyemi" in told.get_text()
    assert SERTRALINE in told.select_one(".exact del").get_text()


def test_words_follow_their_statement_where_another_was_removed(desk, summary, colleague):
    colleague.send(statement(summary, 0), button=("act", "remove"))
    desk.send(statement(summary, 1), button=("act", "save"), text="My words", status=409)
    assert opened(desk) == [(PHQ, "My words")]
    assert desk.page.select_one(".statement.chosen .text").get_text() == PHQ


def test_words_for_a_statement_that_is_gone_stand_in_no_form(desk, summary, colleague):
    colleague.send(statement(summary, 0), button=("act", "remove"))
    desk.send(statement(summary, 0), button=("act", "save"), text="My words", status=409)
    assert opened(desk) == []
    assert desk.page.select_one("#refused textarea").get_text() == "My words"
    assert desk.page.select_one(".statement.chosen") is None


def test_a_comment_follows_its_statement(desk, summary, colleague):
    colleague.send(statement(summary, 0), button=("act", "down"))
    action = f"/summaries/{summary.id}/statements/0/comment"
    desk.send(action, words="Is this so?", status=409)
    [kept] = desk.page.select('input[name=words][value="Is this so?"]')
    assert kept.find_parent(class_="statement").select_one(".text").get_text() == SERTRALINE


def test_a_reason_stands_beside_no_other_finding(committed, summary, colleague, as_person):
    def build(session):
        return a_finding(session, session.merge(summary).current, number=1).number

    committed(build)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    colleague.get(f"/summaries/{summary.id}")
    colleague.send(statement(summary, 1), button=("act", "save"), text="PHQ-9 total score 41")
    action = f"/summaries/{summary.id}/findings/1"
    desk.send(action, action="chart-wrong", reason="Seen with the patient.", status=409)
    assert desk.page.select_one("#refused textarea").get_text() == "Seen with the patient."
    assert not desk.page.select('.finding input[value="Seen with the patient."]')
