"""One model at one endpoint: how it can be asked, and one question put to it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable
from langchain_openai.chat_models.base import BaseChatOpenAI
from langsmith import tracing_context

from service.drafting.model.failures import EndpointFailed, QuestionRefused, failure
from service.drafting.model.schema import BadAnswer, SectionAnswer, words_of
from service.retrieval.ranking import estimated_tokens

ANSWER_TOKENS = 2_000  # a section of 24 statements with their quotes; beyond it is a runaway
LONGEST_ANSWER = 8 * ANSWER_TOKENS  # characters, for endpoints that heed no limit of tokens
TRIES = 3  # a busy endpoint is asked again within a draft; what lasts longer is for the breaker
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0  # a call holds a worker, which files too; a longer wish is for the breaker

Messages = Sequence[BaseMessage]


@dataclass(frozen=True)
class Way:
    """How structure is asked for: by JSON schema, by a tool, or in words alone."""

    name: str
    ask: Runnable[Any, Any]


@dataclass(frozen=True)
class Reply:
    """What came back. Tokens are the endpoint's own count, or `estimated` from the characters."""

    answer: Any
    tokens_in: int
    tokens_out: int
    estimated: bool
    seconds: float


@dataclass
class Endpoint:
    """A model, the ways to ask it, best first, and the one that it understands so far."""

    name: str
    ways: tuple[Way, ...]
    address: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    _at: int = 0

    @property
    def way(self) -> Way:
        return self.ways[self._at]

    @property
    def identity(self) -> str:
        """What its failures are counted under: the same model elsewhere may be well."""
        return f"{self.name} at {self.address}" if self.address else self.name

    @property
    def signature(self) -> str:
        """What its answers depend on beside the question."""
        return f"{self.identity} {sorted(self.parameters.items())}"

    async def ask(self, messages: Messages) -> Reply:
        """One answer. A way that it refuses is given up for the next one, for good once that
        one has answered: who refuses every way refuses the question.

        Raises EndpointFailed, QuestionRefused when it refuses every way, BadAnswer for an
        answer without end.
        """
        for at in range(self._at, len(self.ways)):
            try:
                reply = await _patiently(self.ways[at].ask, messages)
            except QuestionRefused:
                if at + 1 == len(self.ways):
                    raise
            else:
                self._at = max(self._at, at)  # another call may have learnt more meanwhile
                return reply
        raise AssertionError("unreachable")


def ways_of(chat: BaseChatModel) -> tuple[Way, ...]:
    """Guided decoding first: with it small local models give whole JSON. Tools are what every
    provider of langchain has; plain words are what every model has."""
    tools = Way("tools", chat.bind_tools([SectionAnswer], tool_choice=SectionAnswer.__name__))
    if not isinstance(chat, BaseChatOpenAI):
        return tools, Way("plain", chat)
    chat.stream_usage = True  # not the default where the address is not OpenAI's own
    schema = Way("schema", chat.bind(extra_body={"response_format": response_format()}))
    return schema, tools, Way("plain", chat.bind(stream_usage=False))


def response_format() -> dict[str, Any]:
    """What OpenAI's interface calls structured output; vLLM, Ollama and llama.cpp know it."""
    schema = SectionAnswer.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": "section", "schema": schema}}


def one_way(name: str, ask: Runnable[Any, Any]) -> Endpoint:
    """An endpoint of any Runnable that takes messages."""
    return Endpoint(name, (Way("plain", ask),))


async def _patiently(ask: Runnable[Any, Any], messages: Messages) -> Reply:
    """Asked again while the endpoint is busy, after as long as it wishes, if that is soon."""
    for number in range(1, TRIES + 1):
        try:
            return await ask_once(ask, messages)
        except EndpointFailed as failed:
            wished = failed.retry_after_s
            pause = FIRST_PAUSE_S * 2 ** (number - 1) if wished is None else wished
            if number == TRIES or not failed.may_pass or pause > LONGEST_PAUSE_S:
                raise
            await asyncio.sleep(pause)
    raise AssertionError("unreachable")


async def ask_once(ask: Runnable[Any, Any], messages: Messages) -> Reply:
    """One try. Raises EndpointFailed, QuestionRefused, BadAnswer.

    langchain would post every question to LangSmith where LANGSMITH_TRACING happens to be set.
    """
    began = time.monotonic()
    try:
        with tracing_context(enabled=False):
            answer = await _streamed(ask, messages)
    except BadAnswer:
        raise
    except Exception as error:  # each provider's client has exceptions of its own
        raise failure(error) from None
    return _reply(answer, messages, time.monotonic() - began)


async def _streamed(ask: Runnable[Any, Any], messages: Messages) -> Any:
    """The whole answer, read piece by piece, so that it can be stopped and is never endless."""
    held: list[Any] = []
    read = 0
    stream = cast(AsyncGenerator[Any, None], ask.astream(list(messages)))
    async with aclosing(stream) as pieces:
        async for piece in pieces:
            read += len(words_of(piece)) if isinstance(piece, BaseMessage) else 0
            if read > LONGEST_ANSWER:
                raise BadAnswer("the answer has no end")
            held.append(piece)
    return _joined(held)


def _joined(pieces: list[Any]) -> Any:
    """The pieces as one; all at once, as each sum of two copies what came before."""
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    first, *rest = pieces
    return first + rest if isinstance(first, AIMessageChunk) else reduce(add, rest, first)


def _reply(answer: Any, messages: Messages, seconds: float) -> Reply:
    usage = answer.usage_metadata if isinstance(answer, AIMessage) else None
    if usage:
        return Reply(answer, usage["input_tokens"], usage["output_tokens"], False, seconds)
    said = words_of(answer) if isinstance(answer, BaseMessage) else str(answer)
    return Reply(answer, tokens_of(messages), estimated_tokens(said), True, seconds)


def tokens_of(messages: Messages) -> int:
    """About what a question costs."""
    return sum(estimated_tokens(str(message.content)) for message in messages)
