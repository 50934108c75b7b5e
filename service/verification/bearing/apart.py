"""What a source leaves open: it speaks of another person, of another time, or it only asks."""

from service.reading.assertions import PATIENT, Act, Assertion, Certainty, Kind, Polarity, Time
from service.reading.scope.persons import FAMILY
from service.reading.values import same

# Whose these are is seldom said: a home is shared, a visit has two sides, an order names nobody.
_SHARED = frozenset((Kind.SETTING, Kind.LEGAL, Kind.PROCEDURE, Kind.PERSON))
# Whose these are is not told by who is named beside them: the patient is alive, a weapon is moved.
_OTHERS = frozenset(
    ("death", "suicide-death", "birth", "firearm", "weapon", "argument", "visit", "admission")
)
_BOUNDS = ("date", "duration")
_SOME = {  # who may be one of whom
    "parents": frozenset(("mother", "father", "parent")),
    "parent": frozenset(("mother", "father", "parents")),
    "sibling": frozenset(("brother", "sister", "twin")),
    "grandparent": frozenset(("grandmother", "grandfather")),
    "children": frozenset(("son", "daughter", "child")),
    "child": frozenset(("son", "daughter", PATIENT)),
    "partner": frozenset(("wife", "husband", "girlfriend", "boyfriend")),
}


def is_apart(said: Assertion, held: Assertion) -> bool:
    """Does the source neither bear nor deny it?"""
    if held.polarity is Polarity.UNKNOWN and held.certainty is Certainty.POSSIBLE:
        return True  # a question
    if _is_taken_or_allergy(said, held) or _is_taken_or_allergy(held, said):
        return True
    if not is_of_same(said, held):
        return said.polarity is not held.polarity or said.polarity is Polarity.NEGATED
    return said.polarity is not held.polarity and _is_compatible(said, held)


def _is_taken_or_allergy(one: Assertion, other: Assertion) -> bool:
    """Who is allergic to a thing does not take it, and who takes it is not allergic."""
    return one.concept.kind is Kind.ALLERGY is not other.concept.kind and other.act is not Act.NONE


def _is_compatible(said: Assertion, held: Assertion) -> bool:
    """So and not so, without a contradiction: then and now, should it happen; the denial of one
    thing and its whole kind."""
    denied, told = (said, held) if said.polarity is Polarity.NEGATED else (held, said)
    if Time.IF in (said.time, held.time) or _is_later(denied, told):
        return True
    if told.time is Time.PLANNED and denied.time is not Time.PLANNED:
        return True  # what is planned is not yet done
    if said is denied and not told.on and _is_bounded_otherwise(denied, told):
        return True  # "none since May" beside what is told of no day
    if said.time is Time.NOW and held.time is Time.PAST:
        return said.concept.kind is not Kind.PROCEDURE  # "has not had surgery" is for ever
    return held.polarity is Polarity.NEGATED and held.concept.key != said.concept.key


def _is_bounded_otherwise(denied: Assertion, told: Assertion) -> bool:
    bounds = [v for v in denied.values if v.what in _BOUNDS]
    return bool(bounds) and not any(same(v, each) for v in bounds for each in told.values)


def _is_later(denied: Assertion, told: Assertion) -> bool:
    """So until a day, and not so since then."""
    return bool(told.on) and told.on < denied.on and denied.time is not Time.EVER


def is_of_same(said: Assertion, held: Assertion) -> bool:
    """Is the person that both speak of one, as far as they say?"""
    both = (said.subject, held.subject)
    if said.subject == held.subject or said.concept.kind in _SHARED:
        return True
    if PATIENT in both and said.concept.key in _OTHERS:
        return True
    return any(_has(one, other) for one, other in (both, both[::-1]))


def _has(some: str, one: str) -> bool:
    """Is one of several meant, or may be?"""
    return (some == FAMILY and one != PATIENT) or one in _SOME.get(some, some.split("+"))
