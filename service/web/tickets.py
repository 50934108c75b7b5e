"""The ticket in a session's cookie: signed, exchanged now and then, good for nothing afterwards."""

import hashlib
import secrets
from datetime import timedelta

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.database import now
from service.errors import WrongSetting
from service.settings import Settings
from service.web.models import WebSession
from service.web.runtime import runtime_of

COOKIE = "countersign_session"
MIN_SECRET = 16
EXCHANGE_EVERY = timedelta(minutes=15)  # a stolen ticket is good for no longer beside its owner
IN_FLIGHT = timedelta(minutes=1)  # requests sent with the old ticket while the new one travels


def session_secret(settings: Settings) -> str:
    """The key that signs cookies: the setting, else one that lives as long as this process."""
    if settings.session_secret is None:
        return new_secret()
    given = settings.session_secret.get_secret_value()
    if len(given) < MIN_SECRET:
        raise WrongSetting(f"COUNTERSIGN_SESSION_SECRET needs {MIN_SECRET} characters or more.")
    return given


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def presented(request: Request) -> str | None:
    """The hash of the ticket that this browser shows; None without one that we signed."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    try:
        return _hash(str(_signer(request).loads(cookie)))
    except BadSignature:
        return None


def issue(row: WebSession, request: Request, response: Response) -> None:
    """A new ticket for this session, in the cookie of this answer; the one before is void."""
    ticket = new_secret()
    row.ticket_hash, row.former_hash = _hash(ticket), None
    row.ticket_at, row.ticket_used = now(), False
    _set_cookie(request, response, ticket)


def take_back(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")


def is_copy(row: WebSession, request: Request) -> bool:
    """Whether this browser shows a ticket that another one has exchanged already.

    A browser shows an old ticket only while the new one is on its way to it, or when that was
    lost; once the new one has come back, whoever shows the old one is somebody else.
    """
    is_former = presented(request) != row.ticket_hash
    return is_former and row.ticket_used and row.ticket_at < now() - IN_FLIGHT


def exchange(session: Session, row: WebSession, request: Request) -> None:
    """Note that the ticket came back; hand out another when it is old, or got lost on its way.

    By a compare and set: of requests side by side, one exchanges the ticket.
    """
    shown = presented(request)
    if shown == row.ticket_hash:
        if not row.ticket_used:
            row.ticket_used = True
        is_due = row.ticket_at < now() - EXCHANGE_EVERY
    else:
        is_due = not row.ticket_used and row.ticket_at < now() - IN_FLIGHT
    if not is_due:
        return
    ticket = new_secret()
    session.flush()
    swapped = session.execute(
        update(WebSession)
        .where(WebSession.id == row.id, WebSession.ticket_hash == row.ticket_hash)
        .values(ticket_hash=_hash(ticket), former_hash=shown, ticket_at=now(), ticket_used=False)
        .returning(WebSession.id)
        .execution_options(synchronize_session=False)
    ).first()
    if swapped:
        carrier = Response()
        _set_cookie(request, carrier, ticket)
        request.state.set_cookie = carrier.headers["set-cookie"]  # web.headers sends it


def _set_cookie(request: Request, response: Response, ticket: str) -> None:
    # Lax, not Strict: the desk is opened by a link from the EHR, and must know who comes.
    response.set_cookie(
        COOKIE,
        _signer(request).dumps(ticket),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def is_secure(request: Request) -> bool:
    """Whether browsers reach us over https, also where a proxy ends it."""
    public = runtime_of(request).settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def _signer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(request.app.state.session_secret, salt="countersign.session")


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
