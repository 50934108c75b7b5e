"""Questions of risk, known by LOINC code or by their words; and what an answer to one says."""

from collections.abc import Iterable
from functools import cache, lru_cache

from service.reading.assertions import Concept, Kind, Polarity
from service.reading.resources.naming import named
from service.reading.resources.tables import answer, plain, table

_LONGEST = 500  # characters of a question
_EVER = frozenset(("ever", "lifetime"))
_LATELY = frozenset(("past", "last", "since", "recent", "recently"))


def by_loinc(codes: Iterable[str]) -> Concept | None:
    """The risk that one of these LOINC codes asks about."""
    known = table("risks.toml")["loinc"]
    found = (known.get(code.strip("/").split("/")[-1]) for code in codes)
    return next((risk(said) for said in found if said), None)


def by_words(question: str) -> Concept | None:
    """The risk that a question asks about, by the phrases that it is known by."""
    return _by_words(question[:_LONGEST])


@lru_cache(4096)
def _by_words(question: str) -> Concept | None:
    said = f" {plain(question)} "
    for asked in table("risks.toml")["asked"]:
        if any(f" {phrase} " in said for phrase in asked["any"]):
            return risk(asked["means"])
    return None


@cache
def risk(said: str) -> Concept:
    """A risk phrase under the key that it has in a note."""
    found = [each.concept for each in named(said, Kind.PROBLEM)]
    risks = [concept for concept in found if concept.kind is Kind.RISK]
    return risks[0] if risks else Concept(Kind.RISK, plain(said).replace(" ", "-"))


def asks_ever(question: str) -> bool:
    """Does it ask of the whole life, and not of the last weeks?"""
    said = set(plain(question[:_LONGEST]).split())
    return not said.isdisjoint(_EVER) and said.isdisjoint(_LATELY)


def answered(said: str) -> Polarity | None:
    """Yes, no or unknown of an answer, "several days" and the like included; else None."""
    if (polarity := answer(said)) is not None:
        return polarity
    often = table("risks.toml")["frequency"]
    if plain(said) in often["none"]:
        return Polarity.NEGATED
    return Polarity.AFFIRMED if plain(said) in often["some"] else None
