"""What is new, gone, up or down since the last visit that anything came after."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import Change, Fact, FactKind, Standing
from service.retrieval import visits

_SERIES = (FactKind.SCORE, FactKind.MEASUREMENT)
_RESULTS = ("Observation", "QuestionnaireResponse", "DiagnosticReport")
_LEVEL = "-level"
_ABNORMAL = frozenset(("high", "low", "critical", "abnormal", "positive"))
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
    for fact in telling.facts.of(FactKind.ALLERGY, FactKind.PROBLEM):
        if fact.since > day and fact.standing in (Standing.CURRENT, Standing.DISPUTED):
            yield from _new(telling, fact)
    for fact in telling.facts.of(*_SERIES):
        is_told = fact.kind is FactKind.SCORE or fact.key.endswith(_LEVEL) or is_abnormal(fact)
        if fact.on > day and is_told and (moved := series(telling, fact)):
            yield moved


def is_abnormal(fact: Fact) -> bool:
    return not _ABNORMAL.isdisjoint(fact.status.split(", "))


def _medicine(telling: Telling, fact: Fact, day: str) -> Iterator[Item]:
    """The newest step after the day; a new order where no step is told."""
    steps = [c for c in fact.history if c.on[:10] > day and _is_step(c)]
    for step in reversed(steps):
        is_named = step.values or (step.source and not telling.read(step.source).is_note)
        if (
            step.source
            and is_named
            and (item := telling.first_quoted((step.source,), Rank.CHANGED))
        ):
            yield item
            return
    if fact.since > day and fact.standing is Standing.CURRENT:
        yield from _new(telling, fact)


def _is_step(change: Change) -> bool:
    return change.what.partition(" by ")[0] in _STEPS


def _new(telling: Telling, fact: Fact) -> Iterator[Item]:
    listed = [s for s in telling.sound(fact.sources) if not telling.read(s).is_note]
    if listed and (item := telling.quoted(listed[-1], Rank.CHANGED)):
        yield item


def series(telling: Telling, fact: Fact, rank: Rank = Rank.CHANGED) -> Item | None:
    """The last result, and the one before it where it moved."""
    told = list(islice(_results(telling, fact), 2))
    if not told:
        return None
    if len(told) == 2 and fact.status.endswith(("rising", "falling")):
        text = f"{told[0].text}{glue.EARLIER}{told[1].text}"
        return Item(text, (*told[0].citations, *told[1].citations), rank)
    return replace(told[0], rank=rank)


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
