"""Allergies and what a medicine did, each once: as the list has them, with what denies them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.corrections import STATUS
from service.facts.fact import ConflictKind, Fact, FactKind, FactSource, Standing
from service.facts.owed import cue
from service.reading.assertions import Kind

OF_ANY = (NONE_KNOWN, *GENERAL)  # keys of what denies them all
SHORT = 8  # words of an order beside its allergy
_OVER = (Standing.PAST, Standing.REFUTED)
_NOW = (Standing.CURRENT, Standing.DISPUTED)
_SEVERE = ("severe", "anaphyla", "life-threatening", "high criticality", "angioedema", "stevens")
# As a note begins its own: "Allergies: ", "Allergy list reviewed: ".
_LABEL = re.compile(r"^allerg(?:y|ies)(?: list)?(?: reviewed| review)?: (?=\S)", re.IGNORECASE)


def allergies(telling: Telling) -> Iterator[Item]:
    """As the allergy list has them, the severe first, of notes only what no list has; and that none
    is known, where one is, or only a possible one."""
    denied = next(_denials(telling), None)
    facts = [f for f in telling.facts.of(FactKind.ALLERGY) if _is_told(telling, f)]
    is_sure = any(f.standing in _NOW and f.key not in OF_ANY for f in facts)
    some = [f for f in facts if f.key not in OF_ANY or not is_sure]
    for item in _known(telling, some):
        if denied and item.rank > Rank.SEVERE_ALLERGY and _names(telling, denied, item, some):
            denied = replace(denied, rank=Rank.ALLERGY, shorter=item)
        else:
            yield item
    if denied:
        yield denied


def _is_told(telling: Telling, fact: Fact) -> bool:
    """What the list has as possible is told too, in the words that say so."""
    is_listed = any(telling.read(s).type == "AllergyIntolerance" for s in fact.sources)
    is_possible = fact.standing is Standing.UNKNOWN and is_listed
    return fact.standing in _NOW or is_possible


def _known(telling: Telling, facts: Sequence[Fact]) -> Iterator[Item]:
    is_listed = any(not telling.read(s).is_note for f in facts for s in f.sources)
    for fact in facts:
        found = list(telling.sound(fact.sources))
        listed = [s for s in found if not telling.read(s).is_note]
        if listed:
            yield _listed(telling, listed[0])
            yield from _never_again(telling, fact.key)
        elif item := telling.first_quoted(found, Rank.OTHER if is_listed else Rank.ALLERGY):
            yield item


def _denials(telling: Telling) -> Iterator[Item]:
    """The newest sentence that says that "NKDA" is wrong, else the denial itself."""
    wrong = [f for f in telling.facts.of(FactKind.ALERT) if corrects(telling, f)]
    sources = [s for f in wrong for s in f.sources]
    against = [c for c in telling.facts.conflicts if c.kind is ConflictKind.NO_ALLERGY]
    denied = telling.facts.find(FactKind.ALLERGY, NONE_KNOWN) if against else None
    for source in (*_newest(sources), *_newest(denied.sources if denied else ())):
        if item := telling.first_quoted((source,), Rank.GRAVE_CONFLICT, longest=OF_DANGER):
            yield replace(item, text=_LABEL.sub("", item.text))


def corrects(telling: Telling, fact: Fact) -> bool:
    """Is it the word that what a record says of allergies is wrong?"""
    topic = fact.key.partition(":")[2]
    if fact.kind is not FactKind.ALERT or fact.status != STATUS:
        return False
    whole = [_whole(telling, source) for source in telling.sound(fact.sources)]
    said = [a for place in whole for a in telling.assertions(place, topic)]
    return topic in OF_ANY or any(a.concept.kind is Kind.ALLERGY for a in said)


def _whole(telling: Telling, source: FactSource) -> FactSource:
    start, end = telling.span(source)
    return replace(source, start=start, end=end)


def _newest(sources: Sequence[FactSource]) -> list[FactSource]:
    return sorted(sources, key=lambda source: source.on, reverse=True)


def _names(telling: Telling, denied: Item, row: Item, facts: Sequence[Fact]) -> bool:
    """Does the sentence itself name the allergy of the row?"""
    of = {f.key for f in facts for s in f.sources if s.record_id == row.citations[0].record_id}
    cited = denied.citations[0]
    place = FactSource(cited.record_id, cited.start, cited.end)
    said = [a for key in of for a in telling.assertions(place, key)]
    return any(a.concept.kind is Kind.ALLERGY for a in said)


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
