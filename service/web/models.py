"""What the web door keeps: who is signed in, and the answers to writes that may be repeated."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.summary.vocabulary import Role


class WebSession(Base):
    """Somebody signed in at one browser. `id` is the SHA-256 of what the cookie carries.

    Kept here and not in the cookie alone so that signing out ends it everywhere at once.
    """

    __tablename__ = "web_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    person_name: Mapped[str]
    role: Mapped[Role]
    practitioner_ref: Mapped[str | None]
    csrf_token: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class KeptAnswer(Base):
    """The answer to one write, kept a day under its Idempotency-Key.

    `body` may hold chart text, as the answer did: `patient_ref` lets erasure find it.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_kept_answers_made_at", "made_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str]
    key: Mapped[str]
    request: Mapped[str]  # method and path
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    location: Mapped[str | None]
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
