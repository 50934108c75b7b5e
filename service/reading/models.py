"""What reading keeps: of each record version what was read, and by which reader."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, now
from service.sealing.columns import Sealed


class RecordReading(Base):
    """What one record version says, as `packing` packs it.

    It holds chart text, and is as restricted as its record. A record that has no row, or one of
    another reader or of another text (it was rendered again when what it refers to arrived), is
    owed a reading. `text_mark` is
    that of the text that was read.
    """

    __tablename__ = "record_readings"

    record_id: Mapped[str] = mapped_column(ForeignKey("source_records.id"), primary_key=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    reader: Mapped[int] = mapped_column(index=True)
    text_mark: Mapped[str]
    reading: Mapped[bytes] = mapped_column(Sealed(bytes))
    read_at: Mapped[datetime] = mapped_column(default=now)
