"""How much a request may carry and how long it may take to arrive, before anything else is held."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.numbers import whole_number

MAX_BODY = 1_000_000  # bytes; a form or an act is a few hundred
MAX_BUNDLE = 50_000_000  # bytes; a whole Synthea patient is up to 30 MB
BUNDLES = "/api/v1/bundles"
PATIENCE_S = 20.0  # for a body, and a second more for each 64 kB that has come
BYTES_A_SECOND = 64 * 1024
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyLimit:
    """ASGI middleware: whoever reads a body that is too large gets 413 instead, and 408 one that
    drips. A body is read whole before the application is asked, which holds a connection to the
    database from its first question on; a Bundle goes to disk as it comes (see api/bundles.py).

    An HTTPException, because FastAPI turns any other error of reading into a 400.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_body: int = MAX_BODY,
        max_bundle: int = MAX_BUNDLE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.app = app
        self.max_body, self.max_bundle, self.patience_s = max_body, max_bundle, patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_bundle = scope["path"] == BUNDLES
        limit = self.max_bundle if is_bundle else self.max_body
        bounded = _bounded(receive, limit, _declared(scope), self.patience_s)
        if not is_bundle and scope["method"] not in BODILESS:
            bounded = await _read_ahead(bounded, receive)
        await self.app(scope, bounded, send)


def _bounded(receive: Receive, limit: int, declared: int, patience_s: float) -> Receive:
    taken, began, is_whole = 0, time.monotonic(), False

    async def counted() -> Message:
        nonlocal taken, is_whole
        if declared > limit:
            raise HTTPException(413)
        if is_whole:  # what comes now is only that the browser went away
            return await receive()
        left = began + patience_s + taken / BYTES_A_SECOND - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0))
        except TimeoutError:
            raise HTTPException(408) from None
        taken += len(message.get("body", b""))
        is_whole = not message.get("more_body")
        if taken > limit:
            raise HTTPException(413)
        return message

    return counted


async def _read_ahead(bounded: Receive, receive: Receive) -> Receive:
    """The whole body now; what went wrong is told to whoever asks for it."""
    told: list[Callable[[], Message]] = []
    while True:
        try:
            message = await bounded()
        except HTTPException as refusal:
            told.append(partial(_refuse, refusal))
            break
        told.append(partial(_same, message))
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    waiting = iter(told)

    async def again() -> Message:
        following = next(waiting, None)
        return following() if following else await receive()

    return again


def _same(message: Message) -> Message:
    return message


def _refuse(refusal: HTTPException) -> Message:
    raise refusal


def _declared(scope: Scope) -> int:
    return whole_number(Headers(scope=scope).get("content-length", "0")) or 0
