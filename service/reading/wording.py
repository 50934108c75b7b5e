"""What was read, in words for people: of an assertion all that it says beside the thing itself."""

from service.reading.assertions import (
    PATIENT,
    Assertion,
    Certainty,
    Kind,
    Polarity,
    Says,
    Time,
)
from service.reading.layout import Section, Stance, State, Unit

_TIME = {Time.PAST: "past", Time.PLANNED: "planned", Time.IF: "if", Time.EVER: "ever"}


def name_words(a: Assertion) -> str:
    """ "medicine sertraline"."""
    return f"{a.concept.kind.value} {a.concept.key.replace('-', ' ')}"


def assertion_words(a: Assertion) -> list[str]:
    """Each attribute that is not as by default, in the order in which people ask."""
    said = []
    if a.polarity is not Polarity.AFFIRMED:
        said.append({"negated": "no", "unknown": "not known"}[a.polarity.value])
    if a.negated_part:
        said.append(f"no {a.negated_part}")
    if a.certainty is not Certainty.SURE:
        said.append(a.certainty.value)
    said += [word for word in (_TIME.get(a.time, ""), a.act.value) if word]
    if a.subject != PATIENT:
        said.append(f"of: {a.subject}")
    if a.says is not Says.CLINICIAN or a.says_who:
        said.append(f"says: {a.says_who or a.says.value}")
    said += [f"{v.what}: {v.comparator}{v.said}" for v in a.values]
    said += [word for word in (a.role and f"as {a.role}", a.on and f"on {a.on}") if word]
    return said if a.is_current else [*said, "no longer counts"]


def unit_words(unit: Unit) -> list[str]:
    """Its section, stance and state where they say anything, and who speaks."""
    said = [] if unit.section is Section.OTHER else [unit.section.value.replace("-", " ")]
    if unit.stance is not Stance.PLAIN:
        said.append({"yes": "answered yes", "no": "answered no"}.get(unit.stance, unit.stance))
    if unit.state is not State.STANDS:
        said.append(unit.state.value)
    if unit.speaker:
        said.append(f"says: {unit.speaker}")
    return [*said, unit.dated] if unit.dated else said


def telling(assertions: tuple[Assertion, ...]) -> dict[int, list[Assertion]]:
    """Unit number -> what it asserts, words that name no known thing left out."""
    of: dict[int, list[Assertion]] = {}
    for a in assertions:
        if a.concept.kind is not Kind.WORD:
            of.setdefault(a.unit, []).append(a)
    return of
