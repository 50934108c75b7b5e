"""One patient's facts: what the records say together, reconciled, with their conflicts."""

from service.facts.fact import (
    Change,
    Conflict,
    ConflictKind,
    Fact,
    FactKind,
    Facts,
    FactSource,
    ReadRecord,
    Standing,
)
from service.facts.reconcile import facts_of

__all__ = [
    "Change",
    "Conflict",
    "ConflictKind",
    "Fact",
    "FactKind",
    "FactSource",
    "Facts",
    "ReadRecord",
    "Standing",
    "facts_of",
]
