"""Misbehaviour on request: the ways in which real EHRs fail, for tests of those who call them.

`PUT /_sandbox/faults` takes a JSON list and replaces what was there; `GET` shows what is left.

    {"match": {"method": "POST", "path_prefix": "/DocumentReference"}, "times": 1, "action": A}

A is one of: `status CODE [retry-after SECONDS]`, `hang` (never answers, does nothing),
`drop-after-processing` (does the work, then closes without a word: the lost answer),
`slow [SECONDS]`, `lie-total` (a searchset's total is wrong), `html-error` (a proxy's page).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import orjson
from pydantic import BaseModel, Field, TypeAdapter
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fhir_fixtures.sandbox.outcomes import operation_outcome
from fhir_fixtures.sandbox.responses import FHIR_JSON

HANG_UP = "sandbox.hang_up"
ADMIN_PATH = "/_sandbox/faults"
_ACTION = (
    r"status \d{3}( retry-after \d+)?|slow( \d+(\.\d+)?)?"
    r"|hang|drop-after-processing|lie-total|html-error"
)


class Match(BaseModel, extra="forbid"):
    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    path_prefix: str = "/"


class Fault(BaseModel, extra="forbid"):
    match: Match = Field(default_factory=Match)
    times: int = Field(default=1, ge=0)
    action: str = Field(pattern=f"^({_ACTION})$")

    def is_due(self, method: str, path: str) -> bool:
        fits_method = self.match.method in (None, method)
        return self.times > 0 and fits_method and path.startswith(self.match.path_prefix)


@dataclass(frozen=True)
class Call:
    """One request on its way in, and the words of the action after its name."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    words: list[str]

    async def answer(self, response: Response) -> None:
        await response(self.scope, self.receive, self.send)


FAULTS = TypeAdapter(list[Fault])


class OfferHangUp:
    """ASGI middleware for uvicorn, round the whole app: puts the way to hang up into the scope.

    ASGI has no such message; uvicorn's own `send` belongs to an object that holds the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[HANG_UP] = transport.close
        await self._app(scope, receive, send)


class Misbehave:
    """ASGI middleware: the first fault that is due is acted out and counted down."""

    def __init__(self, app: ASGIApp, faults: list[Fault]) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._due(scope) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        fault.times -= 1
        name, *words = fault.action.split()
        await _ACTIONS[name](Call(self._app, scope, receive, send, words))

    def _due(self, scope: Scope) -> Fault | None:
        method, path = scope["method"], scope["path"]
        if path == ADMIN_PATH:
            return None
        return next((fault for fault in self._faults if fault.is_due(method, path)), None)


async def _answer_status(call: Call) -> None:
    code, *retry_after = call.words
    headers = {"Retry-After": retry_after[-1]} if retry_after else None
    outcome = operation_outcome("error", "transient", ["This failure was asked for."])
    await call.answer(Response(orjson.dumps(outcome), int(code), headers, FHIR_JSON))


async def _hang(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


async def _drop_after_processing(call: Call) -> None:
    async def swallow(_: Message) -> None:
        return None

    await call.app(call.scope, call.receive, swallow)
    hang_up = call.scope.get(HANG_UP)
    if hang_up is not None:
        hang_up()
    # Without one (in process, or another server) the caller waits until it gives up.
    await _hang(call)


async def _slow(call: Call) -> None:
    await asyncio.sleep(float(call.words[0]) if call.words else 1.0)
    await call.app(call.scope, call.receive, call.send)


async def _lie_total(call: Call) -> None:
    async def lie(message: Message) -> None:
        if message["type"] == "http.response.start":
            # The length changes with the lie; without it the server sends chunks.
            kept = [(k, v) for k, v in message["headers"] if k.lower() != b"content-length"]
            message = {**message, "headers": kept}
        elif b'"searchset"' in message.get("body", b""):
            bundle = orjson.loads(message["body"])
            message = {**message, "body": orjson.dumps(bundle | {"total": bundle["total"] + 7})}
        await call.send(message)

    await call.app(call.scope, call.receive, lie)


async def _html_error(call: Call) -> None:
    page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    await call.answer(HTMLResponse(page, 502))


_ACTIONS: dict[str, Callable[[Call], Awaitable[None]]] = {
    "status": _answer_status,
    "hang": _hang,
    "drop-after-processing": _drop_after_processing,
    "slow": _slow,
    "lie-total": _lie_total,
    "html-error": _html_error,
}
