"""What is open: ordered, pending, due, promised, each with its age."""

import re
from collections.abc import Iterator
from dataclasses import replace

from service.drafting.telling import glue
from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.drafting.telling.who import VISIT
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.said import days_between
from service.reading.assertions import Kind

WORDS = 4  # of what is told as owed; fewer are a heading
STALE = 92  # days
UNANSWERED = 30  # days after which an order without an answer is looked for
SOON = 92  # days
_THINGS = frozenset(Kind) - {Kind.WORD, Kind.PERSON, Kind.SETTING, Kind.FINDING, Kind.ALLERGY}
_NUMBER = re.compile(r"^\(?\d{1,2}[.)] ")
_LAB = "laboratory-tests"  # "lab to answer by Friday" names no test
_ANEW = "asked for anew"


def loops(telling: Telling) -> Iterator[Item]:
    """What is due first, then the newest. An order is told by its own words; several things that
    one sentence asks for are one."""
    facts = [f for f in telling.facts.of(FactKind.OPEN_LOOP) if f.standing is Standing.PLANNED]
    facts = [f for f in facts if f.key != VISIT]  # why now tells when the next visit is due
    newest = max((r.on for r in telling.request.read.values() if r.is_note), default="")
    for fact in sorted(facts, key=lambda f: f.on, reverse=True):
        first = next(telling.sound(_first_asked(telling, fact)), None)
        rank = _rank(telling, fact, is_old=first is not None, newest=newest)
        found = list(telling.sound(fact.sources))
        found.sort(key=lambda s: telling.read(s).is_note)
        is_new = fact.on[:10] == newest[:10]  # how old that is the line of changes tells
        if item := telling.first_quoted(found, rank, age=first is None and not is_new):
            item = _led(telling, found[0], item) if found[0].record_id in _ids(item) else item
            is_heading = fact.status == "told" and len(fact.name.split()) < WORDS
            told = _since(telling, item, first) if first else _due(telling, item, fact)
            yield from [] if is_heading else [told]


def _ids(item: Item) -> set[str]:
    return {cited.record_id for cited in item.citations}


def _led(telling: Telling, source: FactSource, item: Item) -> Item:
    """ "Cause not clear yet" tells nothing without the sentence before it."""
    record, (start, end) = telling.read(source), telling.span(source)
    said = [a for a in record.assertions if start <= a.start < end]
    is_named = any(a.concept.kind in _THINGS and a.concept.key != _LAB for a in said)
    if not record.is_note or is_named:
        return item
    line = record.text.rfind("\n", 0, start) + 1
    before = len(record.text[:start].rstrip())
    if before <= line:
        return item
    first = telling.span(replace(source, start=before - 1, end=before))[0]
    words = _NUMBER.sub("", " ".join(record.text[first:end].split()).strip(" -*•"))
    is_short = len(words.split()) <= OF_DANGER and glue.BETWEEN not in words and "|" not in words
    led = Item(glue.when(words, record.on[:10]), (telling.cite(source, first, end),), item.rank)
    return led if is_short else item


def _rank(telling: Telling, fact: Fact, *, is_old: bool, newest: str) -> Rank:
    """What is due or overdue, or asked for again and again; then what the newest note owes. What
    notes alone asked for long before it was answered somewhere, as a rule."""
    kinds = {telling.read(s).is_note for s in telling.sound(fact.sources)}
    since = days_between(fact.on[:10], newest[:10]) or 0
    if kinds == {True} and since > STALE:
        return Rank.OTHER
    if fact.status == "told":
        return Rank.OPEN if since == 0 else Rank.OTHER
    age = days_between(fact.since[:10], telling.facts.on) or 0
    is_unanswered = False in kinds and fact.status == "open" and age > UNANSWERED
    if fact.status == "overdue" or is_old or is_unanswered or _is_soon(telling, fact):
        return Rank.OVERDUE
    return Rank.OPEN


def _is_soon(telling: Telling, fact: Fact) -> bool:
    due = fact.value("due")
    away = days_between(telling.facts.on, str(due.value)[:10]) if due else None
    return away is not None and 0 <= away <= SOON


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
