"""What can do harm: severe allergies and what a medicine did, results out of range, and what binds
whoever treats next."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from service.drafting.telling.item import Item, Rank, Telling
from service.drafting.telling.series import LEVEL, is_abnormal, series
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.circumstances import INTERPRETER
from service.facts.corrections import STATUS
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.reading.assertions import Kind

_LINE = 200  # characters of a flag
RECENT = 183  # days; an older result out of range stands in its section
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
    for fact in telling.facts.of(FactKind.MEDICINE):
        if fact.key == key and fact.status == "not to be given":
            notes = [s for s in fact.sources if telling.read(s).is_note]
            yield from filter(None, [telling.first_quoted(notes, Rank.ALLERGY)])


def harms(telling: Telling) -> Iterator[Item]:
    """What a medicine did, as the problem list has it: "akathisia due to risperidone"."""
    listed = {f.key for f in telling.facts.of(FactKind.ALLERGY)}
    for fact in telling.facts.of(FactKind.PROBLEM, FactKind.SYMPTOM, FactKind.FINDING):
        for source in telling.sound(fact.sources):
            record = telling.read(source)
            blamed = {
                a.concept.key
                for a in record.assertions
                if a.concept.kind is Kind.MEDICINE and a.start < telling.end_of_line(source)
            }
            if record.type == "Condition" and blamed and not blamed & listed:
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
    for fact in telling.facts.of(FactKind.SCORE, FactKind.MEASUREMENT):
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
        rank = Rank.ALERT if is_alert else Rank.BINDING
        if any(map(_asks_interpreter(telling), fact.sources)):
            rank = Rank.GRAVE_PROBLEM  # nothing else that is asked is worth much without
        if item := telling.first_quoted(fact.sources, rank):
            yield item


def _asks_interpreter(telling: Telling) -> Callable[[FactSource], bool]:
    return lambda source: bool(telling.assertions(replace(source, start=0, end=_LINE), INTERPRETER))
