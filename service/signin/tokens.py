"""Tokens of programs: made once, kept as a hash, limited in scope and time, ended at will."""

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.database import now
from service.errors import BadInput, Conflict, NotFound
from service.review.permissions import ALLOWED, Ability
from service.signin.models import ApiToken
from service.summary.people import Person
from service.summary.vocabulary import Role

PREFIX = "csn_"  # so that a token in a file or a log is known for one by those who look for them
MADE, REVOKED = "token.made", "token.revoked"
TOUCH_EVERY = timedelta(minutes=1)
MAX_DAYS = 366
# What a token may be allowed: a person's acts (review, sign, rate) are never among them.
SCOPES = {a.name.lower().replace("_", "-"): a for a in Ability if Role.SERVICE in ALLOWED[a]}


def create_token(
    session: Session,
    name: str,
    scopes: Collection[str],
    *,
    days: int,
    by: str,
    jwks: dict[str, Any] | None = None,
) -> tuple[ApiToken, str]:
    """A new account and its token, which is told this once; "" for one with public keys instead
    (`jwks`). Raises BadInput, Conflict."""
    _check(name, scopes, days)
    if session.scalar(select(ApiToken).where(ApiToken.name == name)):
        raise Conflict(f"There is a token named {name} (revoked ones keep theirs). Choose another.")
    secret = PREFIX + secrets.token_urlsafe(32) if jwks is None else ""
    expires_at = now() + timedelta(days=days)
    made = ApiToken(
        name=name,
        hash=_hash(secret) if secret else None,
        jwks=jwks,
        scopes=sorted(scopes),
        made_by=by,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        MADE,
        actor=by,
        subject_id=made.id,
        name=name,
        scopes=made.scopes,
        expires_at=expires_at.isoformat(),
        proof=_proof(made),
    )
    return made, secret


def list_tokens(session: Session) -> Sequence[ApiToken]:
    """Every token there was, newest first."""
    return session.scalars(select(ApiToken).order_by(ApiToken.made_at.desc())).all()


def revoke_token(session: Session, name: str, *, by: str) -> ApiToken:
    """End a token now; again changes nothing. Raises NotFound."""
    token = session.scalar(select(ApiToken).where(ApiToken.name == name))
    if token is None:
        raise NotFound(f"There is no token named {name}; see `countersign token list`.")
    if token.revoked_at is None:
        token.revoked_at = now()
        audit.record(session, REVOKED, actor=by, subject_id=token.id, name=name)
    return token


def find_by_secret(session: Session, secret: str) -> ApiToken | None:
    """The account of this token; None when it is unknown, revoked or at its end."""
    return _live(session, session.scalar(select(ApiToken).where(ApiToken.hash == _hash(secret))))


def find_by_name(session: Session, name: str) -> ApiToken | None:
    return _live(session, session.scalar(select(ApiToken).where(ApiToken.name == name)))


def account(token: ApiToken) -> Person:
    """Who acts with this token; that it was used is noted."""
    if token.used_at is None or token.used_at < now() - TOUCH_EVERY:
        token.used_at = now()
    abilities = frozenset(SCOPES[scope].value for scope in token.scopes if scope in SCOPES)
    return Person(f"token:{token.name}", token.name, Role.SERVICE, abilities=abilities)


def _live(session: Session, token: ApiToken | None) -> ApiToken | None:
    if token is None or not is_live(token) or not _is_genuine(session, token):
        return None
    return token


def _is_genuine(session: Session, token: ApiToken) -> bool:
    """Whether the audit tells of just this account, and of no end of it: its rows are keyed, so
    who can write to the database makes no account, nor gives one more than it had."""
    acts = select(AuditEvent).where(
        AuditEvent.subject_id == token.id, AuditEvent.action.in_((MADE, REVOKED))
    )
    ours = [act for act in session.scalars(acts) if audit.is_ours(session, act)]
    proofs = [act.detail.get("proof") for act in ours if act.action == MADE]
    return proofs == [_proof(token)] and len(ours) == 1


def _proof(token: ApiToken) -> str:
    """What the account is: its name, its secret or keys, what it may, and until when."""
    jwks = json.dumps(token.jwks, sort_keys=True)
    ends = token.expires_at.astimezone(UTC).isoformat()
    return _hash(json.dumps([token.name, token.hash, jwks, sorted(token.scopes), ends]))


def is_live(token: ApiToken, at: datetime | None = None) -> bool:
    return token.revoked_at is None and token.expires_at > (at or now())


def _check(name: str, scopes: Collection[str], days: int) -> None:
    if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) < 65):
        raise BadInput("A token's name is up to 64 letters, digits, - and _.")
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise BadInput(f"There is no scope {', '.join(unknown)}. Choose of {', '.join(SCOPES)}.")
    if not scopes:
        raise BadInput(f"Name what the token may do: --scope, one or more of {', '.join(SCOPES)}.")
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"A token lives 1 to {MAX_DAYS} days.")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
