"""What an endpoint can do: one tiny structured question in each way that it may be asked."""

from langchain_core.messages import HumanMessage, SystemMessage

from service.drafting.model.endpoint import Endpoint, Reply, Way, ask_once
from service.drafting.model.failures import (
    NO_ANSWER,
    NOT_REACHED,
    EndpointFailed,
    QuestionRefused,
)
from service.drafting.model.life import Life
from service.drafting.model.pace import measured
from service.drafting.model.planning import words
from service.drafting.model.schema import BadAnswer, read_answer
from service.drafting.model.side_by_side import run
from service.drafting.model.writer import ModelWriter
from service.errors import Unavailable

NAMES = {"schema": "JSON schema", "tools": "tools", "plain": "plain words"}
# Nothing of any patient: the check runs whenever somebody asks for it. Some 900 tokens: of a
# shorter one the way there would be measured, not the model.
PADDING = "\n".join(f"[EAAAA{n:02}] Line {n} of a test that speaks of nobody." for n in range(60))
QUESTION = (
    SystemMessage(
        'Answer with one JSON object and nothing else: {"statements": [{"text": "...", '
        '"citations": [{"evidence_id": "...", "quote": "..."}]}]}'
    ),
    HumanMessage(
        f"[EAAAAAA] The test was run.\n\n{PADDING}\n\n"
        "Say in one statement what was run, and cite [EAAAAAA]."
    ),
)


def look(writer: ModelWriter) -> str:
    """What `doctor` says of a model: what works, how fast, and how drafts will ask it. They ask
    as it was found here. Raises Unavailable."""
    said = probe(writer.endpoint)
    writer.keep_endpoint()
    pace = writer.endpoint.pace
    measured_words = words(pace, writer.plan()) if pace else "its pace is not known"
    return f"{said}; drafts ask by {NAMES[writer.endpoint.way.name]}; {measured_words}"


def probe(endpoint: Endpoint) -> str:
    """A sentence on what works and how fast; the endpoint is asked in the first of these ways from
    now on, and its pace is that of it. Raises Unavailable when nothing does, with what to look
    at."""
    told: dict[str, str] = {}
    works: list[tuple[Way, Reply]] = []
    for way in endpoint.ways:
        try:
            told[way.name] = _tried(way, endpoint.life, works)
        except EndpointFailed as failed:
            if advice := _advice(failed):  # every other way would only wait for the same
                raise Unavailable(f"{endpoint.identity}: {failed}. {advice}") from None
            told[way.name] = f"no: {failed}"
    if not works:
        reasons = "; ".join(dict.fromkeys(told.values()))
        raise Unavailable(
            f"{endpoint.identity} gave no usable answer ({reasons}). Drafts would be taken from "
            "the chart; choose another model in COUNTERSIGN_MODEL."
        )
    first, reply = works[0]
    endpoint.begin_with(first.name)
    endpoint.pace = measured(reply.tokens_in, reply.tokens_out, reply.first_s, reply.seconds)
    listed = ", ".join(f"{NAMES[name]} {said}" for name, said in told.items())
    return f"{endpoint.identity}: {listed}"


def _advice(failed: EndpointFailed) -> str:
    """What to do about a failure that has nothing to do with how it is asked; "" for another."""
    if not failed.may_pass:
        return "Correct that setting and look again."
    return {
        NOT_REACHED: "Is it started, and is COUNTERSIGN_MODEL_BASE_URL its address from here?",
        NO_ANSWER: "It may still be loading the model; if it is that slow, raise "
        "COUNTERSIGN_MODEL_TIMEOUT_S.",
    }.get(failed.said, "")


def _tried(way: Way, life: Life, works: list[tuple[Way, Reply]]) -> str:
    """Whether it answers, in words; one that does is added to those that work. Raises
    EndpointFailed."""
    try:
        reply = run(lambda: ask_once(way.ask, QUESTION, life))
        read_answer(reply.answer)
    except QuestionRefused as refused:
        return f"no: {refused}"
    except BadAnswer:
        return "no: it does not answer in that form"
    works.append((way, reply))
    return f"yes ({reply.seconds:.1f} s)"
