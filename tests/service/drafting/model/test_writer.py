"""A chat model writes sections; its citations are checked, its failures are filled and told."""

import asyncio
import json
import time
from dataclasses import replace
from itertools import count

import pytest
from langchain_core.messages import AIMessage

from service.drafting.model import endpoint
from service.drafting.model.failures import ModelWaiting
from service.drafting.model.limits import Limits
from service.drafting.progress import DraftCancelled, Watch
from tests.service.drafting.builders import a_note, a_record, an_evidence, section_of, texts
from tests.service.drafting.model.conversation import (
    NOTE,
    SAID,
    Conversation,
    an_answer,
    an_interval_request,
    human,
    ids_in,
)

KEY = "interval-history"


def write(answer, request=None, **options):
    conversation = Conversation(answer, **options)
    return conversation.write(request or an_interval_request()), conversation


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(endpoint, "FIRST_PAUSE_S", 0.0)


def test_a_cited_statement_is_kept_with_its_exact_quote():
    drafted, _ = write(an_answer("Sleeps 7 hours."))
    (statement,) = section_of(drafted, KEY).statements
    assert statement.text == "Sleeps 7 hours." and statement.writer == "scripted"
    assert statement.citations[0].quote == SAID
    assert drafted.writers[KEY] == "scripted"


def test_a_made_up_evidence_id_never_survives():
    drafted, _ = write(an_answer("She has diabetes.", evidence_id="E1"))
    assert drafted.dropped[0].said == "She has diabetes."
    assert "does not exist" in drafted.dropped[0].reason
    assert not any("diabetes" in t for t in texts(drafted, KEY))


def test_an_altered_quote_is_not_accepted_as_a_citation():
    drafted, _ = write(an_answer("Sleeps 9 hours.", quote="Sleep improved to 9 hours."))
    assert "not in the evidence" in drafted.dropped[0].reason


def test_an_uncited_statement_is_tied_to_evidence_with_its_words_or_dropped():
    drafted, _ = write(an_answer("Sleep improved to 7 hours", cites=False))
    (statement,) = section_of(drafted, KEY).statements
    assert statement.citations[0].quote.startswith("Sleep improved to 7 hours")
    drafted, _ = write(an_answer("Mood is good.", cites=False))
    assert drafted.dropped[0].reason.startswith("The writer cited nothing")


def test_a_section_of_which_nothing_held_is_written_from_the_chart():
    drafted, _ = write(an_answer("She has diabetes.", evidence_id="E1"))
    assert drafted.writers[KEY] == "extractive (nothing that the model wrote is in the chart)"
    assert any(SAID in t for t in texts(drafted, KEY))


def test_a_section_of_which_the_model_says_nothing_is_written_from_the_chart():
    drafted, conversation = write({"statements": []})
    assert drafted.writers[KEY] == "extractive (the model wrote nothing)"
    assert any(SAID in t for t in texts(drafted, KEY)) and len(conversation.asked) == 1


def test_risk_is_not_asked_of_the_model():
    drafted, conversation = write(an_answer())
    assert drafted.writers["risk"] == "extractive"
    assert any("Denies SI." in t for t in texts(drafted, "risk"))
    assert not any("Section: Risk" in human(asked) for asked in conversation.asked)


def test_json_in_plain_text_is_read():
    drafted, _ = write(lambda m: AIMessage(f"Here:\n```json\n{json.dumps(an_answer()(m))}\n```"))
    assert texts(drafted, KEY) == [SAID]


def test_a_broken_answer_is_repaired_once_and_not_shown_again():
    answers = iter(['{"statements": [{"text": "secret', None])
    drafted, conversation = write(lambda m: next(answers) or json.dumps(an_answer()(m)))
    assert texts(drafted, KEY) == [SAID]
    again = human(conversation.asked[1])
    assert "could not be read" in again and "secret" not in again
    assert drafted.details["repaired"] == 1


@pytest.mark.parametrize("answer", ["I cannot help with that.", {}, "", "[]", '{"statements": 3}'])
def test_a_section_the_model_cannot_write_is_written_without_it_and_says_so(answer):
    drafted, conversation = write(answer)
    assert drafted.writers[KEY] == "extractive (the model gave no readable answer)"
    assert any(SAID in t for t in texts(drafted, KEY))
    assert len(conversation.asked) == 2


def test_an_answer_without_end_is_cut_off():
    drafted, _ = write("x" * (endpoint.LONGEST_ANSWER + 1))
    assert drafted.writers[KEY] == "extractive (the model gave no readable answer)"


def test_a_model_that_answers_nothing_makes_the_draft_wait():
    with pytest.raises(ModelWaiting, match="did not answer in time") as waiting:
        write(TimeoutError())
    assert waiting.value.can_retry


def with_substances(request, record, quote):
    """The request with evidence for a second section."""
    more = (an_evidence(record, quote, "E2"),)
    return replace(
        request,
        sections=tuple(
            replace(each, evidence=more) if each.prompt.key == "substance-use" else each
            for each in request.sections
        ),
    )


def test_a_section_that_fails_beside_one_that_is_answered_is_filled():
    lithium = a_note("LABS\nLithium 0.8 mmol/L.")
    request = with_substances(an_interval_request((NOTE, lithium)), lithium, "Lithium 0.8 mmol/L.")

    def answer(messages):
        return ConnectionError() if "Lithium" in human(messages) else an_answer()(messages)

    drafted, _ = write(answer, request)
    assert drafted.writers["substance-use"] == "extractive (it cannot be reached)"
    assert drafted.writers[KEY] == "scripted"


def test_what_does_not_hold_is_written_once_more_and_then_stands():
    asked = count()
    said = ("Sleep improved to 9 hours.", "Sleep improved to 7 hours.")

    def check(statements, _):
        return ["Says 9; the source says 7." if "9" in s.text else None for s in statements]

    request = replace(an_interval_request(), check=check)
    drafted, conversation = write(lambda m: an_answer(said[next(asked)])(m), request)
    assert texts(drafted, KEY) == ["Sleep improved to 7 hours."]
    assert "Sleep improved to 9 hours.\n  Says 9; the source says 7." in human(
        conversation.asked[1]
    )
    assert drafted.dropped == () and drafted.details["redrafted"] == 1


def test_what_still_does_not_hold_is_kept_out_and_listed_with_what_was_said():
    request = replace(an_interval_request(), check=lambda s, _: ["Says 9; not 7."] * len(s))
    drafted, conversation = write(an_answer("Sleep improved to 9 hours."), request)
    assert not any("9 hours" in t for s in drafted.sections for t in texts(drafted, s.key))
    (dropped,) = drafted.dropped
    assert dropped.said == "Sleep improved to 9 hours." and "Says 9; not 7." in dropped.reason
    assert len(conversation.asked) == 2


def test_what_the_model_withdraws_is_listed_too():
    answers = iter([an_answer("She has diabetes.", quote=SAID), {"statements": []}])

    def answer(messages):
        made = next(answers)
        return made(messages) if callable(made) else made

    request = replace(an_interval_request(), check=lambda s, _: ["Nobody says so."] * len(s))
    drafted, _ = write(answer, request)
    assert [each.said for each in drafted.dropped] == ["She has diabetes."]


def test_a_long_section_is_asked_in_parts_and_joined_without_a_summary():
    body = "\n".join(f"Slept {n} hours on night {n} of the stay, as he says." for n in range(1, 90))
    note = a_note(f"INTERVAL HISTORY\n{body}")
    evidence = [an_evidence(note, line, f"E{n}") for n, line in enumerate(body.splitlines())]
    request = an_interval_request((note,), evidence)

    def answer(messages):
        shown = human(messages)
        first = ids_in(messages)[0]
        said = shown.split(f"[{first}]")[1].splitlines()[1]
        return {
            "statements": [{"text": said, "citations": [{"evidence_id": first, "quote": said}]}]
        }

    drafted, conversation = write(answer, request, limits=Limits(context_tokens=4_200))
    parts = len(conversation.asked)
    assert parts > 2
    assert sorted(i for m in conversation.asked for i in ids_in(m)) == sorted(
        {i for m in conversation.asked for i in ids_in(m)}
    )
    assert sum(len(ids_in(m)) for m in conversation.asked) == len(evidence)
    assert len(texts(drafted, KEY)) == parts
    assert sum("(part 1 of" in human(asked) for asked in conversation.asked) == 1


def test_the_limit_of_tokens_is_never_overrun_and_says_so():
    drafted, conversation = write(an_answer(), limits=Limits(tokens=1_000))
    assert conversation.asked == []
    assert drafted.writers[KEY] == "extractive (the limit of 1,000 tokens a draft was reached)"


def test_the_limit_of_cost_is_kept():
    drafted, conversation = write(an_answer(), limits=Limits(cost=0.01, input_price=1e6))
    assert conversation.asked == [] and "the limit of 0.01 a draft" in drafted.writers[KEY]
    drafted, _ = write(an_answer(), limits=Limits(input_price=2.0, output_price=4.0))
    spent = drafted.details
    assert spent["cost"] == pytest.approx(
        (2.0 * spent["tokens_in"] + 4.0 * spent["tokens_out"]) / 1e6, abs=1e-6
    )
    assert spent["tokens_estimated"] and spent["calls"] == 1


def test_an_answer_without_end_counts_against_the_limits():
    drafted, conversation = write("x" * (endpoint.LONGEST_ANSWER + 1))
    spent = drafted.details
    assert len(conversation.asked) == spent["calls"] == 2
    assert spent["tokens_out"] == 2 * endpoint.ANSWER_TOKENS and spent["tokens_in"] > 0
    assert spent["tokens_estimated"]


@pytest.mark.parametrize(("error", "charged"), [(TimeoutError(), 1), (ConnectionError(), 0)])
def test_only_a_call_that_may_have_been_answered_counts_against_the_limits(error, charged):
    lithium = a_note("LABS\nLithium 0.8 mmol/L.")
    request = with_substances(an_interval_request((NOTE, lithium)), lithium, "Lithium 0.8 mmol/L.")
    drafted, _ = write(lambda m: error if "Lithium" in human(m) else an_answer()(m), request)
    assert drafted.writers[KEY] == "scripted"
    assert drafted.details["tokens_out"] // endpoint.ANSWER_TOKENS == charged


def test_once_the_time_of_a_draft_is_over_nothing_more_is_asked():
    drafted, conversation = write(an_answer(), limits=Limits(seconds=0.0))
    assert conversation.asked == []
    assert drafted.writers[KEY] == "extractive (the limit of 0 s a draft was reached)"


def test_a_draft_out_of_time_waits_when_nothing_was_answered():
    async def answer(_):
        await asyncio.sleep(30.0)

    with pytest.raises(ModelWaiting):
        write(answer, limits=Limits(seconds=0.2))


def test_a_cancelled_draft_stops_within_a_second_of_a_call_that_hangs():
    asked = []

    async def answer(_):
        asked.append(time.monotonic())
        await asyncio.sleep(30.0)

    watch = Watch(cancelled=lambda: bool(asked))
    began = time.monotonic()
    with pytest.raises(DraftCancelled):
        write(answer, replace(an_interval_request(), watch=watch))
    assert time.monotonic() - began < 1.0


def test_progress_tells_real_counts_and_no_words_of_the_chart():
    told = []
    request = replace(an_interval_request(), watch=Watch(told.append))
    write(an_answer(), request)
    assert [(p.stage, p.done, p.total) for p in told] == [
        ("writing", 1, 1),
        ("checking", 0, 1),
        ("checking", 1, 1),
    ]
    assert not any("Sleep" in p.words for p in told)


def a_chart_of_maria():
    patient = a_record(
        "Patient",
        "Patient: Maria Okafor",
        raw=json.dumps({"resourceType": "Patient", "name": [{"given": ["Maria"]}]}),
    )
    note = a_note("INTERVAL HISTORY\nMaria slept 7 hours.")
    return an_interval_request((patient, note), [an_evidence(note, "Maria slept 7 hours.")])


def test_a_name_does_not_leave_and_stands_in_the_draft():
    drafted, conversation = write(
        an_answer("[NAME-1] slept 7 hours.", quote="[NAME-1] slept 7 hours."), a_chart_of_maria()
    )
    assert not any("Maria" in m.content for asked in conversation.asked for m in asked)
    assert texts(drafted, KEY) == ["Maria slept 7 hours."]
    assert drafted.details["masked"] == 1


def test_where_the_patients_names_are_not_known_nothing_leaves_and_the_draft_says_so():
    drafted, conversation = write(an_answer(), replace(an_interval_request(), who=None))
    assert conversation.asked == []
    why = "extractive (the patient's names are not known, so nothing was sent)"
    assert drafted.writers[KEY] == why
    assert any(SAID in t for t in texts(drafted, KEY))
    _, conversation = write(an_answer(), replace(an_interval_request(), who=None), masks=False)
    assert len(conversation.asked) == 1


def test_a_name_leaves_where_that_is_allowed():
    _, conversation = write(an_answer("x"), a_chart_of_maria(), masks=False)
    assert "Maria slept" in human(conversation.asked[0])


def test_a_placeholder_that_was_never_given_is_kept_out():
    drafted, _ = write(an_answer("[NAME-7] slept 7 hours."))
    assert "whom the chart does not" in drafted.dropped[0].reason
