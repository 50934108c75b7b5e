"""Results as a brief tells them: the last, with what it was before."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import Change, Fact, FactKind
from service.facts.measurements import before_of

LEVEL = "-level"
_TO = " → "
_FROM = {"creatinine": "egfr"}
LONG_NAME = 3  # words of a record's name for a measure, for which notes have a shorter one
BRIEFLY = 10  # words of a note's sentence that tells a result
_RESULTS = ("Observation", "QuestionnaireResponse")  # a report tells several in one line


def series_of(telling: Telling) -> Iterator[Fact]:
    """Scores and measurements, each state once: eGFR is reckoned from creatinine."""
    facts = telling.facts.of(FactKind.SCORE, FactKind.MEASUREMENT)
    days = {fact.key: fact.on for fact in facts}
    for fact in facts:
        reckoned = days.get(_FROM.get(fact.key, ""), "")
        if not reckoned or reckoned < fact.on:
            yield fact


def series(telling: Telling, fact: Fact, rank: Rank) -> Item | None:
    """The last result, and the one that it is measured by where it moved; of a score always."""
    now = next(_results(telling, fact, fact.on), None)
    is_moving = fact.kind is FactKind.SCORE or not fact.status.endswith("steady")
    before = before_of(fact) if is_moving else ()
    found = [r for change in before for r in _results(telling, fact, change.on)]
    found.sort(key=lambda item: telling.is_of_note(item))  # the record's own says it in few words
    if now is None:
        return None
    has_moved = found and _body(found[0]) != _body(now)
    return _moved(telling, fact, now, found[0], rank) if has_moved else replace(now, rank=rank)


def _body(item: Item) -> str:
    return next(glue.items(item.text)).body


def _moved(telling: Telling, fact: Fact, now: Item, before: Item, rank: Rank) -> Item:
    """ "Creatinine 1.2 → 1.4 mg/dL (2026-08-18)"."""
    new, old = next(glue.items(now.text)), next(glue.items(before.text))
    both = _short(telling, fact, glue.moved(new.body, old.body))
    if both is None and now.words + before.words > BRIEFLY:
        return replace(now, rank=rank)
    text = glue.when(both, new.day) if both else f"{now.text}{glue.EARLIER}{before.text}"
    return Item(text, (*now.citations, *before.citations), rank)


def _short(telling: Telling, fact: Fact, told: str | None) -> str | None:
    """By the name that notes give the measure, where the record's is a long one."""
    title = told.partition(_TO)[0].rpartition(" ")[0] if told else ""
    if not told or len(title.split()) < LONG_NAME or fact.key.endswith(LEVEL):
        return told
    said = (telling.read(s).text[s.start : s.end] for s in fact.sources if telling.read(s).is_note)
    names = sorted((name for name in said if not name.islower() and len(name) > 1), key=len)
    return told.replace(title, names[0], 1) if names else told


def _results(telling: Telling, fact: Fact, day: str) -> Iterator[Item]:
    """Of that day, each where its record's own line has the result; of a note its sentence, where
    nothing else has it."""
    points: list[Change] = [point for point in fact.history if point.on == day]
    said = re.compile(rf"(?<![\w.-])(?:{'|'.join(re.escape(p.what) for p in points)})(?!\w|\.\d)")
    sources = [s for s in telling.sound(fact.sources) if s.on == day]
    kept = [s for s in sources if telling.read(s).type in _RESULTS or telling.read(s).is_note]
    kept.sort(key=lambda s: telling.read(s).is_note)
    found = (telling.quoted(s, Rank.OTHER, longest=BRIEFLY) for s in kept)
    yield from islice((q for q in found if q and points and said.search(q.text)), 1)
