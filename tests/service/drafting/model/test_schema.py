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


SAYS = '{"statements": [{"text": "He sleeps.", "citations": []}]}'
DECOY = '{"statements": []}'
HALF = SAYS[: SAYS.index("sleeps") + 3]
THOUGHT = f"The form is {DECOY}. If {{he}} sleeps, I say so: {SAYS.replace('He', 'She')}"


def said(text):
    return [statement.text for statement in read_answer(text).statements]


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{THOUGHT}</think>\n{SAYS}",
        f"<think>{THOUGHT}</think>```json\n{SAYS}\n```",
        f"{THOUGHT}</think>{SAYS}",  # the template of the model holds the opening tag
        f"<thinking>{DECOY}</thinking>{SAYS} That is all, {{really}}.",
        f"[THINK]{THOUGHT}[/THINK]{SAYS}",
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|channel|>final<|message|>{SAYS}",
        f"<|begin_of_thought|>{DECOY}<|end_of_thought|>{SAYS}",
        f"◁think▷{DECOY}◁/think▷{SAYS}",
        f"<seed:think>{DECOY}</seed:think>{SAYS}",
    ],
)
def test_what_a_model_thinks_aloud_is_not_its_answer(text):
    assert said(text) == ["He sleeps."]


@pytest.mark.parametrize(
    "text",
    [
        f"An empty one would be {DECOY}. Here: {SAYS}",
        f"{SAYS}\n\nIf the passages said nothing: {DECOY}",
        f"```\n{DECOY}\n```\n```json\n{SAYS}\n```",
        f'{{"note": "as asked"}} {SAYS}',
        f'{{"statements": "..."}} is the form. {SAYS}',
        f"I {{will}} answer {{as asked}}: {SAYS} }}",
        SAYS.replace("He ", "He\n").replace("\\n", " "),
        f"```json\n{SAYS}",
        f'{SAYS[:-1]}, "reason": "a {{brace}} and {DECOY[:-1]}"}}'.replace(
            '"statements": []', "statements"
        ),
    ],
)
def test_the_answer_is_found_among_other_words(text):
    assert [" ".join(each.split()) for each in said(text)] == ["He sleeps."]


@pytest.mark.parametrize(
    "text",
    [
        HALF,
        f"{DECOY} {HALF}",
        f"{SAYS} Or better: {HALF}",
        f"```json\n{HALF}\n```",
        f'{{"draft": {DECOY}, {HALF[1:]}',
        f"<think>{THOUGHT}",
        f"<think>{THOUGHT}</think>",
        f"<think>{THOUGHT}</think>{HALF}",
        SAYS[:-1],
        SAYS[:-2],
        "{" * 5_000,
    ],
)
def test_half_an_answer_is_refused_and_never_an_empty_section(text):
    with pytest.raises(BadAnswer) as bad:
        read_answer(text)
    assert "sleeps" not in str(bad.value)


def test_two_calls_of_the_tool_are_one_answer():
    both = [CALL, CALL | {"args": {"statements": [{"text": "y"}]}, "id": "2"}]
    assert said(AIMessage("", tool_calls=both)) == ["x", "y"]
    pieces = [
        {"name": "SectionAnswer", "args": f'{{"statements": [{{"text": "{t}"}}]}}', "id": t}
        for t in "xy"
    ]
    streamed = AIMessageChunk(
        "", tool_call_chunks=[piece | {"index": n} for n, piece in enumerate(pieces)]
    )
    assert said(streamed) == ["x", "y"]


def test_a_tool_that_is_given_nothing_leaves_what_was_said():
    assert said(AIMessage(SAYS, tool_calls=[CALL | {"args": {}}])) == ["He sleeps."]
