"""What REST takes and answers; the names are the contract's."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from service.chart.models import UploadState
from service.review.changes import ChangeKind
from service.review.returning import Length
from service.summary.lifecycle import Owner
from service.summary.vocabulary import (
    FindingKind,
    ResolutionAction,
    Role,
    Severity,
    SummaryStatus,
    SummaryType,
    Support,
)

SummaryId = Annotated[str, Path(pattern=r"^[0-9A-Za-z\-]{1,64}$", description="Id of a summary.")]
PatientId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9\-.]{1,64}$", description="The bare id of a Patient in the EHR.")
]


class Taken(BaseModel):
    """A request body; a field that is not known is refused rather than passed over."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """An answer, read off our own values."""

    model_config = ConfigDict(from_attributes=True)


class NewSummary(Taken):
    patient: str = Field(pattern=r"^Patient/[A-Za-z0-9\-.]{1,64}$", examples=["Patient/1"])
    type: SummaryType


class Digest(Taken):
    digest: str = Field(max_length=128, description="SHA-256 of the text that was read.")


class LookedAt(Taken):
    digest: str | None = Field(
        None, max_length=128, description="The text that was looked at; another one is a 409."
    )


class Reason(LookedAt):
    reason: str = Field(max_length=10_000, description="In the person's own words.")


class SectionAnew(LookedAt):
    length: Length = Length.SAME
    reason: str = Field("", max_length=10_000, description="In the person's own words.")


class NewText(LookedAt):
    text: str = Field(max_length=100_000, description="One sentence; empty removes the statement.")


class PickedWords(Taken):
    record_id: str = Field(max_length=64, description="Of a record that the draft was made from.")
    quote: str = Field(max_length=10_000, description="Words as they stand in its text.")


class AddedText(LookedAt):
    section: str = Field(max_length=100, description="Key of the section that it goes into.")
    text: str = Field(max_length=100_000, description="One sentence.")
    finding: int | None = Field(
        None, ge=0, le=100_000, description="Cite what this finding (an omission) points at."
    )
    source: PickedWords | None = Field(None, description="Words of a record that it rests on.")
    own: bool = Field(False, description="The clinician's own: no record says it.")


class Resolution(LookedAt):
    action: ResolutionAction
    reason: str = Field("", max_length=10_000, description="Needed for a major finding.")


class SwitchOn(Taken):
    switch: str = Field(max_length=200, examples=["type:handoff", "patient:Patient/1"])


class SwitchOff(SwitchOn):
    reason: str = Field(max_length=2_000, description="Clinicians read it on the summary.")


class Row(Told):
    """One summary in a list, and after an act."""

    id: str
    patient: str = Field(validation_alias="patient_ref", examples=["Patient/1"])
    patient_name: str = Field(validation_alias="patient", description="Empty where not allowed.")
    type: SummaryType
    status: SummaryStatus
    owner: Owner = Field(description="Whose turn it is.")
    status_reason: str
    requested_by: str
    requested_at: datetime
    status_at: datetime
    version: int | None = Field(description="Number of the current version.")
    writer: str = Field(description="What drafted it: extractive or a model. Empty before.")
    digest: str | None = Field(description="SHA-256 of the current text: what is signed.")
    open_major: int | None = Field(description="As far as it is told; null: not to this role.")
    open_minor: int | None


class CitationBody(Told):
    record_id: str
    source_ref: str
    source_version: str
    quote: str
    start: int
    end: int


class FindingBody(Told):
    number: int
    kind: FindingKind
    severity: Severity
    check: str
    message: str
    statement_index: int | None
    said: str
    source: str
    evidence: list[dict[str, Any]]
    resolution: ResolutionAction | None
    resolution_reason: str
    resolved_by: str | None
    resolved_at: datetime | None


class StatementBody(Told):
    index: int
    text: str
    start: int = Field(description="Characters into the summary's text.")
    end: int
    writer: str
    support: Support | None = Field(description="Null until verified.")
    score: float | None = Field(description="0 wrong to 1 certain.")
    reasons: list[dict[str, Any]]
    citations: list[CitationBody]


class SectionBody(Told):
    key: str
    title: str
    absence: str = Field(description="What was looked for and not found.")
    statements: list[StatementBody]


class VersionBody(Told):
    number: int
    digest: str
    made_by: str
    made_at: datetime
    writer: dict[str, Any]


class AttestationBody(Told):
    digest: str
    person_id: str
    person_name: str
    practitioner_ref: str
    meaning: str
    signed_at: datetime


class ActBody(Told):
    seq: int
    at: datetime
    action: str
    actor: str
    detail: dict[str, Any]


class HighlightBody(Told):
    start: int
    end: int
    statement_index: int | None
    finding_number: int | None


class SourceHead(Told):
    record_id: str
    source_ref: str
    version: str
    resource_type: str
    title: str
    effective: str
    author: str
    author_role: str
    withheld: str


class SourceBody(SourceHead):
    """A source with its text and the characters to light up."""

    text: str
    highlights: list[HighlightBody]


class OptionBody(Told):
    allowed: bool
    reason: str


class OptionsBody(Told):
    """What the caller may do now, and why not."""

    edit: OptionBody
    comment: OptionBody
    resolve: OptionBody
    redraft: OptionBody
    sign: OptionBody
    cosign: OptionBody
    reject: OptionBody
    reopen: OptionBody
    amend: OptionBody
    retract: OptionBody
    retry: OptionBody
    cancel: OptionBody


class ChangeBody(Told):
    """One record that has changed since the draft; nameless where it is restricted."""

    kind: ChangeKind
    resource_type: str
    title: str
    on: str
    record_id: str | None
    cited_by: list[int] = Field(description="Indexes of the statements that rest on it.")
    danger: str = Field(description="A new allergy, a stopped medicine, a risk; else empty.")
    blocks: bool = Field(description="Whether it is a major finding.")


class FreshBody(Told):
    """Whether the chart still says what the draft was made from."""

    read_at: datetime | None = Field(description="When all of it was last known; null: never.")
    asked_at: datetime | None
    unanswered: str = Field(description="Why the EHR did not tell all when last asked.")
    drafted_at: datetime | None
    changes: list[ChangeBody]


class Whole(Row):
    """A summary with everything that its reader may see."""

    text: str | None = Field(description="The exact text that is signed and filed.")
    title: str
    header: list[str]
    sections: list[SectionBody]
    findings: list[FindingBody]
    sources: list[SourceHead]
    coverage: dict[str, Any] = Field(description="What was read, unreadable and withheld.")
    attestations: list[AttestationBody]
    history: list[ActBody]
    versions: list[VersionBody]
    can: OptionsBody
    fresh: FreshBody | None = Field(description="Null while nobody reviews it.")


class AuditBody(ActBody):
    patient_ref: str | None
    subject_id: str | None
    hash: str


class RecordBody(Told):
    record_id: str
    source_ref: str
    version: str
    resource_type: str
    title: str
    effective: str
    author: str
    received_at: datetime
    is_latest: bool
    standing: str
    standing_reason: str
    gaps: list[dict[str, Any]]
    withheld: str


class ChartBody(Told):
    """One page of what is held of a patient."""

    patient: str
    pulled_at: datetime | None
    gaps: list[dict[str, Any]] = Field(description="Searches of the EHR that failed.")
    withheld_words: str
    rows: list[RecordBody]
    next: str | None


class PersonBody(Told):
    id: str
    name: str
    role: Role
    practitioner_ref: str | None


class SessionBody(Told):
    person: PersonBody
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every write.")


class IngestBody(Told):
    kept: int
    unchanged: int
    quarantined: int
    gaps: int


class UploadBody(IngestBody):
    """Counts so far; `reason` says why a refused one was."""

    id: str
    state: UploadState
    reason: str
    received_at: datetime
    ended_at: datetime | None


class SwitchBody(Told):
    switch: str
    reason: str
    made_by: str
    made_at: datetime


class SwitchesBody(Told):
    rows: list[SwitchBody]


class WriterUseBody(Told):
    """The drafts of one writer; seconds are of whole drafts."""

    name: str
    drafts: int
    sections: int
    from_chart: int = Field(description="Sections that the model was to write and did not.")
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float
    seconds_p50: float
    seconds_p95: float


class EndpointBody(Told):
    name: str
    failures: int = Field(description="In a row.")
    said: str
    closed_until: datetime | None


class UsageBody(Told):
    since: datetime
    writers: list[WriterUseBody]
    endpoints: list[EndpointBody]
