"""How far an export of the EHR has come into the charts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now


class ExportState(StrEnum):
    ASKED = "asked"  # the EHR is at it
    READING = "reading"
    DONE = "done"
    EXPIRED = "expired"  # the EHR has thrown it away before we had all of it


class Export(Base):
    """One `$export`. `scope` is "Group/1" or "Patient"; `since` what was asked for; `as_of` the
    EHR's transactionTime, from which the next one goes on. `status_url` is where the EHR says how
    far it is. The counts are those of ingest.IngestCount so far, and of deletions and errors."""

    __tablename__ = "exports"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    scope: Mapped[str] = mapped_column(index=True)
    types: Mapped[list[str]] = mapped_column(default=list)
    since: Mapped[datetime | None]
    status_url: Mapped[str]
    state: Mapped[ExportState] = mapped_column(default=ExportState.ASKED)
    needs_token: Mapped[bool] = mapped_column(default=True)
    as_of: Mapped[datetime | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    kept: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[int] = mapped_column(default=0)
    deleted: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)


class ExportFile(Base):
    """A file of an export that is not wholly read: `kind` is "output", "deleted" or "error",
    `done` how many of its resources are in the charts. Gone when it is."""

    __tablename__ = "export_files"

    export_id: Mapped[str] = mapped_column(
        ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    url: Mapped[str]
    done: Mapped[int] = mapped_column(default=0)
