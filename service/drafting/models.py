"""What drafting keeps beside the versions: answers of a draft under way, endpoints, switches."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id, now
from service.sealing.columns import Sealed


class ModelAnswer(Base):
    """An answer of a model to one question of a draft that is not finished yet.

    `key` is SHA-256 over the model, its parameters and the words of the question. `answer` is a
    SectionAnswer in JSON, as the model gave it. Gone with the draft's success or the patient.
    No foreign key to the summary: it would wait for the lock of the task that drafts it.
    """

    __tablename__ = "model_answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    summary_id: Mapped[str] = mapped_column(index=True)
    patient_ref: Mapped[str] = mapped_column(index=True)
    answer: Mapped[dict[str, Any]] = mapped_column(Sealed(dict))
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)


class ModelEndpoint(Base):
    """What all workers know of one model at one endpoint.

    `failures` in a row, the words of the last one, and until when nobody asks. `way` is how it
    can be asked, "" where that is not known; `reads` and `writes` are tokens a second.
    """

    __tablename__ = "model_endpoints"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    said: Mapped[str] = mapped_column(default="")
    closed_until: Mapped[datetime | None]
    way: Mapped[str] = mapped_column(default="", server_default="")
    reads: Mapped[float | None]
    writes: Mapped[float | None]
    measured_at: Mapped[datetime | None]


class ModelSwitch(Base):
    """Where no model is asked: `switch` is "type:handoff", "patient:Patient/1", "model:NAME" or
    "site:NAME". `patient_ref` is set where it names a patient, so that it goes with them."""

    __tablename__ = "model_switches"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    switch: Mapped[str] = mapped_column(unique=True)
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Sealed())
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
