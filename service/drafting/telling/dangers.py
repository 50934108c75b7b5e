"""What can do harm: severe allergies and what a medicine did, results out of range, and what binds
whoever treats next."""

from collections.abc import Iterator
from dataclasses import replace

from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.telling.series import LEVEL, is_abnormal, series, series_of
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.circumstances import INTERPRETER
from service.facts.corrections import STATUS
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.owed import cue

SHORT = 8  # words of an order beside its allergy
RECENT = 183  # days; an older result out of range stands in its section
_OVER = (Standing.PAST, Standing.REFUTED)
_NOW = (Standing.CURRENT, Standing.DISPUTED)
_SEVERE = ("severe", "anaphyla", "life-threatening", "high criticality", "angioedema", "stevens")


def allergies(telling: Telling) -> Iterator[Item]:
    """As the allergy list has them, the severe first; of notes only what no list has."""
    facts = [f for f in telling.facts.of(FactKind.ALLERGY) if f.standing in _NOW]
    some = [f for f in facts if f.key not in (*GENERAL, NONE_KNOWN)] or facts
    is_listed = any(not telling.request.read[s.record_id].is_note for f in some for s in f.sources)
    for fact in some:
        found = list(telling.sound(fact.sources))
        listed = [s for s in found if not telling.read(s).is_note]
        if listed:
            yield _listed(telling, listed[0])
            yield from _never_again(telling, fact.key)
        elif item := telling.first_quoted(found, Rank.OTHER if is_listed else Rank.ALLERGY):
            yield item


def _never_again(telling: Telling, key: str) -> Iterator[Item]:
    """ "Do not rechallenge", of what stands on the allergy list."""
    for source in telling.sound(telling.said_of.get(key, ())):
        item = telling.quoted(source, Rank.ALLERGY, longest=SHORT)
        if item and cue("orders").search(item.text):
            yield item
            return


def harms(telling: Telling) -> Iterator[Item]:
    """What a medicine did, as the problem list has it: "akathisia due to risperidone"."""
    listed = {f.key for f in telling.facts.of(FactKind.ALLERGY)}
    over = [f for f in telling.facts.of(FactKind.MEDICINE) if f.standing in _OVER]
    names = [fact.name for fact in over if fact.key not in listed]
    for fact in telling.facts.of(FactKind.PROBLEM, FactKind.SYMPTOM, FactKind.FINDING):
        for source in telling.sound(fact.sources):
            line = telling.read(source).text.partition("\n")[0].casefold()
            is_blamed = any(f" {name}" in line for name in names)
            if telling.read(source).type == "Condition" and is_blamed:
                yield from filter(None, [telling.quoted(source, Rank.ALLERGY)])


def _listed(telling: Telling, source: FactSource) -> Item:
    """ "Lamotrigine - Rash (moderate)", without "Allergy: " and how it was recorded."""
    end = telling.end_of_line(source)
    text = telling.records[source.record_id].text
    body = text[:end].partition(";")[0].removeprefix("Allergy: ")
    at = text.find(body)
    is_severe = any(word in text.casefold() for word in _SEVERE)
    rank = Rank.SEVERE_ALLERGY if is_severe else Rank.ALLERGY
    return Item(body.strip(), (telling.cite(source, at, at + len(body)),), rank)


def results(telling: Telling) -> Iterator[Item]:
    """Those whose last value is out of its range, with what they were."""
    for fact in series_of(telling):
        age = telling.age(fact.on)
        is_recent = age is None or age <= RECENT
        is_level = _is_moving_level(telling, fact)
        rank = Rank.NARROW_MEDICINE if is_level else Rank.ABNORMAL
        if is_recent and (is_level or is_abnormal(fact)) and (item := series(telling, fact, rank)):
            yield item


def _is_moving_level(telling: Telling, fact: Fact) -> bool:
    """The level of a medicine of which a little more does harm, in range or not."""
    medicine = fact.key.removesuffix(LEVEL)
    is_level = medicine != fact.key and telling.is_any(medicine, telling.rules.narrow)
    return is_level and fact.status.endswith(("rising", "falling"))


def binding(telling: Telling) -> Iterator[Item]:
    """Code status, holds, guardians; alerts of the record that stand."""
    for fact in telling.facts.of(FactKind.DIRECTIVE, FactKind.ALERT):
        is_alert = fact.kind is FactKind.ALERT
        if fact.status == STATUS:
            continue  # told among what cannot both be so
        if fact.standing not in _NOW or not (
            is_alert or telling.is_any(fact.key, telling.rules.binding)
        ):
            continue
        if item := telling.first_quoted(fact.sources, Rank.ALERT if is_alert else Rank.BINDING):
            # Without an interpreter nothing else that is asked is worth much.
            is_voice = is_alert and INTERPRETER in item.text.casefold()
            yield replace(item, rank=Rank.GRAVE_PROBLEM) if is_voice else item
