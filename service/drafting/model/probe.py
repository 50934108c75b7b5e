"""What an endpoint can do: one tiny structured question in each way that it may be asked."""

from langchain_core.messages import HumanMessage, SystemMessage

from service.drafting.model.endpoint import Endpoint, Way, ask_once
from service.drafting.model.failures import EndpointFailed, QuestionRefused
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
    HumanMessage('[EAAAAAA] The test was run.\n\nSay in one statement what was run, and cite it.'),
)  # fmt: skip


def probe(endpoint: Endpoint) -> str:
    """A sentence on what works and how fast. Raises Unavailable when nothing does."""
    told = {way.name: _tried(way) for way in endpoint.ways}
    if not any(said.startswith("yes") for said in told.values()):
        reasons = "; ".join(dict.fromkeys(told.values()))
        raise Unavailable(
            f"{endpoint.identity} gave no usable answer ({reasons}). Look at COUNTERSIGN_MODEL, "
            "COUNTERSIGN_MODEL_BASE_URL and COUNTERSIGN_MODEL_API_KEY."
        )
    listed = ", ".join(f"{NAMES[name]} {said}" for name, said in told.items())
    return f"{endpoint.identity}: {listed}"


def _tried(way: Way) -> str:
    try:
        reply = run(lambda: ask_once(way.ask, QUESTION))
        read_answer(reply.answer)
    except (EndpointFailed, QuestionRefused) as failed:
        return f"no: {failed}"
    except BadAnswer:
        return "no: it does not answer in that form"
    return f"yes ({reply.seconds:.1f} s)"
