"""Every error as an RFC 9457 problem document, or as a page where a person looks at one."""

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import CountersignError
from service.web.errors import NotSignedIn, TooManyWrongTokens

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
FHIR_JSON = "application/fhir+json"
FHIR_CODES = {401: "login", 403: "forbidden", 404: "not-found", 413: "too-long", 503: "transient"}
RETRY_AFTER_S = 5
SAID = {
    404: "There is nothing at this address.",
    400: "What was sent cannot be understood. Check it and send again.",
    408: "What was sent did not arrive in time. Send it again.",
    413: "This is larger than is taken here. Send it in parts.",
    405: "This address does not take that method.",
    500: "Something failed here. It is in the log under this request's id.",
    503: "The database does not answer now. Try again in a few seconds.",
}


class Problem(BaseModel):
    """RFC 9457. `detail` says what to do; `errors` names wrong fields, never their values."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong and what to do, in one or two sentences.")
    can_retry: bool = Field(description="Whether the same request may succeed later.")
    request_id: str = Field(description="Find it in the log under this id.")
    errors: list[dict[str, str]] = Field(default_factory=list)


def answer_in_problems(app: FastAPI) -> None:
    """Hang the handlers on the application."""
    app.add_exception_handler(CountersignError, _refusal)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(OperationalError, _no_database)
    app.add_exception_handler(DataError, _not_kept)


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    can_retry: bool = False,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to an error: a page for a person's browser, else a problem document."""
    page = getattr(request.app.state, "error_page", None)
    if page is not None and _wants_page(request):
        shown: Response = page(request, status, detail)
        return shown
    if request.url.path.startswith("/fhir/"):
        return JSONResponse(_outcome(status, detail), status, headers, media_type=FHIR_JSON)
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        can_retry=can_retry,
        request_id=getattr(request.state, "request_id", ""),
        errors=list(errors),
    )
    return JSONResponse(body.model_dump(), status, headers, media_type=MEDIA_TYPE)


def _outcome(status: int, detail: str) -> dict[str, Any]:
    """What a FHIR server expects instead."""
    code = FHIR_CODES.get(status, "exception" if status >= 500 else "invalid")
    issue = {"severity": "error", "code": code, "details": {"text": detail}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(
        ("/api/", "/openapi.json", "/healthz", "/readyz", "/metrics")
    )


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, CountersignError)
    if isinstance(error, NotSignedIn) and request.method == "GET" and _wants_page(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}
    if error.can_retry:
        wait_s = error.retry_after_s if isinstance(error, TooManyWrongTokens) else RETRY_AFTER_S
        headers["Retry-After"] = str(math.ceil(wait_s))
    return problem(
        request, error.status_code, error.sentence, can_retry=error.can_retry, headers=headers
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = SAID.get(error.status_code, f"{HTTPStatus(error.status_code).phrase}.")
    headers = dict(error.headers or {})
    return problem(request, error.status_code, detail, headers=headers)


# A person typed no field of ours: the form or address by which they came is none of this version.
_UNFIT = "This address or form is none that the page gives. Open the page anew and go on there."


def _invalid(request: Request, error: Exception) -> Response:
    """Where and why, never what was sent: it may be chart text."""
    assert isinstance(error, RequestValidationError)
    errors = [_wrong_field(e) for e in error.errors()]
    if _wants_page(request):
        return problem(request, 422, _UNFIT)
    named = ", ".join(e["field"] for e in errors)
    return problem(request, 422, f"Correct and send again: {named}.", errors=errors)


def _wrong_field(error: dict[str, Any]) -> dict[str, str]:
    field = ".".join(map(str, error["loc"]))
    # A JSON decoder's message quotes nothing, but a custom validator's might: keep the known ones.
    own = error["type"] in ("value_error", "assertion_error")
    return {"field": field, "message": "This value is not allowed." if own else error["msg"]}


def _not_kept(request: Request, error: Exception) -> Response:
    """A NUL inside a field, or a number past what a column holds: the database says so before any
    rule of ours. Its words may hold what was sent, so they are not told."""
    log.warning("request.not_kept", error=type(error).__name__)
    return problem(request, 422, "A field holds a character or number that cannot be kept.")


def _no_database(request: Request, error: Exception) -> Response:
    log.error("database.silent", at=_place(error))
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(request, 503, SAID[503], can_retry=True, headers=headers)


class Failures:
    """ASGI middleware: an unforeseen error is answered and noted here, and goes no further.

    Further out, the server would log its message, which may quote the chart.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def noted(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            log.error("request.failed", error=type(error).__name__, at=_place(error))
            if not began:
                await problem(Request(scope), 500, SAID[500])(scope, receive, send)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
