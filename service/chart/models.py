"""What is held of a chart: every version of every resource, its text, and its gaps."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from service.database import Base, new_id, now
from service.sealing.columns import Sealed
from service.summary.vocabulary import Standing


class Chart(Base):
    """One patient's chart: when it was last read from the EHR, and what could not be read.

    `gaps` is a list of {"kind", "source", "reason"} about searches, not about records. `asked_at`
    is when the EHR was last asked what is new (see asking.py), `answered_at` when it last told all,
    `unanswered` why it did not the last time.
    """

    __tablename__ = "charts"

    patient_ref: Mapped[str] = mapped_column(primary_key=True)
    pulled_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    indexed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(Sealed(list), default=list)
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    unanswered: Mapped[str] = mapped_column(Sealed(), default="")


def _is_orphan(row: Mapping[str, Any]) -> bool:
    """An attachment in nobody's chart yet: it is some patient's, and goes when they are erased."""
    return row["patient_ref"] is None and row["resource_type"] == "Binary"


class SourceRecord(Base):
    """One version of one FHIR resource: its raw JSON as received, and its plain text.

    `text` begins with the headline, one line that can stand alone as a statement.
    `patient_ref` is None for records of no patient (practitioners, organisations).
    `gaps` is a list of {"kind": "validation" | "attachment" | "reference" | "render",
    "reason"}. `effective_at` is when what it says was true, as instant in UTC;
    `effective` the same as FHIR wrote it (may be a year, or empty when unknown).
    `refers_to` maps each literal reference as written in `raw` to what it means here
    ("urn:uuid:..." -> "Encounter/7"), so that `raw` can be rendered again by itself.
    `updated_at` is the EHR's meta.lastUpdated. `origin` is where it came from first: "ehr", "rest",
    "file"; "" where that was not kept. `labels` are all security codes that count for the
    record; `marking` says where they come from: {"own": codes that it carries, "given": those of
    the Bundle that it came in, "quotes": references in whose words it speaks, "hands": reference
    -> codes that a document or list hands to what is in it}; {} where that was never told apart.
    """

    __tablename__ = "source_records"
    __table_args__ = (
        UniqueConstraint("resource_ref", "version", "content_hash"),
        Index("ix_source_records_patient_standing", "patient_ref", "is_latest", "standing"),
        Index("ix_source_records_patient_type", "patient_ref", "resource_type"),
        {"info": {"own_key": _is_orphan}},
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    patient_ref: Mapped[str | None]
    resource_ref: Mapped[str] = mapped_column(index=True)
    resource_type: Mapped[str]
    version: Mapped[str]
    content_hash: Mapped[str]
    raw: Mapped[str] = mapped_column(Sealed())
    received_at: Mapped[datetime] = mapped_column(default=now)
    origin: Mapped[str] = mapped_column(default="", server_default="")
    updated_at: Mapped[datetime | None]
    is_latest: Mapped[bool] = mapped_column(default=True)
    refers_to: Mapped[dict[str, Any]] = mapped_column(default=dict)

    title: Mapped[str] = mapped_column(Sealed(), default="")
    headline: Mapped[str] = mapped_column(Sealed(), default="")
    text: Mapped[str] = mapped_column(Sealed(), default="")
    text_mark: Mapped[str] = mapped_column(default=new_id)
    code: Mapped[str] = mapped_column(Sealed(), default="")  # "system|code" of the first coding
    category: Mapped[str] = mapped_column(
        Sealed(), default=""
    )  # e.g. laboratory, survey, vital-signs
    status: Mapped[str] = mapped_column(Sealed(), default="")  # the resource's own clinical status
    effective: Mapped[str] = mapped_column(default="")
    effective_at: Mapped[datetime | None]
    encounter_ref: Mapped[str | None]
    author: Mapped[str] = mapped_column(Sealed(), default="")
    author_role: Mapped[str] = mapped_column(Sealed(), default="")
    is_note: Mapped[bool] = mapped_column(default=False)

    standing: Mapped[Standing] = mapped_column(default=Standing.EVIDENCE)
    standing_reason: Mapped[str] = mapped_column(default="")
    labels: Mapped[list[str]] = mapped_column(default=list)  # security codes, e.g. "42CFRPart2"
    marking: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    @validates("text")
    def _mark_text(self, _name: str, text: str) -> str:
        self.text_mark = new_id()
        return text


class Quarantined(Base):
    """Something received that is no usable resource: kept whole, with the reason."""

    __tablename__ = "quarantined"
    __table_args__ = ({"info": {"own_key": lambda _row: True}},)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    origin: Mapped[str]
    content_hash: Mapped[str] = mapped_column(unique=True)
    raw: Mapped[str] = mapped_column(Sealed())
    reason: Mapped[str] = mapped_column(Sealed())
    received_at: Mapped[datetime] = mapped_column(default=now)


class SnapshotRecord(Base):
    """A record version that a summary was drafted from; together they are its ChartSnapshot."""

    __tablename__ = "snapshot_records"

    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), primary_key=True)


class UploadState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class Upload(Base):
    """A long body that was sent, until a worker has brought it into the charts.

    `content` is as it came, None once it is done or refused. The counts are those of
    ingest.IngestCount, so far; `seen_at` is when a worker was last at it.
    """

    __tablename__ = "uploads"
    __table_args__ = ({"info": {"own_key": lambda _row: True}},)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sent_by: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(Sealed(bytes))
    received_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[UploadState] = mapped_column(default=UploadState.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    kept: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[int] = mapped_column(default=0)
