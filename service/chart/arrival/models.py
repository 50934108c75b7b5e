"""What is owed of news, the subscriptions that bring it, and how far polling has come."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now


class Arrival(Base):
    """Something that we were told of and have not looked at yet: "Patient/1", or a record whose
    patient has to be asked for. Told again it is one row still. A worker has it until `free_at`,
    or it waits till then."""

    __tablename__ = "arrivals"

    ref: Mapped[str] = mapped_column(primary_key=True)
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    first_at: Mapped[datetime] = mapped_column(default=now)
    told_at: Mapped[datetime] = mapped_column(default=now)
    free_at: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)


class Subscription(Base):
    """One Subscription of ours in the EHR, which tells us on our address with its own token.

    `topic` is the canonical of a topic (R5 Backport), or "" for a plain R4 rest-hook, whose
    `resource_type` it is then. `last_event` is the highest event number heard; `heard_at` when
    anything was; `gap_since` is set while what came after that instant has to be searched for.
    """

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    topic: Mapped[str] = mapped_column(default="")
    resource_type: Mapped[str] = mapped_column(default="")
    ehr_ref: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(unique=True)
    last_event: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime] = mapped_column(default=now)
    heard_at: Mapped[datetime] = mapped_column(default=now)
    looked_at: Mapped[datetime] = mapped_column(default=now)
    gap_since: Mapped[datetime | None]


class Poll(Base):
    """Up to when news of one resource type were asked for."""

    __tablename__ = "polls"

    resource_type: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
