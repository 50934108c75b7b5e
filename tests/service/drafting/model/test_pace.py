"""A slow endpoint is measured at its first question, and asked so that it can keep up."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from service.database import now, transaction
from service.drafting.model import endpoint as asking
from service.drafting.model.endpoint import ANSWER_TOKENS, tokens_of
from service.drafting.model.ledger import DatabaseLedger, Known
from service.drafting.model.limits import Limits
from service.drafting.model.pace import Pace, measured, no_faster
from service.drafting.model.planning import SHORTEST_QUESTION, plan, words
from tests.service.drafting.builders import a_note, a_request, an_evidence, section_of
from tests.service.drafting.model.conversation import Conversation, human, ids_in

HOSTED, BUSY, PROCESSOR = Pace(3_000, 60), Pace(400, 20), Pace(30, 8)


def test_one_that_keeps_up_is_asked_as_the_settings_say():
    planned = plan(Limits(), HOSTED, 60.0)
    assert (planned.at_once, planned.context_tokens, planned.parts) == (4, 8_192, None)
    assert plan(Limits(), None, 60.0) == planned


def test_the_slower_it_is_the_fewer_calls_run_at_once():
    assert [plan(Limits(), pace, 60.0).at_once for pace in (HOSTED, BUSY, PROCESSOR)] == [4, 2, 1]
    assert plan(Limits(at_once=1), HOSTED, 60.0).at_once == 1


def test_a_question_is_no_longer_than_is_read_in_time_and_waited_for():
    planned = plan(Limits(), PROCESSOR, 60.0)
    assert planned.question_tokens == SHORTEST_QUESTION and planned.parts == 1
    assert planned.patience_s >= SHORTEST_QUESTION / PROCESSOR.reads
    assert plan(Limits(), Pace(50, 8), 60.0).question_tokens == 3_000


@pytest.mark.parametrize("reads", [0.5, 5.0, 30.0, 300.0])
def test_no_silence_is_borne_for_more_than_half_of_a_draft(reads):
    limits = Limits(seconds=300.0)
    assert 60.0 <= plan(limits, Pace(reads, 5.0), 60.0).patience_s <= limits.seconds / 2


def test_reading_is_told_from_writing_by_when_the_first_words_came():
    streamed = measured(1_000, 50, 10.0, 20.0)
    assert (streamed.reads, streamed.writes) == (100, 5)
    at_once = measured(1_000, 50, 20.0, 20.0)
    assert (at_once.reads, at_once.writes) == (50, 2.5)
    assert no_faster(1_500, 60.0).reads == 25


def test_a_measure_is_not_believed_for_ever():
    assert not Pace(1, 1, now() - timedelta(days=2)).is_fresh and Pace(1, 1).is_fresh


def test_doctor_says_what_was_measured_and_what_follows():
    assert words(PROCESSOR, plan(Limits(), PROCESSOR, 60.0)) == (
        "reads 30 and writes 8 tokens a second: 1 call at a time, 133 s of silence, questions of "
        "2,000 tokens, the best evidence of a section alone"
    )


class SlowServer:
    """One slot, as a model on a processor: `reads` tokens a second, the answer at once then."""

    def __init__(self, reads):
        self.reads, self.slot, self.most_at_once, self._now = reads, asyncio.Lock(), 0, 0

    async def answer(self, messages):
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            async with self.slot:
                await asyncio.sleep(tokens_of(messages) / self.reads)
        finally:
            self._now -= 1
        said = human(messages).split(f"[{ids_in(messages)[0]}]")[1].splitlines()[1]
        cited = {"evidence_id": ids_in(messages)[0], "quote": said}
        return {"statements": [{"text": said, "citations": [cited]}]}


def a_long_request():
    """Five sections; the first has evidence for several questions."""
    body = "\n".join(
        f"Slept {n} hours on night {n} of the stay, as he says." for n in range(1, 400)
    )
    note = a_note(f"INTERVAL HISTORY\n{body}")
    every = [an_evidence(note, line, f"E{n}") for n, line in enumerate(body.splitlines())]
    keys = ("interval-history", "mental-state", "response", "plan", "substance-use")
    request = a_request("psychiatric-progress", [note], dict.fromkeys(keys[1:], every[:3]))
    held = {"interval-history": tuple(every)}
    return replace(
        request,
        sections=tuple(
            replace(s, evidence=held.get(s.prompt.key, s.evidence)) for s in request.sections
        ),
    )


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(asking, "FIRST_PAUSE_S", 0.0)


def slowly(reads, *, seconds, timeout_s, ledger=None):
    server = SlowServer(reads)
    made = Conversation(server.answer, limits=Limits(seconds=seconds), ledger=ledger)
    made.writer = replace(made.writer, timeout_s=timeout_s)
    made.writer.endpoint.life.patience_s = timeout_s
    return server, made


def test_a_slow_model_is_asked_one_short_question_at_a_time_and_answers():
    server, made = slowly(3_000, seconds=12.0, timeout_s=1.0)
    drafted = made.write(a_long_request())
    assert server.most_at_once == 1 and drafted.details["at_once"] == 1
    assert max(tokens_of(asked) for asked in made.asked) <= 3_300
    written = [who for who in drafted.writers.values() if who == "scripted"]
    assert len(written) == 5, drafted.writers
    closing = section_of(drafted, "interval-history").absence
    assert "more of these are in the chart and not shown here" in closing


def test_one_too_slow_for_the_draft_ends_it_in_time_with_every_section_from_the_chart():
    _, made = slowly(1_200, seconds=3.0, timeout_s=0.5)
    began = time.monotonic()
    drafted = made.write(a_long_request())
    assert time.monotonic() - began < 4.0
    assert "scripted" in drafted.writers.values(), drafted.writers
    rest = {who for who in drafted.writers.values() if who.startswith("extractive (")}
    assert rest == {"extractive (the limit of 3 s a draft was reached)"}
    assert section_of(drafted, "interval-history").statements


def test_a_fast_one_is_asked_side_by_side_after_its_first_question():
    server, made = slowly(10_000_000, seconds=30.0, timeout_s=60.0)
    made.write(a_long_request())
    assert server.most_at_once == 4


def test_what_one_process_has_measured_another_knows(sessions):
    ledger = DatabaseLedger(lambda: transaction(sessions))
    _, made = slowly(3_000, seconds=12.0, timeout_s=1.0, ledger=ledger)
    made.write(a_long_request())
    known = ledger.known("scripted")
    assert known.way == "plain" and 2_000 < known.pace.reads < 3_100
    other, later = slowly(3_000, seconds=12.0, timeout_s=1.0, ledger=ledger)
    later.write(a_long_request())
    assert other.most_at_once == 1 and later.writer.endpoint.pace == known.pace


def test_what_is_known_of_an_endpoint_keeps_its_failures(sessions):
    ledger = DatabaseLedger(lambda: transaction(sessions))
    assert ledger.known("m") is None
    ledger.learn("m", Known("tools", None))
    assert ledger.known("m") == Known("tools", None)
    ledger.learn("m", Known("plain", HOSTED))
    assert ledger.known("m") == Known("plain", HOSTED)
    assert plan(Limits(), ledger.known("m").pace, 60.0).context_tokens > ANSWER_TOKENS
