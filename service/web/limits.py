"""How much a request may carry, counted while it arrives."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000  # bytes; a form or an act is a few hundred
MAX_BUNDLE = 50_000_000  # bytes; a whole Synthea patient is up to 30 MB
BUNDLES = "/api/v1/bundles"


class BodyLimit:
    """ASGI middleware: whoever reads a body that is too large gets 413 instead.

    An HTTPException, because FastAPI turns any other error of reading into a 400.
    """

    def __init__(
        self, app: ASGIApp, max_body: int = MAX_BODY, max_bundle: int = MAX_BUNDLE
    ) -> None:
        self.app = app
        self.max_body, self.max_bundle = max_body, max_bundle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.max_bundle if scope["path"] == BUNDLES else self.max_body
        declared, taken = _declared(scope), 0

        async def counted() -> Message:
            nonlocal taken
            if declared > limit:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdigit() else 0
