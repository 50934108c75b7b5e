"""The sandbox EHR as one ASGI application: routes, refusals as OperationOutcomes, the token."""

import secrets

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fhir_fixtures.sandbox import responses, routes
from fhir_fixtures.sandbox.faults import Fault, Misbehave
from fhir_fixtures.sandbox.outcomes import Refused, operation_outcome
from fhir_fixtures.sandbox.store import Store


def create_app(store: Store, *, token: str = "") -> FastAPI:
    """The server on this store; with a token, all but /metadata needs it as a bearer token."""
    app = FastAPI(
        title="Sandbox EHR",
        openapi_url=None,  # the CapabilityStatement at /metadata describes this server
        dependencies=[Depends(_check_token)],
        exception_handlers={
            Refused: _show_refusal,
            HTTPException: _show_http_error,
            Exception: _show_failure,
        },
    )
    app.state.store, app.state.token = store, token
    faults: list[Fault] = []
    app.state.faults = faults
    app.include_router(routes.router)
    app.add_middleware(Misbehave, faults=faults)
    return app


def _check_token(request: Request) -> None:
    token: str = request.app.state.token
    if not token or request.url.path == "/metadata":
        return
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Refused(401, "login", "Send this server's token as Authorization: Bearer.")


async def _show_refusal(_: Request, refused: Refused) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
    return responses.fhir(refused.outcome(), refused.status, headers)


async def _show_http_error(_: Request, error: HTTPException) -> Response:
    """What Starlette refuses by itself: no such route (404), no such method (405)."""
    outcome = operation_outcome("error", "not-supported", [f"{error.detail}; see /metadata."])
    return responses.fhir(outcome, error.status_code, dict(error.headers or {}))


async def _show_failure(_: Request, error: Exception) -> Response:
    """A defect of the sandbox; its words may hold chart text, so only its name goes out."""
    sentence = f"The sandbox failed ({type(error).__name__}); its stderr says where."
    return responses.fhir(operation_outcome("fatal", "exception", [sentence]), 500)
