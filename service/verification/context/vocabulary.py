"""The four questions asked of every word: is it so, when, of whom, who says so."""

from dataclasses import dataclass
from enum import StrEnum

PATIENT = "patient"


class Polarity(StrEnum):
    """Is it so? `unassessed` was asked or tried in vain; `undocumented` was not written down."""

    AFFIRMED = "affirmed"
    POSSIBLE = "possible"
    NEGATED = "negated"
    UNASSESSED = "unassessed"
    UNDOCUMENTED = "undocumented"


class Time(StrEnum):
    """When? `recent` where nothing else is said; `current` is said; `standing` began before and
    goes on (chronic illness, habits, allergies)."""

    RECENT = "recent"
    CURRENT = "current"
    HISTORICAL = "historical"
    STANDING = "standing"
    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"


class Says(StrEnum):
    """Who says so; `unsaid` where the text does not tell."""

    UNSAID = "unsaid"
    PATIENT = "patient"
    OBSERVED = "observed"
    COLLATERAL = "collateral"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one word of a text is meant: `text[start:end]`, its stem, and the four answers.

    `subject` is "patient" or the word for the other ("mother"). `clause` numbers the clauses of
    the text; `is_past` marks one told in the past tense or with a date; `is_dated` one whose time
    only a heading or a year tells.
    """

    start: int
    end: int
    stem: str
    clause: int
    polarity: Polarity = Polarity.AFFIRMED
    time: Time = Time.RECENT
    subject: str = PATIENT
    says: Says = Says.UNSAID
    is_past: bool = False
    is_dated: bool = False
