"""What an EHR and this service say to each other, as CDS Hooks 2.0 writes it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class Indicator(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ServiceBody(BaseModel):
    """One service as discovery lists it. No prefetch: the chart is here already."""

    id: str
    hook: str
    title: str
    description: str


class Services(BaseModel):
    services: list[ServiceBody]


class Context(BaseModel):
    """Of every hook here; what else a hook's context holds is not needed."""

    patient_id: str = Field(alias="patientId", min_length=1, max_length=80)
    user_id: str = Field(default="", alias="userId", max_length=200)


class Call(BaseModel):
    hook: str
    hook_instance: UUID = Field(alias="hookInstance")
    fhir_server: str | None = Field(default=None, alias="fhirServer")
    context: Context


class Source(BaseModel):
    label: str = "Countersign"


class Link(BaseModel):
    """`smart`: the EHR launches it with what is open; the app is told `app_context`."""

    label: str
    url: str
    type: str = "smart"
    app_context: str | None = Field(default=None, serialization_alias="appContext")


class Card(BaseModel):
    """`uuid` is the summary's id, so that feedback names it. No words of a chart: an EHR may keep
    what it shows."""

    uuid: UUID
    summary: str = Field(max_length=140)
    detail: str
    indicator: Indicator
    source: Source = Source()
    links: list[Link]


class Cards(BaseModel):
    cards: list[Card]


class OverrideReason(BaseModel):
    reason: dict[str, Any] | None = None


class Told(BaseModel):
    """What became of one card. What the person typed about it is not kept: it may speak of the
    patient."""

    card: UUID
    outcome: str = Field(pattern="^(accepted|overridden)$")
    override_reason: OverrideReason | None = Field(default=None, alias="overrideReason")
    outcome_timestamp: datetime | None = Field(default=None, alias="outcomeTimestamp")


class Feedback(BaseModel):
    feedback: list[Told] = Field(max_length=100)
