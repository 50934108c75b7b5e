"""What is kept of signing in: steps under way, people who came, tokens of programs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.summary.vocabulary import Role


class SignInAttempt(Base):
    """A browser that was sent to a provider and is expected back, once and soon.

    `id` is the SHA-256 of the `state` that it carries, `browser_hash` that of its cookie.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider_key: Mapped[str]
    browser_hash: Mapped[str]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    next_path: Mapped[str]
    launched: Mapped[bool]
    max_age_s: Mapped[int | None]  # set where the password had to be asked for again
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)


class KnownPerson(Base):
    """Somebody who signed in here, as they were the last time; `id` is what the audit names."""

    __tablename__ = "known_people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role]
    practitioner_ref: Mapped[str | None]
    first_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now)


class ApiToken(Base):
    """A program's account. `hash` is the SHA-256 of its token, which is shown once and not kept;
    one with `jwks` has no token: it proves with a private key of its own who it is."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str | None] = mapped_column(unique=True)
    jwks: Mapped[dict[str, Any] | None]
    scopes: Mapped[list[str]]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UsedAssertion(Base):
    """An assertion that a program has shown, until it is over: each is good once."""

    __tablename__ = "used_assertions"

    id: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the program's name and its jti
    expires_at: Mapped[datetime]
