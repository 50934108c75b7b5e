"""One thing that a record says: of whom, when, by whom, how surely. The words of the contract."""

from collections.abc import Hashable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

PATIENT = "patient"


class Kind(StrEnum):
    """What a concept is. WORD: any other telling word, by its stem."""

    MEDICINE = "medicine"
    SUBSTANCE = "substance"  # alcohol, cannabis, tobacco, opioids of the street
    PROBLEM = "problem"  # a diagnosis
    SYMPTOM = "symptom"
    FINDING = "finding"  # of an examination, mental state or image
    MEASUREMENT = "measurement"  # laboratory, vital sign
    SCORE = "score"  # PHQ-9, C-SSRS
    RISK = (
        "risk"  # key: suicidal-ideation, suicide-plan, suicide-intent, means, attempt, self-harm,
    )
    #                violence, homicidal-ideation, risk-level, protective-factor, safety-plan, ...
    ALLERGY = "allergy"  # key: the substance
    PROCEDURE = "procedure"  # also therapies, imaging, tests as such
    EVENT = "event"  # admission, discharge, fall, visit, death
    PERSON = "person"
    SETTING = "setting"  # places, living, work
    LEGAL = "legal"  # holds, orders, capacity, directives, code status
    WORD = "word"


class Polarity(StrEnum):
    """UNKNOWN: asked in vain, not assessed, not documented."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    SURE = "sure"
    POSSIBLE = "possible"  # possible, probable, suspected, query
    UNLIKELY = "unlikely"


class Time(StrEnum):
    """NOW also where nothing else is said."""

    PAST = "past"
    NOW = "now"
    PLANNED = "planned"
    IF = "if"  # would be, should it happen, warned of, counselled about
    EVER = "ever"  # standing over time: chronic illness, allergy, "no history of", "never"


class Tense(StrEnum):
    """How a statement tells it: PAST also of what has been done. NONE in sources."""

    NONE = ""
    PRESENT = "present"
    PAST = "past"


class Says(StrEnum):
    """Who says so. CLINICIAN where nothing else is said."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    COLLATERAL = "collateral"
    DEVICE = "device"
    OUTSIDE = "outside"  # other hospitals, letters, hearsay
    QUOTED = "quoted"


class Act(StrEnum):
    """What is done with a medicine, procedure, referral, device. NONE: mentioned only."""

    NONE = ""
    TAKEN = "taken"  # also attended, done
    PRESCRIBED = "prescribed"  # also ordered, referred
    STARTED = "started"
    INCREASED = "increased"
    REDUCED = "reduced"
    CONTINUED = "continued"
    AS_NEEDED = "as-needed"
    ONCE = "given-once"
    TAPER = "taper"
    HELD = "held"
    STOPPED = "stopped"
    DECLINED = "declined"
    MISSED = "missed"
    NOT_FILLED = "not-filled"
    AVOID = "avoid"  # do not give, contraindicated
    CONSIDERED = "considered"


@dataclass(frozen=True, slots=True)
class Concept:
    """`key` is what is compared: one for all names of a thing ("sertraline" for Zoloft)."""

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value attached to an assertion. `what`: dose, strength, quantity, count, score, level,
    range, frequency, route, form, date, time, duration, age, side, severity, change, item, reason,
    stage, order (third of several), name (of a person, by the last), standing (what a record says
    of itself in brackets), grade (how high a risk is put), sequence (before or after what follows).

    `value` is in base units, so that equal things are equal: ("mass", 0.05) in grams... see
    values/. `per` is what it is per ("day", "dose", "kg"), `comparator` one of < <= > >= ~ or ""
    `is_range` for a reference range, which is no result. `start` and `end` into the record's text.
    """

    what: str
    value: Hashable
    said: str
    per: str = ""
    comparator: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing said, at `text[start:end]` of the record, in its unit and clause.

    `subject` is PATIENT or the word for the other person. `says_who` names the teller where it is
    another ("mother"). `negated_part` is what of it is denied where it is not the whole ("no
    *increase in*", "not *new*"). `words` are the stems of the clause's other telling words: cause,
    place, quality. `role`: "" or "cause", "effect", "agent", "object" where the clause says who did
    what. `current`: False where the text is struck, corrected or pasted.
    """

    concept: Concept
    start: int
    end: int
    unit: int = 0
    clause: int = 0
    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.SURE
    time: Time = Time.NOW
    subject: str = PATIENT
    says: Says = Says.CLINICIAN
    says_who: str = ""
    act: Act = Act.NONE
    values: tuple[Value, ...] = ()
    negated_part: str = ""
    role: str = ""
    words: frozenset[str] = frozenset()
    is_current: bool = True
    on: str = (
        ""  # ISO date (may be a year or month only) when it was so, resolved in the site's zone
    )
    tense: Tense = Tense.NONE

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"words": sorted(self.words)}
