"""By which names a fact is known to a rule, and to a summary that calls it otherwise."""

from service.facts import Fact, FactKind
from service.reading.assertions import Assertion
from service.reading.lexicon.relations import wider


def names(fact: Fact) -> frozenset[str]:
    """Its own, and what they imply."""
    return own_names(fact).union(*map(wider, own_names(fact)))


def own_names(fact: Fact) -> frozenset[str]:
    """Its key; of a relative's, what it is; of a topic told by its words, which."""
    key = fact.key.rpartition(":")[2] if fact.kind is FactKind.FAMILY else fact.key
    return frozenset((key, fact.key.partition(":")[0]))


def keys(a: Assertion) -> frozenset[str]:
    """Its own name, and what others call it."""
    return alike(a.concept.key) | {a.concept.key}


def alike(key: str) -> frozenset[str]:
    return _ALIKE.get(key, frozenset())


def _family(*keys: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(keys, frozenset(keys))


# What one writer calls by one name and another by the other.
_ALIKE: dict[str, frozenset[str]] = {
    **_family(
        *("suicide-attempt", "overdose", "aborted-attempt", "interrupted-attempt"),
        *("hanging-method", "jumping-method", "suicide"),
    ),
    "passive-death-wish": frozenset(("suicidal-ideation",)),
    **_family("violence", "threat", "physical-abuse"),
    **_family("follow-up", "visit", "return", "appointment", "outpatient-visit"),
    **_family("carer", "care", "dependants"),
    **_family("vitamin-b12", "b12-level"),
    **_family("vitamin-d", "vitamin-d-level"),
    **_family("firearm", "means-access", "means-safety"),
    **_family("weapon", "means-access"),
    **_family("suicide-plan", "preparatory-act"),
    **_family("do-not-resuscitate", "code-status", "advance-directive"),
    **_family("driving-restriction", "driving"),
    **_family("power-of-attorney", "guardianship"),
    **_family("safety-plan", "safety-contract"),
    **_family("involuntary-hold", "section-2", "section-3"),
    **_family("physical-abuse", "sexual-abuse", "abuse", "emotional-abuse"),
    **_family("acute-risk", "suicide-risk", "risk-level"),
}
