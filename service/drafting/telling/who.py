"""Who the patient is and why now: age, sex, the reason of the visit, what they are treated for."""

import re
from collections.abc import Iterator
from functools import cache

from service.drafting.facts import CURRENT
from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.events import DEATH
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.said import days_between
from service.reading.lexicon.relations import wider
from service.retrieval import visits

_PRONOUNS = re.compile(r"^Pronouns: (\w+/\w+)", re.MULTILINE)  # as the Patient record is told
_NOT_SO = ("Refuted", "Differential")
RECENT = 120  # days since a stay whose illnesses are told with who it is
_REMISSION = "remission"
_OVER = ("resolved", _REMISSION, "inactive")
_PREGNANT = "pregnancy"  # it is two whom every medicine reaches
VISIT = "visit"  # the key of an open loop
_SURE = (Standing.CURRENT, Standing.PAST)  # in remission it is the patient's still


def who(telling: Telling) -> Iterator[Item]:
    yield from _person(telling)
    reasons = list(_reason(telling))
    yield from reasons
    said = " ".join(each.text.casefold() for each in reasons)
    for each in _problems(telling):
        if each.rank is Rank.WHO or each.text.casefold() not in said:
            yield each
    yield from _next(telling)


def _person(telling: Telling) -> Iterator[Item]:
    """ "55 years, male"; "died 2026-04-01, aged 45 years, female"; as the Patient record has it."""
    death = telling.facts.find(FactKind.IDENTITY, DEATH)
    on = death.until if death else telling.facts.on
    found = [
        (fact, source)
        for key in (DEATH, "age", "gender")
        if (fact := telling.facts.find(FactKind.IDENTITY, key))
        for source in telling.sound(fact.sources)
    ]
    aged = "aged " if death else ""
    told = dict.fromkeys(_told(fact, on, aged) for fact, _ in found)
    if words := ", ".join(each for each in told if each):
        source = found[0][1]
        pronouns = _PRONOUNS.search(telling.read(source).text)
        words = f"{words}, {pronouns[1]}" if pronouns else words
        yield Item(words, (telling.cite(source, 0, telling.end_of_line(source)),), Rank.WHO)


def _told(fact: Fact, on: str, aged: str) -> str:
    if fact.key == DEATH:
        return f"died {on}" if on else "deceased"
    born = fact.value("date")
    if fact.key != "age" or born is None:
        return fact.values[0].said if fact.values and fact.key != "age" else ""
    days = days_between(born.said[:10], on)
    if days is None or days < 0:
        return ""
    years = int(on[:4]) - int(born.said[:4]) - (on[5:10] < born.said[5:10])
    return f"{aged}{f'{years} years' if years >= 2 else f'{days // 30} months'}"


def _reason(telling: Telling) -> Iterator[Item]:
    """What the newest visit or stay was for, as the EHR has it: "for Bipolar I disorder"."""
    seen = [v for v in visits.held(list(telling.records.values())) if v.id in telling.request.read]
    of_visits = [s for f in telling.facts.of(FactKind.EVENT) for s in telling.sound(f.sources)]
    newest = next((v.id for v in reversed(seen) if visits.is_stay(v) or visits.visited([v])), "")
    source = next((s for s in of_visits if s.record_id == newest), None)
    if source and (found := telling.headline(source)):
        body, citation = found
        day = telling.read(source).on[:10]
        kind = body.partition(": ")[2] or body
        reason = kind.partition(", for ")[2]  # else what kind of visit it was is all that is told
        yield Item(glue.when(f"for {reason}" if reason else kind, day), (citation,), Rank.WHO)


def _problems(telling: Telling) -> Iterator[Item]:
    """From the problem list, each as the newest sentence says that it goes; what the last stay was
    for too, though it is over, and what is grave and in remission. The gravest first."""
    stay = _stay(telling)
    listed = [
        (f, s)
        for f in telling.facts.of(FactKind.PROBLEM)
        for s in telling.sound(f.sources)
        if f.standing is not Standing.REFUTED  # an entry names it as what it is not
        and (
            _is_listed(telling, s)
            or (_is_grave(telling, f) and _is_listed(telling, s, (_REMISSION,)))
            or (_is_of(telling, f, stay) and _is_listed(telling, s, _OVER))
        )
    ]
    # Of several things that one entry names the gravest counts, which comes last.
    listed.sort(key=lambda each: _is_grave(telling, each[0]))
    for fact, source in {s.record_id: (f, s) for f, s in listed}.values():
        is_grave = _is_grave(telling, fact)
        if is_grave and _is_listed(telling, source) and (course := _course(telling, fact)):
            yield course
        elif found := telling.headline(source):
            is_sure = is_grave and fact.standing in _SURE
            is_who = fact.key == _PREGNANT and fact.standing is Standing.CURRENT
            rank = Rank.GRAVE_PROBLEM if is_sure else Rank.OTHER
            yield Item(found[0], (found[1],), Rank.WHO if is_who else rank)


def _is_grave(telling: Telling, fact: Fact) -> bool:
    return telling.is_any(fact.key, telling.rules.grave)


def _course(telling: Telling, fact: Fact) -> Item | None:
    """The newest sentence that says how it goes: "PTSD improving"."""
    told = how(telling.rules.course)
    alike = [key for key in telling.said_of if _is_alike(key, fact.key)]
    sources = [source for key in alike for source in telling.said_of[key]]
    # A long chart names it five hundred times: only lines that tell a course are made ready.
    telling_so = (s for s in sources if told.search(telling.line_of(s)))
    for source in telling.sound(sorted(telling_so, key=lambda s: s.on, reverse=True)):
        item = telling.quoted(source, Rank.GRAVE_PROBLEM)
        if item and told.search(item.text):
            return item
    return None


def _is_alike(one: str, other: str) -> bool:
    return one == other or one in wider(other) or other in wider(one)


@cache
def how(course: tuple[str, ...]) -> re.Pattern[str]:
    """The words by which a sentence tells how something goes."""
    return re.compile(rf"\b(?:{'|'.join(course)})", re.IGNORECASE)


def _next(telling: Telling) -> Iterator[Item]:
    """When the newest note wants to see them again: "RTC 3 months"."""
    asked = [f for f in telling.facts.of(FactKind.OPEN_LOOP) if f.key == VISIT]
    newest = max((f for f in asked if f.standing is Standing.PLANNED), key=_on, default=None)
    if newest:
        said = [s for s in newest.sources if s.on == newest.on and _tells_when(telling, s)]
        yield from filter(None, [telling.first_quoted(said, Rank.WHO)])


def _tells_when(telling: Telling, source: FactSource) -> bool:
    """In how long, or on which day; "CPT to session 16" is no next visit."""
    said = [a for a in telling.read(source).assertions if a.start == source.start]
    return any(v.what in ("duration", "due", "date") for a in said for v in a.values)


def _on(fact: Fact) -> str:
    return fact.on


def _is_listed(
    telling: Telling, source: FactSource, statuses: tuple[str, ...] = (*CURRENT, "unknown", "")
) -> bool:
    record = telling.records[source.record_id]
    is_held = record.status in statuses
    return record.resource_type == "Condition" and is_held and not record.text.startswith(_NOT_SO)


def _stay(telling: Telling) -> str:
    """The first day of the newest stay that the chart tells of, "" where there is none."""
    held = visits.held(list(telling.records.values()))
    stays = [v for v in held if v.id in telling.request.read and visits.is_stay(v)]
    return telling.request.read[stays[-1].id].on[:10] if stays else ""


def _is_of(telling: Telling, fact: Fact, stay: str) -> bool:
    """Did it begin in the newest stay, some weeks ago at most, though it is over?"""
    age = telling.age(stay) if stay else None
    is_recent = bool(stay) and (age is None or age <= RECENT)
    return is_recent and fact.since[:10] >= stay
