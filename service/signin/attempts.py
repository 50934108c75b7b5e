"""A browser goes to a provider and comes back: once, soon, and the same browser."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.database import now
from service.signin.errors import SignInFailed
from service.signin.models import SignInAttempt

KEEP_FOR = timedelta(minutes=15)  # a password, a second factor, a forgotten phone


@dataclass(frozen=True)
class Journey:
    """Why a browser is sent: where it wanted to go, and whether from a launch or to sign anew."""

    provider_key: str
    next_path: str = "/"
    launched: bool = False
    max_age_s: int | None = None


@dataclass(frozen=True)
class Secrets:
    """What the journey carries: `state` and `nonce` in the address, the others never."""

    state: str
    nonce: str
    code_verifier: str


def begin_attempt(session: Session, journey: Journey, browser: str) -> Secrets:
    """Keep a new attempt of this browser, which `browser` (its cookie's value) tells apart."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.made_at < now() - KEEP_FOR))
    made = Secrets(*(secrets.token_urlsafe(48) for _ in range(3)))
    session.add(
        SignInAttempt(
            id=_hash(made.state),
            provider_key=journey.provider_key,
            browser_hash=_hash(browser),
            nonce=made.nonce,
            code_verifier=made.code_verifier,
            next_path=journey.next_path,
            launched=journey.launched,
            max_age_s=journey.max_age_s,
        )
    )
    return made


def take_attempt(session: Session, state: str, browser: str) -> SignInAttempt:
    """The attempt that this browser came back from; it is gone then. Raises SignInFailed."""
    gone = delete(SignInAttempt).where(SignInAttempt.id == _hash(state)).returning(SignInAttempt)
    attempt = session.scalars(gone).first()
    if attempt is None or attempt.made_at < now() - KEEP_FOR:
        raise SignInFailed(
            "This sign-in was finished before, or was begun too long ago. Start again.", "state"
        )
    if not hmac.compare_digest(attempt.browser_hash, _hash(browser)):
        raise SignInFailed("This sign-in was begun in another browser. Start again.", "browser")
    return attempt


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
