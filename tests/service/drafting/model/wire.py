"""An OpenAI-compatible endpoint at the wire: an httpx transport under langchain's own client."""

import json

import httpx
from langchain_openai import ChatOpenAI

from service.drafting.model.endpoint import Endpoint, ways_of
from service.drafting.writers import PARAMETERS


class Wire:
    """Answers each request with what `answer(payload)` gives: words, or a whole response."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    @property
    def endpoint(self):
        chat = ChatOpenAI(
            model="m",
            base_url="http://model.test/v1",
            api_key="k",
            max_retries=0,
            timeout=5.0,
            http_async_client=httpx.AsyncClient(transport=httpx.MockTransport(self._serve)),
            **PARAMETERS,
        )
        return Endpoint("openai:m", ways_of(chat), "http://model.test/v1")

    def _serve(self, request):
        payload = json.loads(request.content)
        self.asked.append(payload)
        said = self.answer(payload)
        return said if isinstance(said, httpx.Response) else streamed(said, payload)

    def way(self, number):
        """How the request of this number asked for structure."""
        asked = self.asked[number]
        return "tools" if "tools" in asked else "schema" if "response_format" in asked else "plain"


def streamed(words, payload):
    """Server-sent pieces, in the tool's arguments when a tool is asked for."""
    pieces = [words[at : at + 20] for at in range(0, len(words), 20)]
    chunks = [_chunk(_delta(piece, n, payload)) for n, piece in enumerate(pieces)]
    chunks.append(_chunk({}, finish="stop"))
    if payload.get("stream_options", {}).get("include_usage"):
        usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
        chunks.append(_chunk(None) | {"choices": [], "usage": usage})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return httpx.Response(200, text=body, headers={"content-type": "text/event-stream"})


def refused(status, **headers):
    return httpx.Response(status, json={"error": {"message": "secret words"}}, headers=headers)


def _delta(piece, number, payload):
    if "tools" not in payload:
        return {"role": "assistant", "content": piece}
    named = {"name": "SectionAnswer"} if number == 0 else {}
    call = {"index": 0, "type": "function", "function": {**named, "arguments": piece}}
    return {"role": "assistant", "tool_calls": [call | ({"id": "c1"} if number == 0 else {})]}


def _chunk(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }
