"""What a writer is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from service.chart.models import SourceRecord
from service.drafting.template import Prompt, SectionPrompt
from service.drafting.windows import Window
from service.retrieval.evidence import Evidence
from service.summary.document import Section


@dataclass(frozen=True)
class SectionRequest:
    """One section to write: its prompt, its period, and the evidence gathered for it."""

    prompt: SectionPrompt
    window: Window
    evidence: tuple[Evidence, ...] = ()
    not_fitted: int = 0
    looked_for: str = ""


@dataclass(frozen=True)
class DraftRequest:
    """Everything a writer may use. `records` are those that may be read, in any order;
    `unreadable` counts those that nobody could read."""

    prompt: Prompt
    window: Window
    records: tuple[SourceRecord, ...]
    sections: tuple[SectionRequest, ...]
    unreadable: int = 0


@dataclass(frozen=True)
class Dropped:
    """Something a writer said that could not be cited, kept out of the text and shown beside it."""

    section: str
    said: str
    reason: str


@dataclass(frozen=True)
class Drafted:
    """A writer's sections in order. `writers` says who wrote each section, and why if not asked.

    `not_shown` counts, by section, records that were found but are over its limit.
    """

    sections: tuple[Section, ...]
    dropped: tuple[Dropped, ...] = ()
    writers: Mapping[str, str] = field(default_factory=dict)
    not_shown: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Writes a draft. `name` is what a version records: "extractive" or the model's name."""

    @property
    def name(self) -> str: ...

    def write(self, request: DraftRequest) -> Drafted: ...
