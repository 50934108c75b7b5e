"""What the web door keeps: who is signed in, and the answers to writes that may be repeated."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.sealing.columns import Sealed
from service.summary.vocabulary import Role


class WebSession(Base):
    """Somebody signed in at one browser, kept here so that it can be ended from here.

    The cookie carries a ticket that changes while the session goes on; `ticket_hash` is the
    SHA-256 of the one in force, `former_hash` that of the one before. `patient_ref` and
    `encounter_ref` are what the EHR had open when it launched us.
    """

    __tablename__ = "web_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    ticket_hash: Mapped[str] = mapped_column(unique=True)
    ticket_at: Mapped[datetime] = mapped_column(default=now)
    ticket_used: Mapped[bool] = mapped_column(default=False)  # it has come back from the browser
    former_hash: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str] = mapped_column(index=True)
    person_name: Mapped[str]
    role: Mapped[Role]
    practitioner_ref: Mapped[str | None]
    csrf_token: Mapped[str]
    provider_key: Mapped[str | None]
    authenticated_at: Mapped[datetime | None]
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    encounter_ref: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class KeptAnswer(Base):
    """The answer to one write, kept a day under its Idempotency-Key.

    `body` may hold chart text, as the answer did: `patient_ref` lets erasure find it. `basis` is
    the hash of what closed any of it then: another one, and the answer is not given again.
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
    body: Mapped[str] = mapped_column(Sealed())
    location: Mapped[str | None]
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    basis: Mapped[str] = mapped_column(default="", server_default="")
