"""A model that answers what a test says, and the writer that asks it."""

import inspect
import re

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from service.drafting.citing import misquotes
from service.drafting.model.endpoint import one_way
from service.drafting.model.ledger import NoLedger
from service.drafting.model.limits import Limits
from service.drafting.model.writer import ModelWriter
from service.summary.document import Document
from tests.service.drafting.builders import a_note, a_request, an_evidence

SAID = "Sleep improved to 7 hours."
NOTE = a_note(f"INTERVAL HISTORY\n{SAID} No nightmares.\nRISK ASSESSMENT\nDenies SI.\n")


def ids_in(messages):
    """The ids of the evidence that a question shows, in order."""
    return re.findall(r"^\[(E[A-Z2-7]{6})\]", human(messages), re.MULTILINE)


def human(messages):
    return messages[-1].content


def an_answer(text=SAID, evidence_id=None, quote=SAID, cites=True):
    """An answer, or one that cites the first evidence of whatever is asked."""

    def answer(messages):
        shown = ids_in(messages)
        cited = evidence_id or (shown[0] if shown else "E1")
        citations = [{"evidence_id": cited, "quote": quote}] if cites else []
        return {"statements": [{"text": text, "citations": citations}]}

    return answer


class Conversation:
    """What was asked; `answer` is a value, an exception, or what makes one of the messages."""

    def __init__(self, answer, *, limits=None, ledger=None, masks=True):
        self.answer, self.asked = answer, []
        self.writer = ModelWriter(
            one_way("scripted", RunnableLambda(self._reply)),
            limits or Limits(),
            ledger or NoLedger(),
            masks,
        )

    async def _reply(self, messages):
        self.asked.append(messages)
        said = self.answer(messages) if callable(self.answer) else self.answer
        said = await said if inspect.isawaitable(said) else said
        if isinstance(said, Exception):
            raise said
        return AIMessage(said) if isinstance(said, str) else said

    def write(self, request):
        drafted = self.writer.write(request)
        held = {r.id: r for r in request.records}
        assert misquotes(Document("t", (), drafted.sections), held) == []
        return drafted


def an_interval_request(records=(NOTE,), evidence=None, key="interval-history"):
    """A psychiatric progress summary of which one section has evidence."""
    held = evidence or [an_evidence(NOTE, SAID)]
    return a_request("psychiatric-progress", list(records), {key: held})
