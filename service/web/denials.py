"""What was refused about patients, and tokens that are not known: written into the audit."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import audit
from service.errors import CountersignError
from service.fhir.references import is_ref
from service.web.runtime import runtime_of

log = structlog.get_logger(__name__)

REFUSED = (401, 403, 404)
ABOUT_PATIENTS = ("patient_id", "summary_id", "record_id", "sample_id")
MOST, PER_S = 30, 60.0  # rows of one caller: the audit must not be filled by who is refused
MAX_CALLERS = 10_000


@dataclass
class _Told:
    """How many rows one caller has had since, and how many more there would have been."""

    since: float
    rows: int = 0
    unwritten: int = 0


class Refusals:
    """How many were written of each caller: at most `MOST` a minute, the rest as a number in the
    next."""

    def __init__(self) -> None:
        self._callers: OrderedDict[str, _Told] = OrderedDict()

    def unwritten(self, caller: str) -> int | None:
        """How many of this caller's were passed over since the last row; None to pass over one."""
        told = self._callers.setdefault(caller, _Told(time.monotonic()))
        self._callers.move_to_end(caller)
        if len(self._callers) > MAX_CALLERS:
            self._callers.popitem(last=False)
        if time.monotonic() - told.since > PER_S:
            told.since, told.rows = time.monotonic(), 0
        if told.rows >= MOST:
            told.unwritten += 1
            return None
        told.rows, passed, told.unwritten = told.rows + 1, told.unwritten, 0
        return passed


def unwritten_of(request: Request, who: str) -> int | None:
    """As `Refusals.unwritten`, of this person at this address."""
    refusals: Refusals = request.app.state.refusals
    return refusals.unwritten(f"{who}\n{address_of(request)}")


def address_of(request: Request) -> str:
    """As the server has it: of a proxy that it trusts (FORWARDED_ALLOW_IPS), who is behind it."""
    return request.client.host if request.client else ""


class Denials:
    """ASGI middleware: a refusal on a route that names a patient, a summary or a record, or of a
    patient whom a body names, and a wrong token anywhere, is an act in the audit: who, which route,
    which status."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, seen)
        if scope["type"] == "http" and (status in REFUSED or _is_wrong_token(Request(scope))):
            await self._note(Request(scope), status)

    async def _note(self, request: Request, status: int) -> None:
        is_token = _is_wrong_token(request)
        named = [name for name in ABOUT_PATIENTS if name in request.path_params]
        if not is_token and not named and not _refused(request):
            return
        who = getattr(request.state, "person_id", "") or "nobody"
        unwritten = unwritten_of(request, who)
        if unwritten is not None:
            action = "token.refused" if is_token else "access.denied"
            await run_in_threadpool(self._write, request, action, who, status, unwritten)

    def _write(self, request: Request, action: str, who: str, status: int, unwritten: int) -> None:
        route = getattr(request.scope.get("route"), "path", "")
        ref = _refused(request) or f"Patient/{request.path_params.get('patient_id', '')}"
        summary_id = str(request.path_params.get("summary_id", ""))
        more = {"unwritten": unwritten} if unwritten else {}
        try:
            with runtime_of(request).transaction() as session:
                audit.record(
                    session,
                    action,
                    actor=who,
                    patient_ref=ref if is_ref(ref) else None,
                    subject_id=summary_id if summary_id.isalnum() else None,
                    status=status,
                    method=request.method,
                    route=route,
                    **dict[str, Any](more),
                )
        except (SQLAlchemyError, CountersignError) as error:  # it was answered; say it in the log
            log.error("denial.unwritten", error=type(error).__name__)


def _is_wrong_token(request: Request) -> bool:
    """Whether it was refused for its token, also where nobody looked it up (429)."""
    return getattr(request.state, "token_refused", False)


def _refused(request: Request) -> str:
    """The patient whose chart the one guard has just kept shut."""
    return getattr(request.state, "refused_patient", "")
