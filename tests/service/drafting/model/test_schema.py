"""A model's answer is read in whatever form it comes; what is wrong is told without its words."""

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk

from service.drafting.model.schema import BadAnswer, SectionAnswer, read_answer, words_of

CALL = {"name": "SectionAnswer", "args": {"statements": [{"text": "x"}]}, "id": "1"}


def test_an_answer_of_another_shape_is_bad_and_is_not_quoted():
    with pytest.raises(BadAnswer) as bad:
        read_answer('{"statements": "secret words"}')
    assert "secret" not in str(bad.value)
    assert isinstance(read_answer({"statements": []}), SectionAnswer)


def test_what_a_tool_was_given_is_the_answer():
    (statement,) = read_answer(AIMessage("", tool_calls=[CALL])).statements
    assert statement.text == "x"


def test_words_in_blocks_are_read():
    message = AIMessage(
        [{"type": "text", "text": '{"statements"'}, {"type": "text", "text": ": []}"}]
    )
    assert read_answer(message).statements == []


def test_the_pieces_of_a_tool_call_count_as_words():
    piece = AIMessageChunk(
        "", tool_call_chunks=[{"name": None, "args": '{"a"', "id": None, "index": 0}]
    )
    assert words_of(piece) == '{"a"'


def test_more_statements_than_a_section_can_have_are_a_runaway():
    with pytest.raises(BadAnswer, match="at most 100"):
        read_answer({"statements": [{"text": "x"}] * 101})


@pytest.mark.parametrize("sign", ["\\u0000", "\\u001b", "\\ud83d"])
def test_what_no_database_stores_is_left_out(sign):
    said = f'{{"text": "He{sign} sleeps.", "citations": [{{"evidence_id": "E{sign}1", '
    answer = read_answer(f'{{"statements": [{said}"quote": "sl{sign}eeps"}}]}}]}}')
    (statement,) = answer.statements
    (citation,) = statement.citations
    assert (statement.text, citation.evidence_id, citation.quote) == ("He sleeps.", "E1", "sleeps")


@pytest.mark.parametrize("value", ["9" * 5_000, "[" * 100_000])
def test_a_value_that_python_cannot_read_is_a_bad_answer(value):
    with pytest.raises(BadAnswer):
        read_answer('{"statements": ' + value)
