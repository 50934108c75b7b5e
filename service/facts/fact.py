"""What a fact is: one clinical thing of one patient over time, and two that cannot both be so."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from service.reading.assertions import Assertion, Certainty, Value


class FactKind(StrEnum):
    """The clinical kinds, in the order in which they are shown."""

    IDENTITY = "identity"  # age, gender, names, language, interpreter, death
    RISK = "risk"
    ALERT = "alert"  # flags of the record that are no risk
    ALLERGY = "allergy"
    MEDICINE = "medicine"
    PROBLEM = "problem"
    DIRECTIVE = "directive"  # code status, directives, legal status, guardian, consent
    OPEN_LOOP = "open-loop"
    MEASUREMENT = "measurement"
    SCORE = "score"
    EVENT = "event"
    PROCEDURE = "procedure"
    SUBSTANCE = "substance"
    SYMPTOM = "symptom"
    FINDING = "finding"
    SUPPORT = "support"  # people round the patient
    SETTING = "setting"  # living, work, places
    FAMILY = "family"  # illnesses of relatives
    GOAL = "goal"
    QUOTE = "quote"  # the patient's own words


class Standing(StrEnum):
    """How a thing stands today. UNKNOWN also where it is only possible."""

    CURRENT = "current"
    ON_HOLD = "on-hold"
    PAST = "past"
    PLANNED = "planned"
    REFUTED = "refuted"  # denied, ruled out, not to be given
    DISPUTED = "disputed"  # two that cannot both be so
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record with what was read of it. `on` is its own local day (ISO, may be a year or "")."""

    id: str
    resource_ref: str
    type: str
    on: str
    is_note: bool
    title: str
    author: str
    text: str
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class FactSource:
    """`text[start:end]` of a record, the day that it speaks of and who says so. `copies` is how
    many later notes say it in the same words: they add nothing."""

    record_id: str
    start: int
    end: int
    on: str = ""
    says: str = ""
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One step in a fact's history: what was so from which day."""

    on: str
    what: str
    values: tuple[Value, ...] = ()
    source: FactSource | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` is what is compared, `name` what is shown. `status` is the act or result in a word or
    two beside the standing ("as needed", "denied", "rising"). `on` is the day of the latest word.
    `history` is oldest first, `sources` newest first."""

    kind: FactKind
    key: str
    name: str
    standing: Standing
    why: str
    status: str = ""
    certainty: Certainty = Certainty.SURE
    since: str = ""
    until: str = ""
    on: str = ""
    values: tuple[Value, ...] = ()
    history: tuple[Change, ...] = ()
    sources: tuple[FactSource, ...] = ()

    def value(self, what: str) -> Value | None:
        """The first value of this name."""
        return next((each for each in self.values if each.what == what), None)


class ConflictKind(StrEnum):
    DOSE = "dose"
    FORBIDDEN = "forbidden"  # ordered, and ordered not to be given
    STOPPED = "stopped"  # stopped, and given or listed as current
    NOT_TAKEN = "not-taken"  # ordered, and refused or not taken
    DENIED = "denied"  # denied, and prescribed
    ALLERGIC = "allergic"  # allergic to it, and given
    NO_ALLERGY = "no-allergy"  # no known allergy, and one
    REFUTED = "refuted"  # active, and refuted
    SIDE = "side"
    WHO = "who"  # the patient and another say the opposite
    DIRECTIVE = "directive"  # two code statuses


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sayings that cannot both be so: a sentence, and both places, the newer first."""

    kind: ConflictKind
    key: str
    name: str
    why: str
    sides: tuple[FactSource, FactSource]


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one patient as of the day `on`."""

    on: str
    facts: tuple[Fact, ...]
    conflicts: tuple[Conflict, ...]

    def of(self, *kinds: FactKind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)

    def find(self, kind: FactKind, key: str) -> Fact | None:
        """The first fact of this kind and key."""
        return next((f for f in self.facts if f.kind is kind and f.key == key), None)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def newest_first(sources: Iterable[FactSource]) -> tuple[FactSource, ...]:
    """Each place once; those without a day last."""
    return tuple(sorted(dict.fromkeys(sources), key=lambda each: each.on, reverse=True))
