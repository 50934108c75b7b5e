"""Samples drawn for quality review, what is in them, and how each person rated it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, new_id, now
from service.sealing.columns import Sealed


class Sampled(StrEnum):
    """What a sample is drawn from: texts as the system drafted them, or as they were signed."""

    DRAFTS = "drafts"
    SIGNED = "signed"


class QaSample(Base):
    """A sample with all that is needed to draw it again.

    `criteria` is Criteria.to_json(); `frame_size` and `frame_hash` tell whether a second draw
    was made from the same texts. A closed sample takes no more ratings.
    """

    __tablename__ = "qa_samples"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    seed: Mapped[str]
    criteria: Mapped[dict[str, Any]]
    frame_size: Mapped[int]
    frame_hash: Mapped[str]
    rubric_version: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    items: Mapped[list["QaItem"]] = relationship(
        order_by="QaItem.position", back_populates="sample"
    )


class QaItem(Base):
    """One text in a sample; `position` is its place in the drawn order, from 1."""

    __tablename__ = "qa_items"
    __table_args__ = (
        UniqueConstraint("sample_id", "position"),
        UniqueConstraint("sample_id", "version_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sample_id: Mapped[str] = mapped_column(
        ForeignKey("qa_samples.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    summary_id: Mapped[str] = mapped_column(
        ForeignKey("summaries.id", ondelete="CASCADE"), index=True
    )
    version_id: Mapped[str] = mapped_column(
        ForeignKey("summary_versions.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str]

    sample: Mapped[QaSample] = relationship(back_populates="items")
    ratings: Mapped[list["QaRating"]] = relationship(order_by="QaRating.person_id")


class QaRating(Base):
    """One person's judgement of one text, revisable until the sample is closed.

    `answers` maps question key to answer (see rubric); `marks` is a list of {"kind",
    "statement_index" (None for an omission), "note"}. Comment and notes may quote the chart.
    """

    __tablename__ = "qa_ratings"
    __table_args__ = (UniqueConstraint("item_id", "person_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("qa_items.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str]
    answers: Mapped[dict[str, Any]]
    marks: Mapped[list[dict[str, Any]]] = mapped_column(Sealed(list), default=list)
    comment: Mapped[str] = mapped_column(Sealed(), default="")
    revision: Mapped[int] = mapped_column(default=1)
    rated_at: Mapped[datetime] = mapped_column(default=now)
