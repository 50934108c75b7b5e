"""Who is signed in: a signed cookie that names a session row; it ends when idle or signed out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete
from sqlalchemy.orm import Session

from service import audit
from service.database import now
from service.errors import WrongSetting
from service.settings import Settings
from service.summary.people import Person
from service.web.models import WebSession

COOKIE = "countersign_session"
TOUCH_EVERY = timedelta(minutes=1)  # one write a minute for a busy reader, not one a request
KEEP_FOR = timedelta(hours=12)  # a working shift: then sign in again, idle or not
MIN_SECRET = 16


@dataclass(frozen=True)
class SignedIn:
    """A person at a browser, and the token that their forms must carry."""

    person: Person
    csrf_token: str


def sign_in(session: Session, request: Request, response: Response, person: Person) -> SignedIn:
    """Begin a session and set its cookie; a session the browser had before ends."""
    sign_out(session, request, response)
    _forget_old(session, _idle(request))
    ticket, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    session.add(
        WebSession(
            id=_row_id(ticket),
            person_id=person.id,
            person_name=person.name,
            role=person.role,
            practitioner_ref=person.practitioner_ref,
            csrf_token=csrf_token,
        )
    )
    audit.record(session, "session.started", actor=person.id, role=person.role)
    _set_cookie(request, response, _signer(request).dumps(ticket))
    return SignedIn(person, csrf_token)


def sign_out(session: Session, request: Request, response: Response) -> None:
    """End the session of this browser, if there is one."""
    if row := _row(session, request):
        audit.record(session, "session.ended", actor=row.person_id, role=row.role)
        session.delete(row)
        session.flush()
    response.delete_cookie(COOKIE, path="/")


def signed_in(session: Session, request: Request) -> SignedIn | None:
    """Who sits at this browser; None when nobody does, or was away for too long."""
    row = _row(session, request)
    if row is None or row.seen_at < now() - _idle(request) or row.made_at < now() - KEEP_FOR:
        return None
    if row.seen_at < now() - TOUCH_EVERY:
        row.seen_at = now()
    person = Person(row.person_id, row.person_name, row.role, row.practitioner_ref)
    return SignedIn(person, row.csrf_token)


def session_secret(settings: Settings) -> str:
    """The key that signs cookies: the setting, else one that lives as long as this process."""
    if settings.session_secret is None:
        return secrets.token_urlsafe(32)
    given = settings.session_secret.get_secret_value()
    if len(given) < MIN_SECRET:
        raise WrongSetting(f"COUNTERSIGN_SESSION_SECRET needs {MIN_SECRET} characters or more.")
    return given


def _row(session: Session, request: Request) -> WebSession | None:
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    try:
        return session.get(WebSession, _row_id(str(_signer(request).loads(cookie))))
    except BadSignature:
        return None


def _row_id(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _signer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(request.app.state.session_secret, salt="countersign.session")


def _idle(request: Request) -> timedelta:
    return timedelta(minutes=request.app.state.runtime.settings.session_minutes)


def _set_cookie(request: Request, response: Response, value: str) -> None:
    # Lax, not Strict: the desk is opened by a link from the EHR, and must know who comes.
    response.set_cookie(
        COOKIE, value, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _forget_old(session: Session, idle: timedelta) -> None:
    session.execute(delete(WebSession).where(WebSession.seen_at < now() - idle))
