"""A model is shown numbered facts, cites them by id, and what it gets wrong gives way to them."""

import re
from dataclasses import replace

import pytest

from service.drafting.telling.given import with_facts
from tests.service.drafting.builders import a_note, a_request, section_of, texts
from tests.service.drafting.model.conversation import Conversation, human

NOTE = a_note(
    "MEDICATIONS\nLithium 600 mg at bedtime, started 2026-01-03.\n"
    "Valproate 1500 mg nightly was stopped on 2025-11-02 because of tremor.\n",
    effective="2026-05-20",
)
OWN = "Lithium 600 mg at bedtime, started 2026-01-03. (2026-05-20)"
KEY = "current-medications"


@pytest.fixture
def asked_for():
    request = with_facts(a_request("pre-visit", [NOTE]), on="2026-06-01")
    sections = tuple(s for s in request.sections if s.prompt.key == KEY)
    return replace(request, sections=sections)


def facts_in(messages):
    """The numbered facts of a question: id to line."""
    return dict(re.findall(r"^\[(F[A-Z2-7]{6})\] (.+)$", human(messages), re.MULTILINE))


def telling(*said):
    """A model that says these in turn, each with the first fact as its source."""
    turns = iter(said)

    def answer(messages):
        (fact_id, *_) = facts_in(messages)
        return {"statements": [{"text": next(turns), "citations": [{"evidence_id": fact_id}]}]}

    return Conversation(answer)


def test_a_section_is_shown_its_facts_and_no_others(asked_for):
    model = telling("She takes lithium 600 mg at bedtime.")
    model.write(asked_for)
    (line,) = facts_in(model.asked[0]).values()
    assert line.startswith("lithium (medicine): current; 600 mg") and "valproate" not in line


def test_a_fact_in_the_models_words_stands_with_the_facts_places(asked_for):
    drafted = telling("She is on lithium, 600 mg each night.").write(asked_for)
    (statement,) = section_of(drafted, KEY).statements
    assert statement.text == "She is on lithium, 600 mg each night."
    assert statement.citations[0].quote == "Lithium 600 mg at bedtime, started 2026-01-03."
    assert drafted.carried == {statement.text: "current"} and drafted.dropped == ()


def test_what_it_has_of_its_own_is_asked_for_once_more(asked_for):
    model = telling("She takes lithium 900 mg at bedtime.", "She takes lithium 600 mg at bedtime.")
    drafted = model.write(asked_for)
    assert texts(drafted, KEY) == ["She takes lithium 600 mg at bedtime."]
    assert "“900 mg” is no value of the facts that it cites." in human(model.asked[1])
    assert drafted.details["redrafted"] == 1


@pytest.mark.parametrize(
    "again", ["She takes lithium 900 mg at bedtime.", "She takes lithium 1200 mg at bedtime."]
)
def test_then_the_facts_own_line_takes_its_place(asked_for, again):
    drafted = telling("She takes lithium 900 mg at bedtime.", again).write(asked_for)
    assert texts(drafted, KEY) == [OWN]
    assert drafted.dropped and all(OWN not in each.said for each in drafted.dropped)
    assert not drafted.carried


def test_a_name_in_a_fact_does_not_leave(asked_for):
    model = telling("x")
    model.write(asked_for)
    assert not any("Quill" in human(messages) for messages in model.asked)
