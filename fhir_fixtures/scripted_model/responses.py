"""An Answer as the OpenAI wire has it: one object, or a stream of chunks that ends in [DONE]."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

from fhir_fixtures.scripted_model.wording import Answer

PIECE = 400  # characters a chunk: some thousand chunks for the longest answer
Json = dict[str, Any]


class CutOff(Exception):
    """Raised inside a stream: the server drops the connection, as a crashed one does."""


def completion(answer: Answer, model: str, prompt_characters: int) -> Json:
    message: Json = {"role": "assistant", "content": answer.content or None}
    if answer.tool:
        message |= {"content": None, "tool_calls": [_call(answer.tool, answer.content)]}
    if answer.refusal:
        message |= {"content": None, "refusal": answer.refusal}
    choice = {"index": 0, "message": message, "finish_reason": _finish(answer)}
    usage = {"usage": _usage(answer, prompt_characters)}
    return _head("chat.completion", model) | {"choices": [choice]} | usage


def chunks(answer: Answer, model: str, prompt_characters: int, *, usage: bool) -> Iterator[str]:
    """Server-sent events. Raises CutOff before the end of a broken answer."""
    head = _head("chat.completion.chunk", model)
    for delta in _deltas(answer):
        yield _event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    if answer.broken:
        raise CutOff
    last = {"index": 0, "delta": {}, "finish_reason": _finish(answer)}
    yield _event(head | {"choices": [last]})
    if usage:
        yield _event(head | {"choices": [], "usage": _usage(answer, prompt_characters)})
    yield "data: [DONE]\n\n"


async def half(body: str) -> AsyncIterator[str]:
    """The first half of a body that was promised whole."""
    yield body[: len(body) // 2]
    raise CutOff


def problem(message: str, kind: str) -> Json:
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _deltas(answer: Answer) -> Iterator[Json]:
    yield {"role": "assistant", "content": ""}
    if answer.refusal:
        yield {"refusal": answer.refusal}
    pieces = [answer.content[at : at + PIECE] for at in range(0, len(answer.content), PIECE)]
    for number, piece in enumerate(pieces):
        if not answer.tool:
            yield {"content": piece}
            continue
        call = {"function": {"arguments": piece}} if number else _call(answer.tool, piece)
        yield {"tool_calls": [{"index": 0, **call}]}


def _call(name: str, arguments: str) -> Json:
    called = {"name": name, "arguments": arguments}
    return {"id": f"call_{uuid4().hex[:12]}", "type": "function", "function": called}


def _finish(answer: Answer) -> str:
    return "tool_calls" if answer.tool and answer.finish == "stop" else answer.finish


def _usage(answer: Answer, prompt_characters: int) -> Json:
    """Tokens by the rule of thumb of four characters."""
    asked, said = prompt_characters // 4, len(answer.content) // 4
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _head(kind: str, model: str) -> Json:
    return {
        "id": f"chatcmpl-{uuid4().hex[:12]}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
    }


def _event(value: Json) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
