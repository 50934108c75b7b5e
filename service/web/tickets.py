"""The ticket in a session's cookie: signed, exchanged now and then, good for nothing afterwards."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta

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
    shown = _shown(request)
    return _hash(shown[0]) if shown else None


def is_of(row: WebSession, request: Request) -> bool:
    """Whether the ticket was given to just this person, in this role, signed in at this time: the
    database cannot make somebody of somebody else."""
    shown = _shown(request)
    return shown is not None and hmac.compare_digest(shown[1], _who(row))


def _shown(request: Request) -> tuple[str, str] | None:
    """The ticket, and for whom it is."""
    try:
        told = _signer(request).loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    is_whole = isinstance(told, list) and len(told) == 2 and all(isinstance(t, str) for t in told)
    return (told[0], told[1]) if is_whole else None


def _who(row: WebSession) -> str:
    told = (row.person_id, row.person_name, row.role.value, row.practitioner_ref, row.provider_key)
    times = (_stamp(row.authenticated_at), _stamp(row.made_at))
    return _hash(json.dumps([*told, *times]))


def _stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def issue(row: WebSession, request: Request, response: Response) -> None:
    """A new ticket for this session, in the cookie of this answer; the one before is void."""
    ticket = new_secret()
    row.ticket_hash, row.former_hash = _hash(ticket), None
    row.ticket_at, row.ticket_used = now(), False
    row.made_at = row.made_at or now()
    _set_cookie(request, response, ticket, row)


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
        _set_cookie(request, carrier, ticket, row)
        request.state.set_cookie = carrier.headers["set-cookie"]  # web.headers sends it


def _set_cookie(request: Request, response: Response, ticket: str, row: WebSession) -> None:
    # Lax, not Strict: the desk is opened by a link from the EHR, and must know who comes.
    response.set_cookie(
        COOKIE,
        _signer(request).dumps([ticket, _who(row)]),
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
