"""What a writer is given, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from service.chart.identity import Identity
from service.chart.models import SourceRecord
from service.drafting.injection import Planted
from service.drafting.progress import Watch
from service.drafting.template import Prompt, SectionPrompt
from service.drafting.windows import Window
from service.drafting.wished import Wished
from service.facts.fact import Facts, ReadRecord
from service.retrieval.evidence import Evidence
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Severity

# What a checker says of each statement: why it does not hold, or None. Handed in from above, as
# drafting comes before verification.
Check = Callable[[Sequence[Statement], Mapping[str, SourceRecord]], list[str | None]]


@dataclass(frozen=True)
class Owed:
    """Something that a summary of this type must carry and does not: `kind` is that of
    prompts/shared/must-carry.toml; `places` are where it stands, (record id, start, end)."""

    kind: str
    severity: Severity
    places: tuple[tuple[str, int, int], ...]


# Of a request, what any document made from it lacks of what it must carry, the gravest first.
# Handed in from above, too.
Lacks = Callable[[Document], Sequence[Owed]]
Owing = Callable[["DraftRequest"], Lacks]


def nothing_owed(request: "DraftRequest") -> Lacks:  # noqa: ARG001
    """Where nobody was handed in who knows: the brief and the sections are all that is told."""
    return lambda _: ()


NO_FACTS = Facts("", (), ())


def nothing_checked(
    statements: Sequence[Statement],
    records: Mapping[str, SourceRecord],  # noqa: ARG001
) -> list[str | None]:
    """Where no checker was handed in: verification itself comes after the draft."""
    return [None] * len(statements)


@dataclass(frozen=True)
class SectionRequest:
    """One section to write: its prompt, its period, and the evidence gathered for it.

    `left_out` names the records, "Type/id", of which something matched and did not fit.
    """

    prompt: SectionPrompt
    window: Window
    evidence: tuple[Evidence, ...] = ()
    not_fitted: int = 0
    looked_for: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftRequest:
    """Everything a writer may use. `records` are those that may be read, in any order;
    `unreadable` counts those that nobody could read; `unread_types` are the resource types that
    the EHR could not be searched for. `planted`, by record id, is what speaks to
    a program and is left out. `attempt` numbers the versions, so that a draft that a person asks
    for anew is asked anew and one whose worker died is not. `facts` are those of the records, as of
    the day of the draft, and `read` what they were made from, by record id. `who` is only for
    hiding, and from withheld records too; None where the patient's names are not known. `wished`
    is what the reader asked for when they sent back the draft before.
    """

    prompt: Prompt
    window: Window
    records: tuple[SourceRecord, ...]
    sections: tuple[SectionRequest, ...]
    unreadable: int = 0
    unread_types: frozenset[str] = frozenset()
    summary_id: str = ""
    patient_ref: str = ""
    attempt: int = 1
    who: Identity | None = None
    planted: Mapping[str, tuple[Planted, ...]] = field(default_factory=dict)
    facts: Facts = NO_FACTS
    read: Mapping[str, ReadRecord] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    check: Check = nothing_checked
    wished: Wished = field(default_factory=Wished)
    owing: Owing = nothing_owed

    @property
    def seed(self) -> str:
        """What only this draft knows, the same each time that its task is delivered."""
        return f"{self.summary_id}:{self.attempt}"


@dataclass(frozen=True)
class Dropped:
    """Something a writer said that could not be cited, kept out of the text and shown beside it."""

    section: str
    said: str
    reason: str


@dataclass(frozen=True)
class Drafted:
    """A writer's sections in order. `writers` says who wrote each section, and why if not asked.

    `not_shown` counts, by section, records that were found but are over its limit. `carried` are
    the statements, by their words, that tell facts in a model's own words with the facts' values,
    each with the standing of its first.
    """

    sections: tuple[Section, ...]
    dropped: tuple[Dropped, ...] = ()
    writers: Mapping[str, str] = field(default_factory=dict)
    not_shown: Mapping[str, int] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Writes a draft. `name` is what a version records: "extractive" or the model's name."""

    @property
    def name(self) -> str: ...

    def check_ready(self) -> None:
        """Raise ModelWaiting when it cannot write now: asked before a chart is opened."""

    def write(self, request: DraftRequest) -> Drafted: ...
