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
from service.drafting.model.life import Life
from service.drafting.model.pace import Pace
from service.drafting.model.schema import BadAnswer, SectionAnswer, words_of
from service.retrieval.ranking import estimated_tokens

ANSWER_TOKENS = 2_000  # a section of 24 statements with their quotes; beyond it is a runaway
LONGEST_ANSWER = 8 * ANSWER_TOKENS  # characters, for endpoints that heed no limit of tokens
TRIES = 3  # a busy endpoint is asked again within a draft; what lasts longer is for the breaker
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0  # a call holds a worker, which files too; a longer wish is for the breaker
BREAKS = 2  # in a row: a way that breaks down once may have met a bad moment

Messages = Sequence[BaseMessage]


@dataclass(frozen=True)
class Way:
    """How structure is asked for: by JSON schema, by a tool, or in words alone."""

    name: str
    ask: Runnable[Any, Any]


@dataclass(frozen=True)
class Reply:
    """What came back. Tokens are the endpoint's own count, or `estimated` from the characters;
    `first_s` is how long its first words took."""

    answer: Any
    tokens_in: int
    tokens_out: int
    estimated: bool
    seconds: float
    first_s: float = 0.0


@dataclass
class Endpoint:
    """A model, the ways to ask it, best first, and the one that it understands so far."""

    name: str
    ways: tuple[Way, ...]
    address: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    life: Life = field(default_factory=Life)
    pace: Pace | None = None
    _at: int = 0
    _broke: int = 0

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

    def begin_with(self, name: str) -> None:
        """The way that another process found to work; one that is no longer known is passed by."""
        self._at = next((n for n, way in enumerate(self.ways) if way.name == name), self._at)

    async def ask(self, messages: Messages) -> Reply:
        """One answer. A way that it refuses is given up for the next one, for good once that
        one has answered: who refuses every way refuses the question. A way over which it breaks
        down is too, once it has done so twice in a row: who breaks down over every way is away,
        and is asked again a little later.

        Raises EndpointFailed, QuestionRefused when it refuses every way, BadAnswer for an
        answer without end.
        """
        for number in range(1, TRIES + 1):
            try:
                return await self._in_any_way(messages, is_first=number == 1)
            except EndpointFailed as failed:
                wished = failed.retry_after_s
                pause = FIRST_PAUSE_S * 2 ** (number - 1) if wished is None else wished
                if number == TRIES or not failed.may_pass or pause > LONGEST_PAUSE_S:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _in_any_way(self, messages: Messages, *, is_first: bool) -> Reply:
        """In its way, then in each other that it has not refused; the first time also where it
        breaks down over one."""
        began, met = self._at, list[EndpointFailed | QuestionRefused]()
        for at in range(began, len(self.ways)):
            try:
                reply = await ask_once(self.ways[at].ask, messages, self.life)
            except QuestionRefused as refused:
                met.append(refused)
            except EndpointFailed as failed:
                if not (failed.may_be_way and is_first):
                    raise
                met.append(failed)
            else:
                self._learn(began, at, met)
                return reply
        raise next((each for each in met if isinstance(each, QuestionRefused)), met[0])

    def _learn(self, began: int, at: int, met: Sequence[Exception]) -> None:
        """Another call may have learnt more meanwhile: nothing is unlearnt."""
        broke = any(isinstance(each, EndpointFailed) for each in met)
        self._broke = self._broke + 1 if broke else 0
        if began != self._at or (broke and self._broke < BREAKS):
            return
        self._at, self._broke = at, 0


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


async def ask_once(ask: Runnable[Any, Any], messages: Messages, life: Life) -> Reply:
    """One try. Raises EndpointFailed, QuestionRefused, BadAnswer.

    langchain would post every question to LangSmith where LANGSMITH_TRACING happens to be set.
    """
    began = time.monotonic()
    try:
        with tracing_context(enabled=False):
            answer, first_at = await _streamed(ask, messages, life)
    except BadAnswer:
        raise
    except Exception as error:  # each provider's client has exceptions of its own
        raise failure(error) from None
    return _reply(answer, messages, time.monotonic() - began, first_at - began)


async def _streamed(ask: Runnable[Any, Any], messages: Messages, life: Life) -> tuple[Any, float]:
    """The whole answer, read piece by piece, so that it can be stopped and is never endless; and
    when its first words came."""
    held: list[Any] = []
    read, first_at = 0, 0.0
    stream = cast(AsyncGenerator[Any, None], ask.astream(list(messages)))
    async with life.awaited(), aclosing(stream) as pieces:
        async for piece in pieces:
            life.sign()
            said = len(words_of(piece)) if isinstance(piece, BaseMessage) else 1
            first_at = first_at or (time.monotonic() if said else 0.0)
            read += said
            if read > LONGEST_ANSWER:
                raise BadAnswer("the answer has no end")
            held.append(piece)
    return _joined(held), first_at or time.monotonic()


def _joined(pieces: list[Any]) -> Any:
    """The pieces as one; all at once, as each sum of two copies what came before."""
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    first, *rest = pieces
    return first + rest if isinstance(first, AIMessageChunk) else reduce(add, rest, first)


def _reply(answer: Any, messages: Messages, seconds: float, first_s: float) -> Reply:
    usage = answer.usage_metadata if isinstance(answer, AIMessage) else None
    if usage:
        counted = usage["input_tokens"], usage["output_tokens"]
        return Reply(answer, *counted, False, seconds, first_s)
    said = words_of(answer) if isinstance(answer, BaseMessage) else str(answer)
    counted = tokens_of(messages), estimated_tokens(said)
    return Reply(answer, *counted, True, seconds, first_s)


def tokens_of(messages: Messages) -> int:
    """About what a question costs."""
    return sum(estimated_tokens(str(message.content)) for message in messages)
