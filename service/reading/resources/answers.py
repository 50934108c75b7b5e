"""What a value of words says of its question: yes, no, unknown, once, a level, another thing."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import typed, words
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Value
from service.reading.lexicon.relations import opposite
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame
from service.reading.resources.naming import Lead, lead, named
from service.reading.resources.quantities import number
from service.reading.resources.source import Element, Source, codes
from service.reading.resources.tables import answer, plain

_LONGEST = 80  # characters of an answer; what is longer is prose
_NEGATIVE = frozenset({"neg", "nd", "negative", "not detected", "nr"})
_POSITIVE = frozenset({"pos", "det", "positive", "detected", "rr", "wr"})


def result(part: Element) -> tuple[str, Polarity | None]:
    """A value of words, and the yes, no or unknown that it amounts to."""
    if part.get("dataAbsentReason") and not typed.value_of(part):
        return words.concept(part.get("dataAbsentReason")), Polarity.UNKNOWN
    if isinstance(yes := part.get("valueBoolean"), bool):
        return "yes" if yes else "no", Polarity.AFFIRMED if yes else Polarity.NEGATED
    given = part.get("valueCodeableConcept") or part.get("valueString") or part.get("valueCoding")
    said = words.concept(given)
    for each in (said, *codes(given)) if given else ():
        if (polarity := answer(each)) is not None:
            return said, polarity
    return said, None if said else _by_flag(part)


def _by_flag(part: Element) -> Polarity | None:
    """A result that is only flagged "negative" or "not detected"."""
    if typed.value_of(part):
        return None
    flags = set(codes(part.get("interpretation")))
    if flags & _NEGATIVE:
        return Polarity.NEGATED
    return Polarity.AFFIRMED if flags & _POSITIVE else None


def is_zero(part: Element, concept: Concept) -> bool:
    """Is it a question of risk, no level of it, or of a substance, that was answered with 0?"""
    if concept.kind not in (Kind.RISK, Kind.SUBSTANCE) or concept.key.endswith(("risk", "level")):
        return False
    given = part.get("valueInteger"), words.first(part.get("valueQuantity")).get("value")
    return 0 in [number(each) for each in given]


def as_value(concept: Concept, said: str, polarity: Polarity | None) -> Iterator[Value]:
    """The words themselves: a level of risk, a reason why there is no value, else an item."""
    if said:
        what = "reason" if polarity is Polarity.UNKNOWN else "item"
        is_level = concept.kind is Kind.RISK and polarity is None
        yield Value("level" if is_level else what, plain(said), said)


def leading(said: str, known: set[Concept]) -> Lead | None:
    """What the first words of an answer say of the thing asked about: "Never smoked tobacco",
    "Ex-smoker". None where they speak of something else: "no permanent housing"."""
    first = lead(said) if 0 < len(said) <= _LONGEST else Lead(said)
    if plain(said).endswith(" unknown"):
        return Lead(said, Polarity.UNKNOWN)
    if first.rest == said:
        return None
    named_in_it = {each.concept for each in named(first.rest, Kind.MEASUREMENT)}
    return first if named_in_it & known else None


def in_words(
    source: Source, frame: Frame, said: str, known: set[Concept], clause: int
) -> Iterator[Assertion]:
    """What an answer names beside what was asked about: "beta-haemolytic streptococci"."""
    if not said or len(said) > _LONGEST:
        return
    first = lead(said)
    for each in named(first.rest, Kind.MEASUREMENT):
        excludes = any(opposite(each.concept, asked) for asked in known)
        if each.concept not in known and (excludes or each.said != first.rest):
            told = led(replace(frame, values=()), first)
            yield replace(told.names(source, each, clause=clause), clause=clause)
