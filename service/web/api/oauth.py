"""/oauth/token: a program changes what it proves itself with for a token of some minutes."""

from base64 import b64decode
from binascii import Error as BrokenBase64
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from service import audit
from service.signin.assertions import claimed, proven
from service.signin.models import ApiToken
from service.web import grants
from service.web.runtime import runtime_of
from service.web.transactions import Transaction
from service.web.wrong_tokens import WrongTokens

router = APIRouter(tags=["people"])

PATH = "/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Word = Annotated[str, Form()]


@router.post(PATH, include_in_schema=False)
def grant(
    request: Request,
    session: Transaction,
    grant_type: Word = "",
    client_id: Word = "",
    client_secret: Word = "",
    client_assertion_type: Word = "",
    client_assertion: Word = "",
) -> JSONResponse:
    """Client credentials (RFC 6749 4.4), by secret or by assertion. Its errors are OAuth's."""
    if grant_type != "client_credentials":
        return _error("unsupported_grant_type", 400)
    if client_assertion_type == ASSERTION:
        token = _by_assertion(session, request, client_assertion)
    else:
        token = _by_secret(session, request, *(_basic(request) or (client_id, client_secret)))
    if token is None:
        request.state.token_refused = True
        return _error("invalid_client", 401)
    audit.record(session, "token.granted", actor=f"token:{token.name}", subject_id=token.id)
    granted = {
        "access_token": grants.grant_to(request, token),
        "token_type": "Bearer",
        "expires_in": grants.LIFE_S,
        "scope": " ".join(token.scopes),
    }
    return JSONResponse(granted)


def address(request: Request) -> str:
    """Our address as assertions must name it."""
    public = runtime_of(request).settings.public_url or str(request.base_url).rstrip("/")
    return public + PATH


def _by_assertion(session: Session, request: Request, assertion: str) -> ApiToken | None:
    """Raises TooManyWrongTokens. Each is new: what was right lately is whose it is."""
    wrong: WrongTokens = request.app.state.wrong_tokens
    named = f"assertion\n{claimed(assertion, 'sub')}"
    return wrong.prove(request, named, lambda: proven(session, assertion, address(request)))


def _by_secret(session: Session, request: Request, name: str, secret: str) -> ApiToken | None:
    """Raises TooManyWrongTokens, as a token of an account does."""
    wrong: WrongTokens = request.app.state.wrong_tokens
    token = wrong.look_up(session, request, secret)
    return token if token is not None and token.name == name else None


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(sent, validate=True).decode().partition(":")
    except (BrokenBase64, UnicodeDecodeError, ValueError):
        return "", ""
    return unquote(name), unquote(secret)


def _error(name: str, status: int) -> JSONResponse:
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}
    return JSONResponse({"error": name}, status, headers)
