"""What is new, gone, up or down since the last visit that anything came after."""

import re
from collections.abc import Iterator
from itertools import islice

from service.chart.models import SourceRecord
from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.drafting.telling.series import LEVEL, series, series_of
from service.drafting.telling.who import how
from service.drafting.words import mentions
from service.facts.fact import Change, Fact, FactKind, FactSource, Standing
from service.facts.measurements import has_moved_much, is_critical
from service.reading.assertions import Kind
from service.retrieval import visits

_EMERGENCY = "emergency-visit"
_COMPLAINTS = (Kind.PROBLEM, Kind.SYMPTOM)
_COUNTED = re.compile(r"(?<!\d)\d{1,3} ?(?:x|times)?(?:/| (?:a|per) )(?:night|day|week|wk|month)")
_MOVED = ("rising", "falling")
_KEPT = ("Condition", "AllergyIntolerance", "MedicationRequest", "MedicationStatement")
_NEW = ("new onset", "new:", "newly", "worse", "worsening", "worsened")
_OF_A_DOSE = ("dose held", "dose stopped")
_STEPS = ("started", "increased", "reduced", "stopped", "held", "tapered", *_OF_A_DOSE)


def since(telling: Telling) -> tuple[str, str]:
    """The day to count from, and what was then; ("", "") where nobody was seen.

    Of a stay, as it is told or as the newest of all, its first day. Else the last visit, where the
    chart holds something later; else the one before, because all that is known then was found at
    the last.
    """
    held = visits.held(list(telling.records.values()))
    seen = [v for v in held if v.id in telling.request.read and v.category != "EMER"]
    if seen and visits.is_stay(seen[-1]):
        return telling.request.read[seen[-1].id].on[:10], "admission"
    over = visits.visited(seen)
    days = sorted({telling.request.read[v.id].on[:10] for v in over})
    if not days:
        return "", ""
    last = max((r.on[:10] for r in telling.request.read.values()), default="")
    if last > days[-1] or len(days) == 1:
        return days[-1], "last visit"
    return days[-2], "prior visit"


def changed(telling: Telling, day: str) -> Iterator[Item]:
    """Scores and results that moved, with what they were; what is new or worse; stays and
    emergencies; medicines begun, stopped and changed; problems and allergies that are new."""
    if not day:
        return
    yield from _series(telling, day)
    yield from _complaints(telling, day)
    yield from _emergencies(telling, day)
    yield from _substances(telling, day)
    yield from _targets(telling, day)
    for fact in telling.facts.of(FactKind.MEDICINE):
        yield from _medicine(telling, fact, day)
    for fact in telling.facts.of(FactKind.ALLERGY, FactKind.PROBLEM):
        if fact.since > day and fact.standing in (Standing.CURRENT, Standing.DISPUTED):
            yield from _new(telling, fact)


def _series(telling: Telling, day: str) -> Iterator[Item]:
    for fact in series_of(telling):
        is_score = fact.kind is FactKind.SCORE and fact.status.endswith(_MOVED)
        is_level = fact.key.endswith(LEVEL) and fact.status.endswith(_MOVED)
        is_told = is_score or is_level or has_moved_much(fact) or telling.is_abnormal(fact)
        rank = Rank.SCORE if is_score else Rank.ABNORMAL
        rank = Rank.NARROW_MEDICINE if is_critical(fact) else rank
        if fact.on > day and is_told and (moved := series(telling, fact, rank)):
            yield moved


def _emergencies(telling: Telling, day: str) -> Iterator[Item]:
    """Emergency visits and stays since, by their own line, else by the sentence that tells."""
    visited = [s for f in telling.facts.of(FactKind.EVENT) for s in telling.sound(f.sources)]
    listed = [s for s in visited if s.on > day and _is_emergency(telling.records[s.record_id])]
    told = [s for s in telling.said_of.get(_EMERGENCY, ()) if _is_since(telling, s, day)]
    if item := telling.first_quoted(listed or told, Rank.CHANGED):
        yield item


def _is_since(telling: Telling, source: FactSource, day: str) -> bool:
    """Does the note name a day after that one on which it was?"""
    start, end = telling.span(source)
    said = [a for a in telling.read(source).assertions if start <= a.start < end]
    is_told = any(a.concept.kind in _COMPLAINTS for a in said)  # a letter's head tells none
    return is_told and any(day < a.on <= source.on for a in said if a.on[:1].isdecimal())


def _is_emergency(record: SourceRecord) -> bool:
    return record.resource_type == "Encounter" and (
        record.category == "EMER" or visits.is_stay(record)
    )


def _substances(telling: Telling, day: str) -> Iterator[Item]:
    """The latest word on a substance that the problem list has."""
    for fact in telling.facts.of(FactKind.SUBSTANCE):
        is_listed = any(telling.read(s).type == "Condition" for s in telling.sound(fact.sources))
        newest = [s for s in fact.sources if s.on > day and telling.read(s).is_note]
        if is_listed and (item := telling.first_quoted(newest, Rank.CHANGED)):
            yield item


def _targets(telling: Telling, day: str) -> Iterator[Item]:
    """How that goes for which a medicine is taken: "Nightmares about 1/wk"."""
    taken = [f for f in telling.facts.of(FactKind.MEDICINE) if f.standing is Standing.CURRENT]
    orders = [s for f in taken for s in telling.sound(f.sources) if not telling.read(s).is_note]
    said = [a for s in orders for a in telling.read(s).assertions]
    told = how(telling.rules.course)
    wanted = {str(v.value) for a in said for v in a.values if v.what in ("indication", "reason")}
    for fact in telling.facts.of(FactKind.PROBLEM, FactKind.SYMPTOM):
        is_grave = telling.is_any(fact.key, telling.rules.grave)  # those are told with who it is
        if fact.key not in wanted or is_grave:
            continue
        newest = [s for s in fact.sources if s.on > day and telling.read(s).is_note]
        item = telling.first_quoted(newest, Rank.CHANGED)
        if item and (told.search(item.text) or _COUNTED.search(item.text)):
            yield item


def _medicine(telling: Telling, fact: Fact, day: str) -> Iterator[Item]:
    """The newest step after the day, of one dose where there is no other; a new order where no
    step is told."""
    is_taken = fact.standing in (Standing.CURRENT, Standing.DISPUTED)
    is_narrow = is_taken and telling.is_any(fact.key, telling.rules.narrow)
    rank = Rank.NARROW_MEDICINE if is_narrow else Rank.CHANGED
    steps = [c for c in fact.history if c.on[:10] > day and _is_step(c)]
    steps.reverse()
    for step in sorted(steps, key=lambda c: c.what in _OF_A_DOSE):
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
            found = (
                telling.quoted(s, Rank.ABNORMAL, longest=OF_DANGER)
                for s in telling.sound(fact.sources)
            )
            yield from islice((q for q in found if q and _calls_new(q.text)), 1)


def _calls_new(text: str) -> bool:
    return text.startswith("New ") or mentions(text, _NEW)


def _is_step(change: Change) -> bool:
    return change.what.partition(" by ")[0] in _STEPS


def _new(telling: Telling, fact: Fact) -> Iterator[Item]:
    listed = [s for s in telling.sound(fact.sources) if telling.read(s).type in _KEPT]
    if listed and (item := telling.quoted(listed[-1], Rank.CHANGED)):
        yield item
