"""The rows of a summary: its status, its versions, their findings, who attested what."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.database import Base, new_id, now
from service.sealing.columns import Sealed
from service.summary.document import Document
from service.summary.vocabulary import (
    FindingKind,
    RemarkKind,
    ResolutionAction,
    Severity,
    SummaryStatus,
    SummaryType,
)


class Summary(Base):
    """A document being prepared on one patient. `revision` makes two writers a conflict.

    `returned` is what its reader asked of the next draft: {"reason"}, or {"section", "length"}
    with or without one; empty for the first. `encounter_ref` is the visit that the EHR had open
    when it was asked for; None where it was not launched from one.
    """

    __tablename__ = "summaries"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    patient_ref: Mapped[str] = mapped_column(index=True)
    type: Mapped[SummaryType]
    status: Mapped[SummaryStatus] = mapped_column(index=True, default=SummaryStatus.REQUESTED)
    status_reason: Mapped[str] = mapped_column(Sealed(), default="")
    requested_by: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(default=now)
    status_at: Mapped[datetime] = mapped_column(default=now)
    encounter_ref: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    returned: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), default=dict, server_default="")

    versions: Mapped[list["SummaryVersion"]] = relationship(
        order_by="SummaryVersion.number", back_populates="summary"
    )
    attestations: Mapped[list["Attestation"]] = relationship(order_by="Attestation.signed_at")

    __mapper_args__ = {"version_id_col": revision}

    @property
    def current(self) -> "SummaryVersion | None":
        """The version that a person would see and sign now."""
        return self.versions[-1] if self.versions else None


WHOLE = "whole"
_LATER: dict[str, Any] = {"deferred": True, "deferred_group": WHOLE}


class SummaryVersion(Base):
    """Exact immutable text with its digest, what it was made from, and what was read for it.

    `document` is Document.to_json(); `coverage` see drafting/coverage.py; `assessments` one
    entry a statement, see verification/models.py, empty until verified. `edit` is what a person
    did to the version before: {"act", "statement", ...}, see review/editing.py; empty for a draft.

    The words are read when they are asked for, the group `WHOLE` at once: a page shows the newest
    of a text's versions, and there is one more with each edit.
    """

    __tablename__ = "summary_versions"
    __table_args__ = (UniqueConstraint("summary_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), **_LATER)
    text: Mapped[str] = mapped_column(Sealed(), **_LATER)
    digest: Mapped[str] = mapped_column(index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    writer: Mapped[dict[str, Any]]
    coverage: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), **_LATER)
    assessments: Mapped[list[dict[str, Any]]] = mapped_column(Sealed(list), default=list, **_LATER)
    edit: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), default=dict)

    summary: Mapped[Summary] = relationship(back_populates="versions")
    findings: Mapped[list["Finding"]] = relationship(order_by="Finding.number")

    @property
    def content(self) -> Document:
        """Parsed once: a text of 60 statements is asked for a dozen times a page."""
        parsed, of = self.__dict__.get("_parsed", (None, None))
        if of is not self.document:
            parsed, of = Document.from_json(self.document), self.document
            self.__dict__["_parsed"] = parsed, of
        return cast(Document, parsed)


class Finding(Base):
    """Something a person must look at. `number` is stable within its version.

    `said` and `source` are what the statement and the chart say; `evidence` is a list of
    {"record_id", "source", "start", "end", "quote"}.
    """

    __tablename__ = "findings"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("summary_versions.id"), index=True)
    number: Mapped[int]
    kind: Mapped[FindingKind] = mapped_column(index=True)
    severity: Mapped[Severity]
    check: Mapped[str]
    message: Mapped[str] = mapped_column(Sealed())
    statement_index: Mapped[int | None]
    said: Mapped[str] = mapped_column(Sealed(), default="")
    source: Mapped[str] = mapped_column(Sealed(), default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(Sealed(list), default=list)
    resolution: Mapped[ResolutionAction | None]
    resolution_reason: Mapped[str] = mapped_column(Sealed(), default="")
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]


class UnsavedWords(Base):
    """What a person has typed into a form of a summary's desk and not saved yet.

    `form` names the form as the page does ("statement-3"); `digest` is the text they looked at.
    """

    __tablename__ = "unsaved_words"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Sealed())
    digest: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(default=now)


class Remark(Base):
    """What a person says of a statement beside the text; it is never filed. `said` are the words
    of the statement, by which it is found again wherever it stands; `version_id` the text that
    they looked at."""

    __tablename__ = "remarks"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("summary_versions.id"), index=True)
    kind: Mapped[RemarkKind] = mapped_column(index=True)
    person_id: Mapped[str]
    said: Mapped[str] = mapped_column(Sealed())
    words: Mapped[str] = mapped_column(Sealed())
    made_at: Mapped[datetime] = mapped_column(default=now)
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class Job(Base):
    """The system's turn at a summary: how often the step that is owed was begun, when last, what
    failed in words of ours (no chart text), the id of the request that asked for it, and since
    when its message is let go, because as much of the same person is under way (shares.py)."""

    __tablename__ = "jobs"

    summary_id: Mapped[str] = mapped_column(
        ForeignKey("summaries.id", ondelete="CASCADE"), primary_key=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(Sealed(), default="")
    trace_id: Mapped[str] = mapped_column(default="")  # web and worker log under it
    passed_over_at: Mapped[datetime | None]


class Attestation(Base):
    """A clinician vouched for one digest. A digest is attested once by each person, and once more
    where the same words were drafted from other records: `snapshot` is the hash of which, "" from
    before it was kept."""

    __tablename__ = "attestations"
    __table_args__ = (UniqueConstraint("summary_id", "digest", "person_id", "snapshot"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), index=True)
    digest: Mapped[str]
    person_id: Mapped[str]
    person_name: Mapped[str]
    practitioner_ref: Mapped[str]
    meaning: Mapped[str]  # "signed" or "cosigned"
    signed_at: Mapped[datetime] = mapped_column(default=now)
    snapshot: Mapped[str] = mapped_column(default="", server_default="")
    seal: Mapped[str] = mapped_column(default="")  # see attestations.py; "" was made by nobody


class BegunTask(Base):
    """How often a task on a summary was begun and has neither ended nor failed in words: its
    worker was ended under it. Gone when it ends. See tries.py."""

    __tablename__ = "begun_tasks"

    task: Mapped[str] = mapped_column(primary_key=True)
    summary_id: Mapped[str] = mapped_column(ForeignKey("summaries.id"), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
