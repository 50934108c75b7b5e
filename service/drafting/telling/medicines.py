"""Medicines as of today: one reconciled row each, name, dose and how often."""

import re
from collections.abc import Iterator

from service.drafting.telling import glue
from service.drafting.telling.dosing import dosing, is_taken
from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.telling.newer import with_newer
from service.facts.courses import ONE_DOSE
from service.facts.doses import LASTS, LISTS, is_depot
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.summary.document import Citation

_NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
_UNTIL = re.compile(r"\b(?:until|then (?:stop|off))\b", re.IGNORECASE)
_ON_HOLD = "on hold"
_BOUGHT = "over-the-counter-medicine"
_STANDS = ("active", "on-hold", "recurrence", "intended", "unknown", "")


def medicines(telling: Telling) -> Iterator[Item]:
    """Those that are taken, held or in dispute; what only a note names, where it says the dose."""
    told: set[str] = set()
    for fact in telling.facts.of(FactKind.MEDICINE):
        listed = row(telling, fact)
        if listed and not told & {
            each.record_id for each in listed.citations if _is_listed(telling, each)
        }:
            told |= {each.record_id for each in listed.citations}
            yield listed


def row(telling: Telling, fact: Fact) -> Item | None:
    """None of what is not taken now."""
    if fact.standing not in _NOW:
        return None
    is_narrow = telling.is_any(fact.key, telling.rules.narrow)
    for source in _standing(telling, fact):
        is_so = any(map(is_taken, telling.assertions(source, fact.key)))
        if is_so and (told := dosing(telling, source, fact.key)):
            is_held = fact.standing is Standing.ON_HOLD and _ON_HOLD not in told.text
            body = f"{told.text}, {_ON_HOLD}" if is_held else told.text
            day = telling.read(source).on[:10] if telling.read(source).is_note else ""
            rank = Rank.NARROW_MEDICINE if is_narrow else _rank(telling, source)
            plain = Item(glue.when(body, day), (told.citation,), rank)
            is_ordered = not day and not is_held
            return with_newer(telling, fact, plain, source) if is_ordered else plain
    rank = Rank.NARROW_MEDICINE if is_narrow else Rank.MEDICINE
    return _handed(telling, fact, rank)


def _handed(telling: Telling, fact: Fact, rank: Rank) -> Item | None:
    """What only its doses tell of: the last injection, given or refused, or the last supply; of one
    that was not given, the last that was."""
    found = [s for s in telling.sound(fact.sources) if _lasts(telling, s, fact.key)]
    if not found or any(telling.read(s).type in LISTS for s in fact.sources):
        return None
    given = [s for s in found if any(map(is_taken, telling.assertions(s, fact.key)))]
    told = [found[0], *[s for s in given if s != found[0] and found[0] not in given][:1]]
    items = [item for s in told if (item := telling.quoted(s, rank))]
    text = glue.EARLIER.join(item.text for item in items)
    return Item(text, tuple(c for item in items for c in item.citations), rank) if items else None


def _lasts(telling: Telling, source: FactSource, key: str) -> bool:
    """Is it of a long-acting injection or a supply, and of these months?"""
    record, age = telling.read(source), telling.age(source.on[:10])
    is_long = record.type != ONE_DOSE[0] or any(map(is_depot, telling.said(source, key)))
    return record.type in ONE_DOSE and is_long and (age is None or age <= LASTS)


def _is_listed(telling: Telling, citation: Citation) -> bool:
    """One order is one row, whatever else its name says ("over the counter")."""
    return not telling.request.read[citation.record_id].is_note


def _standing(telling: Telling, fact: Fact) -> Iterator[FactSource]:
    """First the orders and statements that stand, newest first; else what notes say of a dose,
    where an order is over only of what is taken beyond dispute."""
    found = list(telling.sound(fact.sources))
    listed = [s for s in found if telling.read(s).type in LISTS]
    standing = [s for s in listed if telling.records[s.record_id].status in _STANDS]
    yield from standing
    is_told = not listed or (not standing and fact.standing is Standing.CURRENT)
    notes = [s for s in found if telling.read(s).is_note and is_told]
    if any(_is_bounded(telling, s, fact.key) for s in (*listed, *notes[:1] * bool(listed))):
        return  # a course of some weeks, whose order is over
    yield from (s for s in notes if not _has_run_out(telling, s, fact.key))


def _is_bounded(telling: Telling, source: FactSource, key: str) -> bool:
    start, end = telling.span(source)
    has_end = bool(_UNTIL.search(telling.read(source).text, start, end))
    said = telling.assertions(source, key)
    return has_end or any(v.what in ("until", "duration") for a in said for v in a.values)


def _has_run_out(telling: Telling, source: FactSource, key: str) -> bool:
    """ "For 21 days", written longer ago than that."""
    spans = (v for a in telling.assertions(source, key) for v in a.values if v.what == "duration")
    days = [v.value[1] for v in spans if isinstance(v.value, tuple) and v.value[0] == "days"]
    age = telling.age(telling.read(source).on[:10])
    return bool(days) and age is not None and age > max(days)


def _rank(telling: Telling, source: FactSource) -> Rank:
    """What is bought without a prescription last."""
    is_bought = any(a.concept.key == _BOUGHT for a in telling.read(source).assertions)
    return Rank.OPEN if is_bought else Rank.MEDICINE
