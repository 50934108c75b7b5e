"""What an endpoint can do: one tiny structured question in each way that it may be asked."""

from langchain_core.messages import HumanMessage, SystemMessage

from service.drafting.model.endpoint import Endpoint, Way, ask_once
from service.drafting.model.failures import (
    NO_ANSWER,
    NOT_REACHED,
    EndpointFailed,
    QuestionRefused,
)
from service.drafting.model.schema import BadAnswer, read_answer
from service.drafting.model.side_by_side import run
from service.errors import Unavailable

NAMES = {"schema": "JSON schema", "tools": "tools", "plain": "plain words"}
# Nothing of any patient: the check runs whenever somebody asks for it.
QUESTION = (
    SystemMessage(
        'Answer with one JSON object and nothing else: {"statements": [{"text": "...", '
        '"citations": [{"evidence_id": "...", "quote": "..."}]}]}'
    ),
    HumanMessage("[EAAAAAA] The test was run.\n\nSay in one statement what was run, and cite it."),
)


def probe(endpoint: Endpoint) -> str:
    """A sentence on what works and how fast. Raises Unavailable when nothing does, with what to
    look at."""
    told: dict[str, str] = {}
    for way in endpoint.ways:
        try:
            told[way.name] = _tried(way)
        except EndpointFailed as failed:
            if advice := _advice(failed):  # every other way would only wait for the same
                raise Unavailable(f"{endpoint.identity}: {failed}. {advice}") from None
            told[way.name] = f"no: {failed}"
    if not any(said.startswith("yes") for said in told.values()):
        reasons = "; ".join(dict.fromkeys(told.values()))
        raise Unavailable(
            f"{endpoint.identity} gave no usable answer ({reasons}). Drafts would be taken from "
            "the chart; choose another model in COUNTERSIGN_MODEL."
        )
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


def _tried(way: Way) -> str:
    """Raises EndpointFailed."""
    try:
        reply = run(lambda: ask_once(way.ask, QUESTION))
        read_answer(reply.answer)
    except QuestionRefused as refused:
        return f"no: {refused}"
    except BadAnswer:
        return "no: it does not answer in that form"
    return f"yes ({reply.seconds:.1f} s)"
