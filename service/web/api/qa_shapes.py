"""What /qa takes and answers."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from service.qa.models import Sampled
from service.qa.sampling import MAX_SIZE
from service.summary.vocabulary import FindingKind, SummaryType
from service.web.api.shapes import SourceBody, Taken, Told


class NewSample(Taken):
    """The same seed on the same texts draws the same sample."""

    seed: str = Field(min_length=1, max_length=100)
    size: int = Field(ge=1, le=MAX_SIZE)
    statuses: Sampled = Field(description="Texts as they were drafted, or as they were signed.")
    types: list[SummaryType] = Field(default_factory=list, description="Empty: all.")
    since: AwareDatetime | None = Field(None, description="Included.")
    until: AwareDatetime | None = Field(None, description="Not included.")
    finding_kind: FindingKind | None = None
    evenly_by_type: bool = False


class MarkTaken(Taken):
    kind: str = Field(max_length=40)
    statement_index: int | None = Field(None, description="Null for an omission.")
    note: str = Field("", max_length=10_000)


class NewRating(Taken):
    answers: dict[str, str] = Field(description="Question key to answer; every question once.")
    marks: list[MarkTaken] = Field(default_factory=list, max_length=1_000)
    comment: str = Field("", max_length=10_000)


class SampleBody(Told):
    id: str
    seed: str
    criteria: dict[str, Any]
    made_by: str
    made_at: datetime
    frame_size: int = Field(description="How many texts it was drawn from.")
    frame_hash: str = Field(description="Whether another draw was made from the same texts.")
    items: int
    rated: int
    rated_by_me: int
    closed_at: datetime | None


class ItemHead(Told):
    id: str
    position: int
    summary_id: str
    patient_ref: str
    type: str
    digest: str
    raters: int
    rated_by_me: bool
    can_rate: bool


class WholeSample(SampleBody):
    """A sample with its items in the drawn order; no text."""

    rows: list[ItemHead]


class QuestionBody(Told):
    key: str
    text: str
    definition: str
    answers: dict[str, str] = Field(description="Each answer and what it means.")


class StatementToMark(Told):
    index: int
    text: str
    start: int
    end: int


class ItemBody(Told):
    """One text beside its sources, the form, and the caller's own rating."""

    item: ItemHead
    sample_id: str
    title: str
    text: str
    statements: list[StatementToMark]
    sources: list[SourceBody]
    questions: list[QuestionBody]
    answers: dict[str, str]
    marks: list[dict[str, Any]]
    comment: str


class RatingBody(Told):
    """That it is kept; what was written is read at the item."""

    item_id: str
    person_id: str
    revision: int = Field(description="How many times this person has rated the item.")
    rated_at: datetime


class ResultsBody(Told):
    """Counts with 95 % bounds; the shapes inside are those of `qa/measures.py`."""

    sample: SampleBody
    overall: dict[str, Any]
    by_type: dict[str, Any]
    by_month: dict[str, Any]
    agreement: list[dict[str, Any]]


class KindHandledBody(Told):
    kind: FindingKind
    found: int
    overridden: dict[str, Any] = Field(description="The statement stands; a proportion.")
    dismissed: dict[str, Any] = Field(description="The finding is wrong; a proportion.")
    corrected: dict[str, Any] = Field(description="The text was changed; a proportion.")


class HandlingBody(Told):
    since: datetime
    signed: int
    unedited: dict[str, Any]
    edited_p50: float | None = Field(description="Share of words that differ, half within.")
    edited_p90: float | None
    kinds: list[KindHandledBody]
