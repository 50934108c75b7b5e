"""What is new, gone, up or down since the last visit that anything came after."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.words import mentions
from service.facts.fact import Change, Fact, FactKind, Standing
from service.retrieval import visits

_SERIES = (FactKind.SCORE, FactKind.MEASUREMENT)
_RESULTS = ("Observation", "QuestionnaireResponse")  # a report tells several in one line
LEVEL = "-level"
_ABNORMAL = frozenset(("high", "low", "critical", "abnormal", "positive"))
_NEW = ("new onset", "new:", "newly", "worse", "worsening", "worsened")
_STEPS = ("started", "increased", "reduced", "stopped", "held", "tapered")


def since(telling: Telling) -> tuple[str, str]:
    """The day to count from, and which visit that is; ("", "") where nobody was seen.

    The last visit, where the chart holds something later; else the one before, because all that is
    known then was found at the last.
    """
    seen = [v for v in visits.visited(list(telling.records.values())) if v.category != "EMER"]
    days = sorted(
        {telling.request.read[v.id].on[:10] for v in seen if v.id in telling.request.read}
    )
    if not days:
        return "", ""
    last = max((r.on[:10] for r in telling.request.read.values()), default="")
    if last > days[-1] or len(days) == 1:
        return days[-1], "last visit"
    return days[-2], "visit before last"


def changed(telling: Telling, day: str) -> Iterator[Item]:
    """Medicines begun, stopped and changed; problems and allergies that are new; results that
    moved, with what they were."""
    if not day:
        return
    for fact in telling.facts.of(FactKind.MEDICINE):
        yield from _medicine(telling, fact, day)
    yield from _complaints(telling, day)
    for fact in telling.facts.of(FactKind.ALLERGY, FactKind.PROBLEM):
        if fact.since > day and fact.standing in (Standing.CURRENT, Standing.DISPUTED):
            yield from _new(telling, fact)
    for fact in telling.facts.of(*_SERIES):
        is_told = fact.kind is FactKind.SCORE or fact.key.endswith(LEVEL) or is_abnormal(fact)
        if fact.on > day and is_told and (moved := series(telling, fact)):
            yield moved


def is_abnormal(fact: Fact) -> bool:
    return not _ABNORMAL.isdisjoint(fact.status.split(", "))


def _medicine(telling: Telling, fact: Fact, day: str) -> Iterator[Item]:
    """The newest step after the day; a new order where no step is told."""
    is_taken = fact.standing in (Standing.CURRENT, Standing.DISPUTED)
    is_narrow = is_taken and telling.is_any(fact.key, telling.rules.narrow)
    rank = Rank.NARROW_MEDICINE if is_narrow else Rank.CHANGED
    steps = [c for c in fact.history if c.on[:10] > day and _is_step(c)]
    for step in reversed(steps):
        is_named = step.values or (step.source and not telling.read(step.source).is_note)
        if not (step.source and is_named):
            continue
        if item := telling.first_quoted((step.source,), rank):
            yield item
            return
    if fact.since > day and fact.standing is Standing.CURRENT:
        yield from _new(telling, fact)


def _complaints(telling: Telling, day: str) -> Iterator[Item]:
    """What the notes since call new or worse."""
    for fact in telling.facts.of(FactKind.SYMPTOM):
        if fact.standing is Standing.CURRENT and fact.since > day:
            found = (telling.quoted(s, Rank.CHANGED) for s in telling.sound(fact.sources))
            yield from islice((q for q in found if q and _calls_new(q.text)), 1)


def _calls_new(text: str) -> bool:
    return text.startswith("New ") or mentions(text, _NEW)


def _is_step(change: Change) -> bool:
    return change.what.partition(" by ")[0] in _STEPS


def _new(telling: Telling, fact: Fact) -> Iterator[Item]:
    listed = [s for s in telling.sound(fact.sources) if not telling.read(s).is_note]
    if listed and (item := telling.quoted(listed[-1], Rank.CHANGED)):
        yield item


def series(telling: Telling, fact: Fact, rank: Rank = Rank.CHANGED) -> Item | None:
    """The last result, and the one before it where it moved; of a score always."""
    told = list(islice(_results(telling, fact), 2))
    if not told:
        return None
    is_moving = fact.kind is FactKind.SCORE or fact.status.endswith(("rising", "falling"))
    if len(told) == 2 and is_moving:
        return _moved(told[0], told[1], rank)
    return replace(told[0], rank=rank)


def _moved(now: Item, before: Item, rank: Rank) -> Item:
    """ "Creatinine 1.2 → 1.4 mg/dL (2026-08-18)"."""
    new, old = next(glue.items(now.text)), next(glue.items(before.text))
    both = glue.moved(new.body, old.body)
    text = glue.when(both, new.day) if both else f"{now.text}{glue.EARLIER}{before.text}"
    return Item(text, (*now.citations, *before.citations), rank)


def _results(telling: Telling, fact: Fact) -> Iterator[Item]:
    """Newest first, one a day, each where its record's own line has the result."""
    for day, points in groupby(reversed(fact.history), key=lambda c: c.on):
        said = {point.what for point in points}
        sources = [s for s in telling.sound(fact.sources) if s.on == day]
        quoted = (
            telling.quoted(s, Rank.OTHER) for s in sources if telling.read(s).type in _RESULTS
        )
        found = (q for q in quoted if q and any(each in q.text for each in said))
        yield from islice(found, 1)
