"""What retrieval keeps: what was decided on each record, its passages."""

from typing import NamedTuple

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base
from service.sealing.columns import Sealed


class IndexedRecord(Base):
    """What was decided on one record, under which rules, and which splitter cut it.

    A record without a row, or with one of older rules or splitter, or of another text (it was
    rendered again when what it refers to arrived), is owed to the index.
    `reason` is for those who may know that something is withheld.
    """

    __tablename__ = "indexed_records"

    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), primary_key=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    allowed: Mapped[bool]
    labels: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(default="")
    rules: Mapped[int]
    splitter: Mapped[int]
    text_mark: Mapped[str]


class Passage(Base):
    """A retrievable slice of a record: SourceRecord.text[start:end], under `heading`.

    `id` is opaque (HMAC under the patient's secret). `vector_id` names the vector in the
    store: passages that read the same share one. `copy_of` is the oldest passage that
    already said this, in a note of the same patient; None when this one is the oldest.
    `model` names the embedding whose vector the store holds; "" while one is owed.
    """

    __tablename__ = "passages"
    __table_args__ = (Index("ix_passages_patient_vector", "patient_ref", "vector_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), index=True)
    heading: Mapped[str] = mapped_column(Sealed())
    start: Mapped[int]
    end: Mapped[int]
    vector_id: Mapped[str] = mapped_column(index=True)
    copy_of: Mapped[str | None]
    model: Mapped[str] = mapped_column(default="", index=True)


class HeldPassage(NamedTuple):
    """A row of `passages` as a value, in the order of its columns here: an open chart looks at
    each of its passages for each question, and a mapped row costs far more to look at."""

    id: str
    patient_ref: str
    record_id: str
    heading: str
    start: int
    end: int
    vector_id: str
    copy_of: str | None
    model: str

    @property
    def root(self) -> str:
        """The name that all copies of one text share."""
        return self.copy_of or self.id
