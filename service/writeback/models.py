"""What was sent to the EHR for each attested text, and what the EHR answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.sealing.columns import Sealed


class FilingState(StrEnum):
    """What is known of one attested text in the EHR. Unknown is not refused."""

    SENDING = "sending"
    FILED = "filed"
    UNREAD = "unread"  # taken by the EHR, which does not let us read it back: nobody has compared
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"  # an amendment of the same summary took its place
    RETRACTED = "retracted"


# The EHR has just this text, or took it and nobody could compare.
IN_EHR_AS_SIGNED = (FilingState.FILED, FilingState.UNREAD)


class Filing(Base):
    """One attested text of one summary on its way to, or in, the EHR.

    The unique key is why a second run files nothing. `request_hash` is of the
    DocumentReference as it was sent; `refusal` is a sentence without chart text on what the
    EHR would not take. Erasing a patient takes the row along.
    """

    __tablename__ = "filings"
    __table_args__ = (UniqueConstraint("summary_id", "digest"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    summary_id: Mapped[str] = mapped_column(
        ForeignKey("summaries.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str]
    state: Mapped[FilingState] = mapped_column(default=FilingState.SENDING)
    document_ref: Mapped[str | None]
    provenance_ref: Mapped[str | None]
    device_ref: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    request_hash: Mapped[str] = mapped_column(default="")
    refusal: Mapped[str] = mapped_column(Sealed(), default="")
    started_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]


class Send(Base):
    """How often one attested text was sent, and when last. It has no foreign key: it is written
    while the filing's own transaction holds the summary. By its patient it can be erased."""

    __tablename__ = "filing_sends"

    summary_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime] = mapped_column(default=now)
