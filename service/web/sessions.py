"""Who is signed in: a signed cookie with a ticket to a session row, exchanged now and then.

A session ends when it is idle, at its full length, when it is ended from here or elsewhere, and
when a ticket comes back that was exchanged before: then two hold what one was given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from service import audit
from service.database import now
from service.settings import Settings
from service.summary.people import Person
from service.summary.vocabulary import Role
from service.web import tickets
from service.web.models import WebSession
from service.web.runtime import Runtime, runtime_of

TOUCH_EVERY = timedelta(minutes=1)  # one write a minute for a busy reader, not one a request


@dataclass(frozen=True)
class Came:
    """How somebody came: through which provider, when they showed who they are (None: not
    said), and what the EHR had open. Nothing of it in demo mode."""

    provider_key: str | None = None
    authenticated_at: datetime | None = None
    patient_ref: str | None = None
    encounter_ref: str | None = None

    def visit_of(self, patient_ref: str) -> str | None:
        """The Encounter that the EHR had open, if it was this patient's."""
        return self.encounter_ref if self.patient_ref == patient_ref else None


@dataclass(frozen=True)
class SignedIn:
    """A person at a browser, and the token that their forms must carry."""

    person: Person
    csrf_token: str
    came: Came = Came()


def sign_in(
    session: Session, request: Request, response: Response, person: Person, came: Came | None = None
) -> SignedIn:
    """Begin a session and set its cookie; a session the browser had before ends."""
    sign_out(session, request, response)
    settings = runtime_of(request).settings
    _forget_old(session, settings)
    came = came or Came()
    row = WebSession(
        ticket_hash="",
        csrf_token=tickets.new_secret(),
        **vars(came),
    )
    _write_person(row, person)
    tickets.issue(row, request, response)
    session.add(row)
    audit.record(
        session, "session.started", actor=person.id, role=person.role, provider=came.provider_key
    )
    return SignedIn(person, row.csrf_token, came)


def sign_in_again(
    session: Session, request: Request, response: Response, person: Person, at: datetime | None
) -> bool:
    """Note that the person of this browser's session has just shown again who they are; False
    when it is somebody else's, or over. Forms that are open elsewhere stay good."""
    row = _row(session, request)
    if row is None or row.person_id != person.id:
        return False
    row.authenticated_at = at
    _write_person(row, person)
    tickets.issue(row, request, response)
    audit.record(session, "session.renewed", actor=person.id, role=person.role)
    return True


def sign_out(session: Session, request: Request, response: Response) -> None:
    """End the session of this browser, if there is one."""
    if row := _row(session, request):
        audit.record(session, "session.ended", actor=row.person_id, role=row.role)
        session.delete(row)
        session.flush()
    tickets.take_back(response)


def sign_out_everywhere(session: Session, person_id: str, *, by: Person) -> int:
    """End every session of a person, on whatever browser; how many there were."""
    ended = session.scalars(
        delete(WebSession).where(WebSession.person_id == person_id).returning(WebSession.id)
    ).all()
    audit.record(
        session, "session.ended-everywhere", actor=by.id, person=person_id, ended=len(ended)
    )
    return len(ended)


@dataclass(frozen=True)
class Present:
    """Somebody with open sessions: who, how many, and when they were last seen."""

    person_id: str
    name: str
    role: Role
    provider_key: str | None
    count: int
    seen_at: datetime


def list_present(session: Session, settings: Settings) -> list[Present]:
    """Everybody who is signed in, last seen first."""
    _forget_old(session, settings)
    who = (WebSession.person_id, WebSession.person_name, WebSession.role, WebSession.provider_key)
    seen_at = func.max(WebSession.seen_at)
    query = select(*who, func.count(), seen_at).group_by(*who).order_by(seen_at.desc())
    return [Present(*row) for row in session.execute(query)]


def signed_in(runtime: Runtime, request: Request) -> SignedIn | None:
    """Who sits at this browser; None when nobody does, or was away for too long.

    In a transaction of its own, before that of the request asks the database for anything: what
    is refused later has still been seen, and no request waits for a second connection.
    """
    with runtime.transaction() as session:
        row = _row(session, request)
        if row is None or _is_over(row, runtime.settings):
            return None
        if not tickets.is_of(row, request):
            audit.record(session, "session.forged", actor=row.person_id, role=row.role)
            session.delete(row)
            return None
        if tickets.is_copy(row, request):
            audit.record(session, "session.copied", actor=row.person_id, role=row.role)
            session.delete(row)
            return None
        if row.seen_at < now() - TOUCH_EVERY:
            row.seen_at = now()
        tickets.exchange(session, row, request)
        person = Person(row.person_id, row.person_name, row.role, row.practitioner_ref)
        came = Came(row.provider_key, row.authenticated_at, row.patient_ref, row.encounter_ref)
        return SignedIn(person, row.csrf_token, came)


def _row(session: Session, request: Request) -> WebSession | None:
    """The session that this browser's ticket opens: the ticket in force, or the one before."""
    hashed = tickets.presented(request)
    if hashed is None:
        return None
    named = or_(WebSession.ticket_hash == hashed, WebSession.former_hash == hashed)
    return session.scalars(select(WebSession).where(named)).first()


def _is_over(row: WebSession, settings: Settings) -> bool:
    idle, whole = _lengths(settings)
    return row.seen_at < now() - idle or row.made_at < now() - whole


def _forget_old(session: Session, settings: Settings) -> None:
    idle, whole = _lengths(settings)
    is_over = or_(WebSession.seen_at < now() - idle, WebSession.made_at < now() - whole)
    session.execute(delete(WebSession).where(is_over))


def _lengths(settings: Settings) -> tuple[timedelta, timedelta]:
    """How long a session may be idle, and how long it lasts at most."""
    return timedelta(minutes=settings.session_minutes), timedelta(hours=settings.session_hours)


def _write_person(row: WebSession, person: Person) -> None:
    row.person_id, row.person_name = person.id, person.name
    row.role, row.practitioner_ref = person.role, person.practitioner_ref
