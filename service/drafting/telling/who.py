"""Who the patient is and why now: age, sex, the reason of the visit, what they are treated for."""

from collections.abc import Iterator

from service.drafting.facts import CURRENT
from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.said import days_between
from service.retrieval import visits

_NOT_SO = ("Refuted", "Differential")
_STANDING = (Standing.CURRENT, Standing.DISPUTED, Standing.UNKNOWN)


def who(telling: Telling) -> Iterator[Item]:
    yield from _person(telling)
    reasons = list(_reason(telling))
    yield from reasons
    said = " ".join(each.text.casefold() for each in reasons)
    yield from (each for each in _problems(telling) if each.text.casefold() not in said)


def _person(telling: Telling) -> Iterator[Item]:
    """ "55 years, male", as the Patient record has them."""
    found = [
        (fact, source)
        for key in ("age", "gender")
        if (fact := telling.facts.find(FactKind.IDENTITY, key))
        for source in telling.sound(fact.sources)
    ]
    told = dict.fromkeys(_told(fact, telling.facts.on) for fact, _ in found)
    if words := ", ".join(each for each in told if each):
        source = found[0][1]
        yield Item(words, (telling.cite(source, 0, telling.end_of_line(source)),), Rank.WHO)


def _told(fact: Fact, on: str) -> str:
    born = fact.value("date")
    if fact.key != "age" or born is None:
        return fact.values[0].said if fact.values and fact.key != "age" else ""
    days = days_between(born.said[:10], on)
    if days is None or days < 0:
        return ""
    years = int(on[:4]) - int(born.said[:4]) - (on[5:10] < born.said[5:10])
    return f"{years} years" if years >= 2 else f"{days // 30} months"


def _reason(telling: Telling) -> Iterator[Item]:
    """What the last visit was for, as the EHR has it: "for Bipolar I disorder"."""
    seen = visits.visited(list(telling.records.values()))
    of_visits = [s for f in telling.facts.of(FactKind.EVENT) for s in telling.sound(f.sources)]
    source = next((s for s in of_visits if seen and s.record_id == seen[-1].id), None)
    if source and (found := telling.headline(source)):
        body, citation = found
        day = telling.read(source).on[:10]
        kind = body.partition(": ")[2] or body
        reason = kind.partition(", for ")[2]  # else what kind of visit it was is all that is told
        yield Item(glue.when(f"for {reason}" if reason else kind, day), (citation,), Rank.WHO)


def _problems(telling: Telling) -> Iterator[Item]:
    """From the problem list; from notes only where nobody keeps one. The gravest first."""
    held = [f for f in telling.facts.of(FactKind.PROBLEM) if f.standing in _STANDING]
    listed = [(f, s) for f in held for s in telling.sound(f.sources) if _is_listed(telling, s)]
    first = dict.fromkeys(f.key for f, _ in listed)
    for key in first:
        fact, source = next((f, s) for f, s in listed if f.key == key)
        is_sure = fact.standing is Standing.CURRENT
        is_grave = is_sure and telling.is_any(key, telling.rules.grave)
        rank = Rank.GRAVE_PROBLEM if is_grave else Rank.OTHER
        if found := telling.headline(source):
            yield Item(found[0], (found[1],), rank)


def _is_listed(telling: Telling, source: FactSource) -> bool:
    record = telling.records[source.record_id]
    is_open = record.status in (*CURRENT, "unknown", "")
    return record.resource_type == "Condition" and is_open and not record.text.startswith(_NOT_SO)
