"""What is asked of a chart for one section, and what it answers."""

from dataclasses import dataclass
from datetime import datetime

from service.retrieval.periods import EVER, Period


@dataclass(frozen=True)
class SectionQuery:
    """What one section needs. An empty filter lets everything pass.

    `codes` are "system|code" or a bare code. `headings` are note headings as one writes
    them: with `words` they lift a passage, without words only passages under them count.
    Records of unknown date pass `since`. `limit_tokens` bounds the evidence. `period` is what
    a question asked for; `is_of_period` tells what may answer for it.
    """

    key: str
    title: str
    record_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    words: str = ""
    since: datetime | None = None
    limit_tokens: int = 1500
    period: Period = EVER


@dataclass(frozen=True)
class Evidence:
    """A passage chosen for a section. `start` and `end` are characters into the record's text.

    `copies` counts how often the chart says it, this one included; the oldest is cited.
    `why` says what made it rank.
    """

    id: str
    record_id: str
    source_ref: str
    source_version: str
    resource_type: str
    title: str
    effective: str
    author: str
    author_role: str
    heading: str
    text: str
    start: int
    end: int
    score: float
    why: str
    copies: int = 1


@dataclass(frozen=True)
class Gathered:
    """`not_fitted` passages matched but were beyond the budget; `left_out` names their records,
    "Type/id", best first. `looked_for` says what was sought and among how many records, for a
    section that stays empty."""

    evidence: list[Evidence]
    not_fitted: int
    looked_for: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """A record that was not used, and why. The reason is for treating clinicians only."""

    record_id: str
    reason: str
