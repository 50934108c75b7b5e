"""How a note is laid out: the words in which its structure is told. Offsets are characters."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int


class Section(StrEnum):
    """What kind of section a unit stands in; OTHER where none is known."""

    ADMINISTRATIVE = "administrative"
    CHIEF_COMPLAINT = "chief-complaint"
    HISTORY = "history"  # of the present illness, interval, subjective
    PAST_HISTORY = "past-history"
    MEDICINES = "medicines"
    PAST_MEDICINES = "past-medicines"  # past trials, stopped, discontinued
    ALLERGIES = "allergies"
    FAMILY = "family"
    SOCIAL = "social"
    SUBSTANCES = "substances"
    SYMPTOMS = "symptoms"  # review of systems
    EXAMINATION = "examination"
    MENTAL_STATE = "mental-state"
    RISK = "risk"
    RESULTS = "results"
    VITALS = "vitals"
    SCORES = "scores"
    COURSE = "course"
    ASSESSMENT = "assessment"
    DIFFERENTIAL = "differential"
    PLAN = "plan"
    INSTRUCTIONS = "instructions"  # return precautions, advice to the patient
    SAFETY_PLAN = "safety-plan"
    COLLATERAL = "collateral"
    LEGAL = "legal"
    TALK = "talk"  # turns of a conversation
    OTHER = "other"


class Stance(StrEnum):
    """What a header, label, tick or answer says of the unit as a whole, before its own words do."""

    PLAIN = "plain"  # nothing: the unit's own words decide
    YES = "yes"  # ticked, "yes", "present", "+", under "Endorses:"
    NO = "no"  # unticked, "no", "none", "-", under "Denies:", "Negative for:"
    UNKNOWN = "unknown"  # not asked, not recorded, "no content", blank
    STOPPED = "stopped"  # under "Discontinued:", "Stopped medications:"
    HELD = "held"
    PLANNED = "planned"  # under "Plan:", "To do:", "Ordered:"
    DECLINED = "declined"


class State(StrEnum):
    """Whether the text still counts."""

    STANDS = "stands"
    STRUCK = "struck"  # crossed out or deleted by markup
    CORRECTED = "corrected"  # a later correction in the same note says otherwise
    PASTED = "pasted"  # carried over from an older note
    ADDRESSED = "addressed"  # an order to whoever retells the text: bears nothing
    TEMPLATE = "template"  # a form's own words, disclaimers, signatures, headings: nobody's finding


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that is read by itself: a sentence, an item, a cell, an answer.

    `place` is all of it, as evidence is shown. `parts` are the pieces that are read as one phrase,
    in order: for a sentence itself, for a table's cell (row heading, column heading, cell), for
    an answer (label, answer) or, where the answer is only a stance ("SI: denies"), its label.
    `header` is where the words stand that its stance or section comes from. `speaker` is "" for
    the author, else "patient", "clinician" or a word for the other ("mother", "wife"). `dated` is
    the ISO date of a dated entry that it stands in, "" where the record's own date holds.
    `answers` is the number of the unit with the question that it answers in talk, -1 for none.
    `list_of` numbers the list or table that it is an item of, -1 for none; units of one list
    belong together.
    """

    place: Place
    parts: tuple[Place, ...]
    section: Section = Section.OTHER
    stance: Stance = Stance.PLAIN
    state: State = State.STANDS
    header: Place | None = None
    speaker: str = ""
    dated: str = ""
    answers: int = -1
    list_of: int = -1

    def words(self, text: str) -> str:
        """Its parts as one phrase; `offset` maps back."""
        return " ".join(text[a:b] for a, b in self.parts)

    def offset(self, at: int) -> int:
        """The place in the text of a place in `words()`."""
        for start, end in self.parts:
            if at <= end - start:
                return start + at
            at -= end - start + 1
        return self.place.end


@dataclass(frozen=True, slots=True)
class Structure:
    """A text as its units in order. Every character that says anything stands in exactly one
    unit's `place` or in a `header`; the rest is space, marks and rules."""

    units: tuple[Unit, ...]
    gaps: tuple[str, ...] = ()  # sentences: what could not be read, for the record's gaps
