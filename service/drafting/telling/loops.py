"""What is open: ordered, pending, due, promised, each with its age."""

from collections.abc import Iterator
from dataclasses import replace

from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.telling.who import VISIT
from service.facts.fact import Fact, FactKind, FactSource, Standing

_ANEW = "asked for anew"


def loops(telling: Telling) -> Iterator[Item]:
    """What is due first, then the newest. An order is told by its own words; several things that
    one sentence asks for are one."""
    facts = [f for f in telling.facts.of(FactKind.OPEN_LOOP) if f.standing is Standing.PLANNED]
    facts = [f for f in facts if f.key != VISIT]  # why now tells when the next visit is due
    newest = max((r.on for r in telling.request.read.values() if r.is_note), default="")
    for fact in sorted(facts, key=lambda f: f.on, reverse=True):
        first = next(telling.sound(_first_asked(telling, fact)), None)
        rank = _rank(fact, is_old=first is not None, is_new=fact.on == newest)
        found = list(telling.sound(fact.sources))
        found.sort(key=lambda s: telling.read(s).is_note)
        if item := telling.first_quoted(found, rank, age=first is None):
            yield _since(telling, item, first) if first else _due(telling, item, fact)


def _rank(fact: Fact, *, is_old: bool, is_new: bool) -> Rank:
    if fact.status == "told":
        return Rank.OPEN if is_new else Rank.OTHER
    is_due = fact.status == "overdue" or fact.value("due")
    return Rank.OVERDUE if is_due or is_old else Rank.OPEN


def _due(telling: Telling, item: Item, fact: Fact) -> Item:
    """With the day on which it is due, where its source has that day."""
    due, told = fact.value("due"), next(glue.items(item.text))
    text = telling.records[item.citations[0].record_id].text
    if due is None or len(due.said) != len("2026-01-01") or due.said not in text:
        return item
    return replace(item, text=glue.when(told.body, told.day, due=due.said))


def _first_asked(telling: Telling, fact: Fact) -> tuple[FactSource, ...]:
    """Where it was asked for first, of what was asked for again and again and never answered."""
    before = [f for f in telling.facts.of(FactKind.OPEN_LOOP) if f.key == fact.key and f != fact]
    asked = fact.since
    source: tuple[FactSource, ...] = ()
    for each in sorted(before, key=lambda f: f.since, reverse=True):
        if each.status != _ANEW or each.until != asked:
            break
        asked, source = each.since, each.sources[-1:]
    return source


def _since(telling: Telling, item: Item, first: FactSource) -> Item:
    told = next(glue.items(item.text))
    text = glue.when(told.body, told.day, since=telling.read(first).on[:10])
    found = telling.sentence(first) if telling.read(first).is_note else telling.headline(first)
    citations = (*item.citations, found[1]) if found else item.citations
    return replace(item, text=text, citations=citations) if found else item
