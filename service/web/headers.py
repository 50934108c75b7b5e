"""What every answer carries: a strict policy for the browser, an id, one line in the log."""

import re
import time
from collections.abc import Sequence
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.metrics import REQUESTS, SECONDS

OUR_ID = re.compile(r"[0-9a-f]{32}")  # as database.new_id makes them; anything else was typed
HSTS = "max-age=31536000; includeSubDomains"
log = structlog.get_logger(__name__)


def content_policy(frame_ancestors: Sequence[str] = ()) -> str:
    """The Content-Security-Policy: our own files only; framed by nobody who is not named."""
    framed = " ".join(frame_ancestors) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {framed}"
    )


class Headers:
    """ASGI middleware: security headers, a request id, and an access log without queries."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # No name of ours has a NUL, and PostgreSQL takes it for none.
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await PlainTextResponse("There is a NUL in this address.", 400)(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        began, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                self._add(headers, scope, request_id)
                _renew_ticket(headers, scope["state"].get("set_cookie"))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            finally:
                _note(scope, status, time.perf_counter() - began)

    def _add(self, headers: MutableHeaders, scope: Scope, request_id: str) -> None:
        headers["X-Request-Id"] = request_id
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("Content-Security-Policy", self.policy)
        # By the address that browsers use: here a proxy may have ended https.
        public_url = scope["app"].state.runtime.settings.public_url or ""
        if public_url.startswith("https://"):
            headers["Strict-Transport-Security"] = HSTS
        if not scope["path"].startswith("/static/"):  # everything else may hold a chart
            headers["Cache-Control"] = "no-store"


def _renew_ticket(headers: MutableHeaders, cookie: str | None) -> None:
    """The new ticket of a session, unless the answer itself begins or ends one."""
    if cookie is None:
        return
    name = cookie.partition("=")[0] + "="
    if not any(each.startswith(name) for each in headers.getlist("set-cookie")):
        headers.append("set-cookie", cookie)


def _note(scope: Scope, status: int, seconds: float) -> None:
    """By route pattern, not by path: a path names a patient."""
    route = getattr(scope.get("route"), "path", "(none)")
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    log.info(
        "request.answered",
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        **_ids(scope),
    )


def _ids(scope: Scope) -> dict[str, str]:
    """The ids of ours in the path; a patient's id is not ours."""
    named = str(scope.get("path_params", {}).get("summary_id", ""))
    return {"summary_id": named} if OUR_ID.fullmatch(named) else {}
