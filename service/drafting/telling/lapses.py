"""Medicines of which a lapse does harm: what is not taken of them comes before almost all else."""

from collections.abc import Iterator

from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.facts.courses import is_not_taken, is_order
from service.facts.doses import is_depot
from service.facts.fact import ConflictKind, Fact, FactKind, Standing
from service.reading.assertions import Act

LAPSES = (ConflictKind.NOT_TAKEN, ConflictKind.STOPPED)
RECENT = 92  # days; what was missed longer ago is history
_DEPOT = "long-acting-injectable"
_PRESCRIBED = ("missed", "not filled")  # who refuses one may never have taken it


def is_lapse(telling: Telling, key: str) -> bool:
    """Is it one of these, and in dispute still?"""
    of = [f for f in telling.facts.of(FactKind.MEDICINE) if f.key == key]
    is_open = any(f.standing is Standing.DISPUTED for f in of)
    return is_open and any(_is_of_harm(telling, f) for f in of)


def _is_of_harm(telling: Telling, fact: Fact) -> bool:
    lapses = tuple(telling.rules.lapses)
    said = [each for source in fact.sources for each in telling.said(source, fact.key)]
    orders = [each for each in said if is_order(each)]
    if orders and all(each.a.act is Act.AS_NEEDED for each in orders):
        return False
    is_named = telling.is_any(fact.key, lapses)
    return is_named or (_DEPOT in lapses and any(map(is_depot, orders)))


def lapses(telling: Telling) -> Iterator[Item]:
    """What only notes tell of: no order stands against it, and so no conflict has it."""
    told = {c.key for c in telling.facts.conflicts if c.kind in LAPSES}
    for fact in telling.facts.of(FactKind.MEDICINE):
        age = telling.age(fact.on[:10])
        is_missed = fact.standing is Standing.DISPUTED or fact.status in _PRESCRIBED
        is_told = fact.key in told or (age is not None and age > RECENT)
        if is_missed and not is_told and _is_of_harm(telling, fact):
            found = [s for s in fact.sources if any(map(is_not_taken, telling.said(s, fact.key)))]
            item = telling.first_quoted(found, Rank.LAPSE, longest=OF_DANGER)
            yield from [item] if item else []
