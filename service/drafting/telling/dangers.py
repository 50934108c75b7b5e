"""What can do harm beside allergies: results out of range, and what binds whoever treats next."""

from collections.abc import Iterator
from dataclasses import replace

from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.telling.series import LEVEL, series, series_of
from service.facts.circumstances import CODE_STATUS, INTERPRETER
from service.facts.corrections import STATUS
from service.facts.fact import ConflictKind, Fact, FactKind, FactSource, Standing
from service.facts.measurements import is_critical
from service.reading.lexicon.relations import members, scale

RECENT = 183  # days; an older result out of range stands in its section
CODE, FULL = "code-status", "full-code"
_TOLD_BY = {CODE: CODE_STATUS - {CODE}, FULL: CODE_STATUS - {CODE, FULL}}  # by which it is outdated
_NOW = (Standing.CURRENT, Standing.DISPUTED)


def results(telling: Telling) -> Iterator[Item]:
    """Those whose last value is out of its range, with what they were."""
    for fact in series_of(telling):
        age = telling.age(fact.on)
        is_recent = age is None or age <= RECENT
        is_level = _is_moving_level(telling, fact)
        rank = Rank.NARROW_MEDICINE if is_level or is_critical(fact) else Rank.ABNORMAL
        is_told = is_recent and (is_level or telling.is_abnormal(fact))
        if is_told and (item := series(telling, fact, rank)):
            yield item


def _is_moving_level(telling: Telling, fact: Fact) -> bool:
    """The level of a medicine of which a little more does harm, in range or not."""
    medicine = fact.key.removesuffix(LEVEL)
    is_level = medicine != fact.key and telling.is_any(medicine, telling.rules.narrow)
    return is_level and fact.status.endswith(("rising", "falling"))


def _binds(telling: Telling, key: str) -> bool:
    return telling.is_any(key, telling.rules.binding)


def _is_outdated(telling: Telling, fact: Fact) -> bool:
    """Is it a code status that is only named, of which a word as new says which it is, or full code
    from before a newer word that less is to be done: the conflict tells both?"""
    by = _TOLD_BY.get(fact.key, ())
    others = (f for f in telling.facts.of(FactKind.DIRECTIVE) if f.key in by)
    if fact.key == CODE:
        return any(other.on >= fact.on for other in others)
    return any(o.standing in _NOW and o.on > fact.on for o in others)


def _is_lost(telling: Telling, fact: Fact) -> bool:
    """Is it denied, where the only other thing that can be so binds, and is not told: capacity?"""
    name = scale(fact.key) if fact.standing is Standing.REFUTED else None
    other, *more = members(name) - {fact.key} if name else ("",)
    told = telling.facts.find(FactKind.DIRECTIVE, other)
    return not more and _binds(telling, other) and (told is None or told.standing not in _NOW)


def _is_in_conflict(telling: Telling, item: Item) -> bool:
    """Does its sentence tell a code status of which a conflict tells a newer word?"""
    newest = {
        c.key: c.sides[0].on for c in telling.facts.conflicts if c.kind is ConflictKind.DIRECTIVE
    }
    place, record = item.citations[0], telling.read_by(item)
    told = {a.concept.key for a in record.assertions if place.start <= a.start < place.end}
    return any(newest.get(key, "") > record.on[:10] for key in told)


def _tells_until(telling: Telling, fact: Fact, source: FactSource) -> bool:
    """Is it a newest word, and one that says until when? A heading names the thing alone."""
    said = telling.assertions(source, fact.key) if source.on == fact.on else ()
    days = (str(v.value)[:10] for a in said for v in a.values if v.what in ("until", "date"))
    return any(day[:1].isdecimal() and day > source.on for day in days)


def binding(telling: Telling) -> Iterator[Item]:
    """Code status, holds, guardians; alerts of the record that stand."""
    for fact in telling.facts.of(FactKind.DIRECTIVE, FactKind.ALERT):
        is_alert = fact.kind is FactKind.ALERT
        if fact.status == STATUS:
            continue  # told among what cannot both be so
        is_so = fact.standing in _NOW and (is_alert or _binds(telling, fact.key))
        if not ((is_so and not _is_outdated(telling, fact)) or _is_lost(telling, fact)):
            continue
        sources = sorted(fact.sources, key=lambda s: not _tells_until(telling, fact, s))
        if item := telling.first_quoted(sources, Rank.ALERT if is_alert else Rank.BINDING):
            # Without an interpreter nothing else that is asked is worth much.
            is_voice = is_alert and INTERPRETER in item.text.casefold()
            rank = Rank.GRAVE_PROBLEM if is_voice else item.rank
            yield replace(item, rank=Rank.ALERT if _is_in_conflict(telling, item) else rank)
