"""What a prompt folder may say: sections and must-carry rules, checked on entry."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.facts.fact import FactKind, Standing
from service.reading.assertions import Act, Kind, Time
from service.summary.vocabulary import Severity, SummaryType

WindowName = Literal["all", "since-last-visit", "last-admission"]
Style = Literal["facts", "trend", "notes", "mixed", "medicines", "loops", "owed"]
Rows = Literal["line", "changed", "course"]
NOTE_TYPES = ("DocumentReference", "Composition")

Names = tuple[str, ...]


class Checked(BaseModel):
    """Values from a file that an institution may edit: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionPrompt(Checked):
    """One section: what it reads, how it is shown, what it says when nothing is found."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str = Field(min_length=1)
    instruction: str = Field(min_length=1)
    absence: str = Field(min_length=1)
    style: Style
    record_types: Names = Field(min_length=1)
    categories: Names = ()
    codes: Names = ()
    statuses: Names = ()
    headings: Names = ()
    headings_without: Names = ()
    words: str = ""
    limit_tokens: int = Field(default=1500, ge=100, le=50_000)
    window: WindowName | None = None
    max_statements: int = Field(default=10, ge=1, le=200)
    max_notes: int | None = Field(default=None, ge=0, le=200)
    newest_notes: int = Field(default=6, ge=1, le=1000)
    facts_types: Names = ()
    facts_words: Names = ()
    facts_without: Names = ()
    only_facts_words: bool = False
    needs_words: Names = ()
    needs_heading: bool = False
    latest_only: Names = ()
    history_words: Names = ()
    tells_of: tuple[FactKind, ...] = ()
    speaks_of: tuple[Kind, ...] = ()
    does: tuple[Act, ...] = ()
    times: tuple[Time, ...] = ()
    by_problem: bool = False
    standings: tuple[Standing, ...] = ()
    rows: Rows = "line"
    values: int = Field(default=6, ge=2, le=20)
    without_copies: bool = False
    whole_newest: bool = False
    with_lines: Names = ()
    split_lines: Names = ()
    extractive: bool = False

    @property
    def fact_types(self) -> Names:
        """The record types whose headlines are statements here."""
        return self.facts_types or tuple(t for t in self.record_types if t not in NOTE_TYPES)

    @property
    def reads_notes(self) -> bool:
        return self.style in ("notes", "mixed") or (self.style == "trend" and bool(self.max_notes))


PartName = Literal[
    "polarity", "dose", "stop", "reason", "reaction", "value", "level", "date", "direction"
]
Take = Literal["each", "latest", "ever", "open", "abnormal", "obliged"]


class MustCarry(Checked):
    """Facts that a summary of these types must carry when its sources have them, and why.

    `facts` to `within_days` choose them: their kinds, how they stand, of which `keys` or what
    implies them, by their status; `take` says which of them, `parts` what belongs to each.
    """

    kind: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    severity: Severity
    types: tuple[SummaryType, ...] = ()
    facts: tuple[FactKind, ...] = ()
    standings: tuple[Standing, ...] = ()
    statuses: Names = ()
    statuses_without: Names = ()
    keys: Names = ()
    without: Names = ()
    beside: Names = ()
    told: Names = ()
    acts: Names = ()
    words: Names = ()
    without_words: Names = ()
    record_types: Names = ()
    listed: Names = ()
    take: Take = "each"
    denials: bool = False
    parts: tuple[PartName, ...] = ()
    within_days: int | None = Field(default=None, ge=1)
    enough: float = Field(default=0.5, gt=0, le=1)


class DocumentType(Checked):
    """LOINC code of the filed document."""

    code: str = Field(pattern=r"^\d{1,7}-\d$")
    display: str = Field(min_length=1)


class Meta(Checked):
    """A summary type's meta.toml, its sections joined with the catalogue. `words` is the most that
    a document may have, the sections that are `tables` aside: those have a row a thing."""

    version: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    title: str = Field(min_length=1)
    window: WindowName
    words: int = Field(default=500, ge=100, le=5000)
    tables: Names = ()
    type: DocumentType
    sections: tuple[SectionPrompt, ...] = Field(min_length=1)


class Toxic(Checked):
    """A medicine, and signs that it does harm: one of each list together."""

    medicine: str = Field(min_length=1)
    signs: tuple[Names, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)


class BriefRules(Checked):
    """prompts/shared/brief.toml: how long a brief may be, and which keys of the reader's lexicon
    come first: medicines of a `narrow` range, `lapses` (key: reason) of those that do harm where
    they are not taken, `toxic` signs that one does harm, `grave` problems, risks that `ever`
    happened or are `asked` of everybody, illnesses that may be `inherited`, `binding` directives;
    `course` are words by which a sentence tells how a problem goes."""

    version: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    lines: int = Field(default=12, ge=1, le=12)
    words: int = Field(default=150, ge=30, le=150)
    narrow: Names = ()
    lapses: dict[str, str] = Field(default_factory=dict)
    toxic: tuple[Toxic, ...] = ()
    grave: Names = ()
    ever: Names = ()
    asked: Names = ()
    inherited: Names = ()
    binding: Names = ()
    course: Names = ()


class Asking(Checked):
    """What a model is asked, with placeholders (see placeholders.py)."""

    answer: str
    question: str
    repair: str
    redraft: str
    returned: str


class Prompt(Checked):
    """Everything that one summary type is drafted from. `hash` is SHA-256 over its files;
    `own_files` are those of them that the institution's folder gave."""

    summary_type: SummaryType
    meta: Meta
    system: str = Field(min_length=1)
    rules: str = Field(min_length=1)
    asking: Asking
    must_carry: tuple[MustCarry, ...]
    brief: BriefRules
    hash: str
    own_files: Names = ()
    loaded_at: datetime
