"""What a receiver has still to be told, and up to which act it was asked what to tell."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now


class HookCursor(Base):
    """Up to which act of the audit (`seq`) messages were made for the receiver of this name."""

    __tablename__ = "hook_cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class HookMessage(Base):
    """One message that the receiver `name` has not taken yet, of a summary or of broken glass.
    `event` is "summary.filed"; `seq` and `at` are of the act that it tells. Gone when it is taken,
    and with what it tells of; its id is the same at each try."""

    __tablename__ = "hook_messages"
    __table_args__ = (
        UniqueConstraint("name", "seq"),
        CheckConstraint("(summary_id IS NULL) <> (glass_id IS NULL)", name="hook_messages_of_one"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    summary_id: Mapped[str | None] = mapped_column(
        ForeignKey("summaries.id", ondelete="CASCADE"), index=True
    )
    glass_id: Mapped[str | None] = mapped_column(
        ForeignKey("broken_glass.id", ondelete="CASCADE"), index=True
    )
    event: Mapped[str]
    at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=now)
    said: Mapped[str] = mapped_column(default="")

    @property
    def told_of(self) -> tuple[str, str]:
        """What kind of thing, and its id."""
        return ("summary", self.summary_id) if self.summary_id else ("glass", self.glass_id or "")
