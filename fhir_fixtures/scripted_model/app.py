"""The endpoint as one ASGI application: /v1/models and /v1/chat/completions."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fhir_fixtures.scripted_model import responses
from fhir_fixtures.scripted_model.behaviour import (
    FAITHFUL,
    KINDS,
    NAME,
    Behaviour,
    NoSuchModel,
    behaviour,
)
from fhir_fixtures.scripted_model.judging import read_pair
from fhir_fixtures.scripted_model.model import Asked, ScriptedModel, as_json
from fhir_fixtures.scripted_model.request import ChatRequest
from fhir_fixtures.scripted_model.wording import Answer, filled, worded

RETRY_AFTER_S = 1
DRIP_S = 0.2  # between two characters: an answer of 1,000 takes more than three minutes
DRIPPED = 1
SLOW_S = 0.4  # long enough for a test to act between two sections


def create_app(model: ScriptedModel) -> Starlette:
    app = Starlette(
        routes=[
            Route("/v1/models", _models),
            Route("/v1/chat/completions", _complete, methods=["POST"]),
            Route("/_scripted/asked", _asked),
        ]
    )
    app.state.model = model
    return app


async def _models(_: Request) -> Response:
    names = [NAME, *(f"{NAME}:{kind}" for kind in KINDS if kind != FAITHFUL)]
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": NAME} for name in names]
    return JSONResponse({"object": "list", "data": listed})


async def _asked(request: Request) -> Response:
    """What was asked so far, for tests of who asks twice; of the chart only a digest."""
    asked: list[Asked] = request.app.state.model.asked
    told = [{"model": a.model, "section": a.section, "digest": a.digest} for a in asked]
    return JSONResponse(told)


async def _complete(request: Request) -> Response:
    try:
        asked = ChatRequest.model_validate_json(await request.body())
        kind = behaviour(asked.model)
    except (ValidationError, NoSuchModel) as error:
        status = 404 if isinstance(error, NoSuchModel) else 400
        return _problem(status, "This is no chat completion." if status == 400 else str(error))
    model: ScriptedModel = request.app.state.model
    due = kind.is_fault and model.is_due(asked.model, kind)
    name = kind.kind if due else ""
    if refused := await _refused(name, asked, request):
        return refused
    answer = worded(name, _section(model, asked, kind), asked.tool)
    return _sent(answer, asked, slowly=name == "drip")


async def _refused(kind: str, asked: ChatRequest, request: Request) -> Response | None:
    """What this behaviour answers in place of an answer."""
    if kind == "busy":
        busy = _problem(429, "Rate limit reached.")
        busy.headers["Retry-After"] = str(RETRY_AFTER_S)
        return busy
    if kind == "failing" or (kind == "broken-schema" and asked.response_format):
        return _problem(500, "The model crashed.")
    if kind == "locked":
        return _problem(401, "Incorrect API key provided.")
    if kind == "no-tools" and asked.tools:
        return _problem(400, "tools are not supported by this model.")
    if kind == "no-json-mode" and asked.wants_structure:
        return _problem(400, "tools and response_format are not supported by this model.")
    if kind == "slow":
        await asyncio.sleep(SLOW_S)
    if kind == "hang":
        while not await request.is_disconnected():
            await asyncio.sleep(0.05)
        return Response(status_code=499)
    return None


def _section(model: ScriptedModel, asked: ChatRequest, kind: Behaviour) -> dict[str, object]:
    if pair := read_pair(asked.words):
        return model.verdict(asked.model, kind, pair)
    schema = asked.schema_of_answer
    if schema and "statements" not in schema.get("properties", {}):
        return dict(filled(schema))
    return model.section(asked.model, kind, asked.words)


def _sent(answer: Answer, asked: ChatRequest, *, slowly: bool) -> Response:
    size = sum(len(as_json(message)) for message in asked.messages)
    if asked.stream:
        usage = bool((asked.stream_options or {}).get("include_usage"))
        events = responses.chunks(answer, asked.model, size, usage=usage)
        return StreamingResponse(
            _drip(events) if slowly else events, media_type="text/event-stream"
        )
    body = orjson.dumps(responses.completion(answer, asked.model, size)).decode()
    if answer.broken:
        return StreamingResponse(responses.half(body), media_type="application/json")
    if slowly:
        return StreamingResponse(_drip(body), media_type="application/json")
    return Response(body, media_type="application/json")


async def _drip(pieces: Iterable[str]) -> AsyncIterator[str]:
    for piece in pieces:
        for at in range(0, len(piece), DRIPPED):
            yield piece[at : at + DRIPPED]
            await asyncio.sleep(DRIP_S)


def _problem(status: int, message: str) -> Response:
    kinds = {
        401: "authentication_error",
        404: "not_found_error",
        429: "rate_limit_error",
        500: "server_error",
    }
    kind = kinds.get(status, "invalid_request_error")
    return JSONResponse(responses.problem(message, kind), status)
