"""What is open: ordered, pending, due, promised, each with its age."""

from collections.abc import Iterator

from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import FactKind, Standing


def loops(telling: Telling) -> Iterator[Item]:
    """What is overdue first, then the newest. An order is told by its own words; several things
    that one sentence asks for are one."""
    facts = [f for f in telling.facts.of(FactKind.OPEN_LOOP) if f.standing is Standing.PLANNED]
    facts.sort(key=lambda f: (f.status == "overdue", f.on), reverse=True)
    for fact in facts:
        rank = Rank.OVERDUE if fact.status == "overdue" else Rank.OPEN
        rank = Rank.OTHER if fact.status == "told" else rank
        found = list(telling.sound(fact.sources))
        found.sort(key=lambda s: telling.read(s).is_note)
        if item := telling.first_quoted(found, rank, age=True):
            yield item
