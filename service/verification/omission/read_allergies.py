"""Allergies that a text tells in words of its own, as it is read: what names no cue is found too
("Hives after the first dose of amoxicillin")."""

from collections.abc import Iterable, Iterator

from service.drafting.template import MustCarry
from service.reading.assertions import PATIENT, Act, Assertion, Kind, Polarity, Time
from service.reading.reading import Reading
from service.summary.vocabulary import Severity
from service.verification.bearing.texts import of_text
from service.verification.lexical import Source
from service.verification.models import Span
from service.verification.omission.allergies import allergen_anchor, allergy_key
from service.verification.omission.must import MustSay

# What befalls somebody with a medicine named beside it, and is hardly ever anything else.
REACTIONS = frozenset(("anaphylaxis", "hives", "angioedema", "stevens-johnson-syndrome"))
_UNNAMED = frozenset(("any", "drug", "food", "latex", "environmental"))
_TREATS = frozenset(("epinephrine", "antihistamine", "cetirizine", "diphenhydramine"))
_SUPPOSED = (Time.IF, Time.PLANNED)


def read_allergies(sources: Iterable[Source], rule: MustCarry) -> Iterator[MustSay]:
    """One for each allergen of each text."""
    for source in sources:
        reading = of_text(source.id, source.text, source.date).reading
        for assertion in _told(reading):
            unit = reading.structure.units[assertion.unit]
            start, end = unit.place
            said = source.text[start:end].strip()
            name = assertion.concept.key.replace("-", " ")
            yield MustSay(
                rule.kind,
                allergy_key(name),
                said,
                Severity.MAJOR,
                rule.reason,
                allergen_anchor(name),
                (),
                (Span(source.id, start, end, source.text[start:end]),),
                source.date,
            )


def _told(reading: Reading) -> Iterator[Assertion]:
    befell = {(a.unit, a.clause) for a in reading.assertions if _is_reaction(a)}
    for a in reading.assertions:
        is_named = a.concept.kind is Kind.ALLERGY and a.concept.key not in _UNNAMED
        is_cause = a.concept.kind is Kind.MEDICINE and (a.unit, a.clause) in befell
        if _is_so(a) and (is_named or (is_cause and _may_cause(a))):
            yield a


def _is_reaction(a: Assertion) -> bool:
    return a.concept.key in REACTIONS and _is_so(a)


def _may_cause(a: Assertion) -> bool:
    return a.concept.key not in _TREATS and a.act not in (Act.CONTINUED, Act.INCREASED)


def _is_so(a: Assertion) -> bool:
    is_meant = a.is_current and a.time not in _SUPPOSED
    return is_meant and a.polarity is Polarity.AFFIRMED and a.subject == PATIENT
