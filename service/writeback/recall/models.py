"""A recall, and where each summary that it concerns stands."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.sealing.columns import Sealed


class RecallState(StrEnum):
    """What became of one summary. Only `waiting` goes on by itself or by a person."""

    WAITING = "waiting"
    RETRACTED = "retracted"  # it was in the EHR, and is marked there as entered in error
    REJECTED = "rejected"  # it was never in the EHR, and will not come there
    CLEAR = "clear"  # drafted anew since, by what is not recalled
    OVER = "over"  # ended before, by somebody else
    REFUSED = "refused"  # the EHR would not withdraw it: a person must


class Recall(Base):
    """`criteria` is Criteria.to_json(); `reason` in words of the person who asked, which may speak
    of any patient: it has a key of its own. Gone with the last patient whom it concerned."""

    __tablename__ = "recalls"
    __table_args__ = ({"info": {"own_key": lambda _row: True}},)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    criteria: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Sealed())
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    def told(self) -> dict[str, Any]:
        """As every door tells it."""
        names = ("id", "criteria", "reason", "asked_by", "asked_at", "ended_at")
        return {name: getattr(self, name) for name in names}


class RecallItem(Base):
    """One summary of a recall. `said` says in our words what it waits for or why it stopped;
    `asked_at` is when its retraction was asked for."""

    __tablename__ = "recall_items"

    recall_id: Mapped[str] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    summary_id: Mapped[str] = mapped_column(
        ForeignKey("summaries.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    state: Mapped[RecallState] = mapped_column(default=RecallState.WAITING)
    said: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
