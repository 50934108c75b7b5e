"""One question over langchain's OpenAI client: in the way that the endpoint understands."""

import asyncio
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.tracers.langchain import wait_for_all_tracers
from langsmith.utils import get_env_var

from service.drafting.model import endpoint
from service.drafting.model.failures import EndpointFailed, QuestionRefused
from service.drafting.model.probe import probe
from service.drafting.model.schema import BadAnswer, read_answer
from service.drafting.model.side_by_side import run, side_by_side
from service.errors import Unavailable
from tests.service.drafting.model.wire import Wire, refused, streamed

ANSWER = '{"statements": [{"text": "He sleeps well.", "citations": []}]}'
QUESTION = (SystemMessage("Be brief."), HumanMessage("How does he sleep?"))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(endpoint, "FIRST_PAUSE_S", 0.01)


def ask(wire):
    return run(lambda: wire.endpoint.ask(QUESTION))


def said(reply):
    return [statement.text for statement in read_answer(reply.answer).statements]


def test_the_schema_goes_with_the_question_and_the_tokens_come_back():
    wire = Wire(lambda _: ANSWER)
    reply = ask(wire)
    assert said(reply) == ["He sleeps well."] and wire.way(0) == "schema"
    assert (reply.tokens_in, reply.tokens_out, reply.estimated) == (100, 7, False)
    assert wire.asked[0]["temperature"] == 0 and wire.asked[0]["max_completion_tokens"] == 2000


def test_an_endpoint_without_schema_is_asked_by_tool_and_asked_so_ever_after():
    wire = Wire(lambda asked: refused(400) if "response_format" in asked else ANSWER)
    asked = wire.endpoint
    for _ in range(2):
        assert said(run(lambda: asked.ask(QUESTION))) == ["He sleeps well."]
    assert [wire.way(n) for n in range(3)] == ["schema", "tools", "tools"]
    assert asked.way.name == "tools"


def test_an_endpoint_that_knows_neither_is_asked_in_words_and_its_tokens_are_estimated():
    def plain(asked):
        return refused(422) if {"tools", "response_format"} & set(asked) else ANSWER

    wire = Wire(plain)
    reply = ask(wire)
    assert said(reply) == ["He sleeps well."] and reply.estimated and reply.tokens_in > 0
    assert "stream_options" not in wire.asked[2]


def test_a_question_that_is_refused_in_every_way_is_refused():
    with pytest.raises(QuestionRefused) as said:
        ask(Wire(lambda _: refused(400)))
    assert "secret" not in str(said.value)


def test_one_refused_question_does_not_change_how_the_others_are_asked():
    answers = iter([refused(400)] * 3)
    wire = Wire(lambda _: next(answers, None) or ANSWER)
    asked = wire.endpoint
    with pytest.raises(QuestionRefused):
        run(lambda: asked.ask(QUESTION))
    assert said(run(lambda: asked.ask(QUESTION))) == ["He sleeps well."]
    assert [wire.way(n) for n in range(4)] == ["schema", "tools", "plain", "schema"]


def test_a_busy_endpoint_is_asked_again_after_as_long_as_it_wishes():
    answers = iter([refused(429, **{"retry-after": "0.3"}), None])
    wire = Wire(lambda asked: next(answers) or ANSWER)
    began = time.monotonic()
    assert said(ask(wire)) == ["He sleeps well."]
    assert time.monotonic() - began >= 0.3 and len(wire.asked) == 2


def test_a_long_wish_is_not_slept_through_and_is_handed_on():
    wire = Wire(lambda _: refused(429, **{"retry-after": "30"}))
    began = time.monotonic()
    with pytest.raises(EndpointFailed) as failed:
        ask(wire)
    assert failed.value.retry_after_s == 30.0
    assert len(wire.asked) == 1 and time.monotonic() - began < 5


def test_an_endpoint_that_stays_broken_fails_after_three_tries_and_one_in_each_other_way():
    wire = Wire(lambda _: refused(503))
    with pytest.raises(EndpointFailed, match="it answered 503"):
        ask(wire)
    asked = [wire.way(n) for n in range(len(wire.asked))]
    assert asked == ["schema", "tools", "plain", *["schema"] * (endpoint.TRIES - 1)]


def test_a_way_that_is_refused_once_it_is_less_busy_is_given_up_too():
    answers = iter([refused(429, **{"retry-after": "0"}), refused(400)])
    wire = Wire(lambda _: next(answers, None) or ANSWER)
    assert said(ask(wire)) == ["He sleeps well."]
    assert [wire.way(n) for n in range(3)] == ["schema", "schema", "tools"]


def test_one_that_says_when_to_come_back_is_busy_and_not_asked_in_another_way():
    wire = Wire(lambda _: refused(503, **{"retry-after": "0"}))
    with pytest.raises(EndpointFailed, match="it answered 503"):
        ask(wire)
    assert [wire.way(n) for n in range(len(wire.asked))] == ["schema"] * endpoint.TRIES


def broken_over(*forms):
    """Answers but when asked in one of these forms, as llama.cpp's Python server with a schema."""
    return Wire(lambda asked: refused(500) if set(forms) & set(asked) else ANSWER)


@pytest.mark.parametrize(
    ("forms", "way", "tries"),
    [(("response_format",), "tools", 2), (("response_format", "tools"), "plain", 3)],
)
def test_a_way_over_which_it_breaks_down_is_given_up_for_the_next(forms, way, tries):
    wire = broken_over(*forms)
    asked = wire.endpoint
    for _ in range(3):
        assert said(run(lambda: asked.ask(QUESTION))) == ["He sleeps well."]
    assert [wire.way(n) for n in range(tries)] == ["schema", "tools", "plain"][:tries]
    assert len(wire.asked) == 2 * tries + 1 and asked.way.name == wire.way(2 * tries) == way


def test_a_way_that_met_a_bad_moment_is_not_given_up():
    answers = iter([refused(500)])
    wire = Wire(lambda _: next(answers, None) or ANSWER)
    asked = wire.endpoint
    for _ in range(3):
        run(lambda: asked.ask(QUESTION))
    assert [wire.way(n) for n in range(4)] == ["schema", "tools", "schema", "schema"]


def test_an_error_inside_the_stream_is_a_broken_way_too():
    def torn(asked):
        body = 'data: {"error": {"message": "secret words", "code": 500}}\n\n'
        streams = {"content-type": "text/event-stream"}
        return httpx.Response(200, text=body, headers=streams) if wants(asked) else ANSWER

    def wants(asked):
        return "response_format" in asked

    assert said(ask(Wire(torn))) == ["He sleeps well."]


def test_one_that_breaks_down_over_one_way_and_refuses_the_others_is_not_away():
    wire = Wire(lambda asked: refused(500 if "response_format" in asked else 400))
    with pytest.raises(QuestionRefused):
        ask(wire)
    assert len(wire.asked) == 3


def test_calls_that_queue_behind_another_are_not_given_up_while_it_is_served():
    turn = asyncio.Lock()

    class Served(httpx.AsyncByteStream):
        """One call after the other, as a server with one slot has it."""

        def __init__(self, asked):
            self.body = streamed(ANSWER, asked).content

        async def __aiter__(self):
            async with turn:
                for at in range(0, len(self.body), 200):
                    await asyncio.sleep(0.02)
                    yield self.body[at : at + 200]

    streams = {"content-type": "text/event-stream"}
    wire = Wire(lambda asked: httpx.Response(200, stream=Served(asked), headers=streams))
    asked = wire.endpoint
    asked.life.patience_s = 0.3
    jobs = [lambda: asked.ask(QUESTION)] * 4
    began = time.monotonic()
    came = [reply for _, reply in side_by_side(jobs, at_once=4, watch=lambda: None)]
    assert [said(reply) for reply in came] == [["He sleeps well."]] * 4
    assert time.monotonic() - began > 2 * 0.3 and len(wire.asked) == 4


def test_one_that_gives_no_sign_of_life_is_given_up(monkeypatch):
    monkeypatch.setattr(endpoint, "TRIES", 1)

    class Silent(httpx.AsyncByteStream):
        async def __aiter__(self):
            await asyncio.sleep(30.0)
            yield b""

    asked = Wire(lambda _: httpx.Response(200, stream=Silent())).endpoint
    asked.life.patience_s = 0.2
    with pytest.raises(EndpointFailed, match="did not answer in time"):
        run(lambda: asked.ask(QUESTION))


def test_a_wrong_key_is_not_tried_again():
    wire = Wire(lambda _: refused(401))
    with pytest.raises(EndpointFailed, match="COUNTERSIGN_MODEL_API_KEY"):
        ask(wire)
    assert len(wire.asked) == 1


def test_a_stream_that_breaks_off_gives_no_answer():
    def torn(asked):
        body = streamed(ANSWER, asked).text
        return httpx.Response(
            200, text=body[: len(body) // 3], headers={"content-type": "text/event-stream"}
        )

    with pytest.raises((BadAnswer, EndpointFailed)):
        read_answer(ask(Wire(torn)).answer)


@pytest.mark.parametrize("end", [len(ANSWER) - 2, len(ANSWER) - 18, 45])
def test_a_tool_call_that_was_cut_off_is_no_answer(end):
    wire = Wire(lambda asked: refused(400) if "response_format" in asked else ANSWER[:end])
    reply = ask(wire)
    assert wire.way(1) == "tools"
    with pytest.raises(BadAnswer, match="cut off"):
        read_answer(reply.answer)


@pytest.fixture
def posted(monkeypatch):
    """What a tracer posts: the address of LangSmith is a server of ours."""
    seen = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, value in (
            ("LANGSMITH_TRACING", "true"),
            ("LANGCHAIN_TRACING_V2", "true"),
            ("LANGSMITH_API_KEY", "k"),
            ("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{server.server_port}"),
        ):
            monkeypatch.setenv(name, value)
        get_env_var.cache_clear()
        yield seen
        get_env_var.cache_clear()
        server.shutdown()


def test_no_question_is_traced_to_anybody_whatever_the_environment_says(posted):
    assert said(ask(Wire(lambda _: ANSWER))) == ["He sleeps well."]
    wait_for_all_tracers()
    assert posted == []


def test_an_answer_without_end_is_not_read_to_its_end():
    with pytest.raises(BadAnswer, match="no end"):
        ask(Wire(lambda _: "x" * 400_000))


def test_a_call_that_is_stopped_closes_its_connection():
    closed = []

    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield streamed("{", {}).content[:100]
            await asyncio.sleep(30.0)

        async def aclose(self):
            closed.append(True)

    streams = {"content-type": "text/event-stream"}
    wire = Wire(lambda _: httpx.Response(200, stream=Drip(), headers=streams))

    def watch():
        raise KeyError

    began = time.monotonic()
    with pytest.raises(KeyError):
        list(side_by_side([lambda: wire.endpoint.ask(QUESTION)], at_once=1, watch=watch))
    assert closed and time.monotonic() - began < 2.0


def test_a_probe_says_what_the_endpoint_can_do():
    told = probe(Wire(lambda asked: refused(400) if "tools" in asked else ANSWER).endpoint)
    assert told.startswith("openai:m at http://model.test/v1: JSON schema yes (0.")
    assert "tools no: the endpoint refused the question (400)" in told
    assert "plain words yes" in told


def test_a_probe_of_an_endpoint_that_is_away_says_what_to_look_at():
    with pytest.raises(Unavailable, match="COUNTERSIGN_MODEL_BASE_URL"):
        probe(Wire(lambda _: refused(404)).endpoint)
