"""Risk in a brief: the latest word on all that is asked of everybody, then the worst that ever
happened, where the means are, and what ran in the family."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.drafting.telling.item import FORMS, OF_DANGER, Item, Rank, Telling
from service.facts.corrections import STATUS
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.risks import OWN_LIFE, topics_of
from service.facts.said import days_between
from service.reading.assertions import Act, Assertion, Certainty, Kind, Polarity, Time, Value
from service.reading.resources.tables import answer

NOW = (Standing.CURRENT, Standing.DISPUTED)
_STEM = 6  # letters of an illness by which a sentence names it
MOST = 6  # sentences of the day of the latest word
FORTNIGHT = 16  # days: what is no older counts as of the day
LONG_PAST = 183  # days before a note: what its sentence dates so is history
STALE = 60  # days before the latest word on anything: what was said then is history
_OF_RISK = ("ClinicalImpression",)
_KEPT = ("Condition", "Flag")
# Denied, they are told only where there is room.
_BESIDES = ("homicidal-ideation", "violence-risk", "self-harm", "means-safety", "firearm")
_HEIGHTS = frozenset(("acute-risk", "suicide-risk", "acute-suicide-risk", "risk-level"))
_NAMED = (Kind.SYMPTOM, Kind.PROBLEM)
_FIRST = frozenset(("suicidal-ideation", "passive-death-wish", "command-hallucinations"))
_SUICIDE = ("suicidal-ideation", "passive-death-wish", "active-suicidal-ideation")


class Spoken(NamedTuple):
    """One sentence, and what of that which is asked it tells; `has_day` where it tells since
    when, or when last."""

    item: Item
    topics: frozenset[str]
    is_history: bool = False
    fortnights: int = 0  # since what it affirms
    has_day: bool = False
    names: bool = False  # what it is about: an image, an illness


def risks(telling: Telling) -> Iterator[Item]:
    facts = [f for f in telling.facts.of(FactKind.RISK) if _asked(telling, f)]
    day = _latest_day(telling, facts)
    told: set[str] = set()
    spoken = list(_spoken(telling, day))
    for each in _covering(telling, [s for s in spoken if not s.is_history]):
        told |= each.topics
        yield each.item
    past = sorted((s for s in spoken if s.is_history), key=lambda s: -len(s.topics))
    yield from (replace(each.item, rank=Rank.EVER) for each in past[:1])
    if told & _HEIGHTS:
        told |= _HEIGHTS
    yield from _others(telling, facts, told)
    yield from _flags(telling, told, day)
    yield from _ever(telling)
    yield from _family(telling, [s.item.text.casefold() for s in spoken])


def _asked(telling: Telling, fact: Fact) -> str:
    """Which of the topics it is; "" where it is none, or where a newer word says it is wrong."""
    corrected = telling.facts.find(FactKind.ALERT, f"{STATUS}:{fact.key}")
    if corrected and corrected.on >= fact.on:
        return ""
    return next((t for t in telling.rules.asked if telling.is_any(fact.key, (t,))), "")


def _latest_day(telling: Telling, facts: Iterable[Fact]) -> str:
    """The day of the newest note that speaks of suicide, else of any risk."""
    held = list(facts)
    of = [f for f in held if telling.is_any(f.key, _SUICIDE)] or held
    sources = (s for f in of for s in telling.sound(f.sources))
    return max((r.on[:10] for s in sources if (r := telling.read(s)).is_note), default="")


def _spoken(telling: Telling, day: str) -> Iterator[Spoken]:
    """What notes and impressions of that day say of risk, sentence by sentence."""
    for record in telling.request.read.values():
        if record.on[:10] != day or not (record.is_note or record.type in _OF_RISK):
            continue
        spans: dict[tuple[int, int], list[Assertion]] = {}
        places: dict[tuple[int, int], FactSource] = {}
        for a in record.assertions:
            source = FactSource(record.id, a.start, a.end, day)
            if a.is_current and (record.is_note or a.concept.kind is Kind.RISK):
                span = telling.span(source) if record.is_note else (0, 0)
                spans.setdefault(span, []).append(a)
                places.setdefault(span, source)
        for span, said in spans.items():
            if spoken := _sentence(telling, places[span], said):
                yield spoken


def _sentence(telling: Telling, source: FactSource, said: Sequence[Assertion]) -> Spoken | None:
    if any(a.concept.kind is Kind.SCORE for a in said):
        return None  # the form, which stands among the results
    topics = {t for a in said for t in topics_of(a)}
    if _is_level(topics):  # what else it affirms are its reasons, and no latest word
        topics -= {a.concept.key for a in said if _is_so(a)} - _HEIGHTS - {"chronic-risk"}
    asked = {t for t in telling.rules.asked if any(telling.is_any(k, (t,)) for k in topics)}
    is_weighty = bool(asked - set(_BESIDES)) or any(_is_so(a) for a in said)
    rank = Rank.RISK_NOW if is_weighty else Rank.RISK_DENIED
    item = telling.first_quoted((source,), rank, longest=OF_DANGER)
    if not asked or not any(map(_is_meant, said)) or not item:
        return None
    ages = [days_between(str(v.value), source.on) or 0 for v in _dates(said)]
    names = any(a.concept.kind in _NAMED and _is_affirmed(a) for a in said)
    is_history = any(age > LONG_PAST for age in ages) and not _is_level(topics)
    return Spoken(
        item, frozenset(asked), is_history, _fortnights(said, source.on), bool(ages), names
    )


def _fortnights(said: Sequence[Assertion], day: str) -> int:
    """How many fortnights before that day what is affirmed was; a month or year alone is long
    ago."""
    days = [a.on for a in said if _is_so(a) and a.on[:1].isdecimal()]
    ages = [days_between(each, day) for each in days]
    return max((LONG_PAST if age is None else age for age in ages), default=0) // FORTNIGHT


def _is_meant(said: Assertion) -> bool:
    """How the means are kept is planned by its nature."""
    is_kept = said.concept.key == "means-safety" and said.time is Time.PLANNED
    return is_kept or said.time not in (Time.IF, Time.PLANNED)


def _dates(said: Sequence[Assertion]) -> Iterator[Value]:
    yield from (v for a in said for v in a.values if v.what == "date")


def _is_level(topics: set[str]) -> bool:
    return not topics.isdisjoint(_HEIGHTS)


def _is_so(said: Assertion) -> bool:
    return _is_now(said) and said.polarity is Polarity.AFFIRMED


def _is_now(said: Assertion) -> bool:
    return said.concept.kind is Kind.RISK and said.time not in (Time.IF, Time.PLANNED)


def _covering(telling: Telling, found: list[Spoken]) -> Iterator[Spoken]:
    """The fewest sentences that tell of the most: the first topics first, of two alike the one
    with a day, then the shorter."""
    order = {topic: number for number, topic in enumerate(telling.rules.asked)}
    told: set[str] = set()
    for _ in range(MOST):
        left = [each for each in found if each.topics - told]
        if not left:
            return
        best = min(
            left,
            key=lambda s: (
                min(order[t] for t in s.topics - told),
                s.fortnights,
                -len(s.topics - told),
                not s.has_day,
                not s.names,
                s.item.words,
            ),
        )
        rank = best.item.rank
        if not best.topics & _FIRST - told:
            rank = max(rank, Rank.EVER)
        told |= best.topics
        yield best._replace(item=replace(best.item, rank=rank))


def _others(telling: Telling, facts: Sequence[Fact], told: set[str]) -> Iterator[Item]:
    """The latest word on what that day is silent on; what is long past is history."""
    for topic in telling.rules.asked:
        of_topic = [f for f in facts if topic not in told and _asked(telling, f) == topic]
        newest = max(of_topic, key=lambda f: (f.on, f.standing in NOW), default=None)
        item = _latest(telling, newest) if newest else None
        if newest is None or item is None or _is_told(telling, newest, told):
            continue
        told.add(topic)
        yield item


def _latest(telling: Telling, fact: Fact) -> Item | None:
    """The newest word, of notes of that day before a form."""
    age = telling.age(fact.on)
    is_now = fact.standing in NOW and (age is None or age <= STALE)
    newest = [s for s in fact.sources if s.on == fact.on and telling.is_told_by(s)]
    newest = [s for s in newest if not _is_ended_flag(telling, s)]
    newest.sort(key=lambda s: not telling.read(s).is_note)
    rank = Rank.RISK_NOW if is_now else Rank.RISK_DENIED
    return telling.first_quoted(newest, rank, longest=OF_DANGER)


def _flags(telling: Telling, told: set[str], day: str) -> Iterator[Item]:
    """A flag of risk stays in view until somebody ends it, one that grades it before all else; not
    where a newer word tells all that it does."""
    flagged = [
        s
        for f in telling.facts.of(FactKind.RISK)
        for s in telling.sound(f.sources)
        if telling.read(s).type == "Flag" and f.standing in NOW and not _is_ended_flag(telling, s)
    ]
    for source in {s.record_id: s for s in flagged}.values():
        has_grade = any(
            v.what == "level" for a in telling.read(source).assertions for v in a.values
        )
        topics = {t for a in telling.read(source).assertions for t in topics_of(a)}
        asked = {t for t in telling.rules.asked if any(telling.is_any(k, (t,)) for k in topics)}
        is_told = asked <= told and telling.read(source).on[:10] < day
        rank = Rank.RISK_NOW if has_grade and not is_told else Rank.EVER
        yield from filter(None, [telling.quoted(source, rank)])


def _is_ended_flag(telling: Telling, source: FactSource) -> bool:
    """Did somebody end it? It warned of something, and tells of nothing that happened."""
    record = telling.records[source.record_id]
    return record.resource_type == "Flag" and record.status == "inactive"


def _is_told(telling: Telling, fact: Fact, told: set[str]) -> bool:
    """Does the same word tell of something of which there is a newer one?"""
    spans = [(s, telling.span(s)) for s in fact.sources if s.on == fact.on]
    keys = {
        a.concept.key
        for s, (start, end) in spans
        for a in telling.read(s).assertions
        if a.concept.kind is Kind.RISK and start <= a.start < end
    }
    return not (keys - {fact.key}).isdisjoint(told)


def _ever(telling: Telling) -> Iterator[Item]:
    """What happened once, each family of it once."""
    known: set[str] = set()
    for fact in telling.facts.of(FactKind.RISK):
        family = "suicide" if fact.key in OWN_LIFE else fact.key
        if (
            family in known
            or not telling.is_any(fact.key, telling.rules.ever)
            or not happened(fact)
        ):
            continue
        if item := telling.first_quoted(telling_most(telling, fact), Rank.EVER):
            known.add(family)
            is_form = telling.read_by(item).type in FORMS  # "in lifetime: yes"
            is_aside = is_form and family != "suicide"
            yield replace(item, rank=Rank.OTHER) if is_aside else item


def happened(fact: Fact) -> bool:
    return fact.standing is Standing.PAST and "not present" not in fact.status


def telling_most(telling: Telling, fact: Fact) -> list[FactSource]:
    """Where it is said to have happened: in the problem list or a flag, else in the newest note
    that has its day, else in the newest."""
    found = [
        (source, said)
        for source in fact.sources
        if telling.is_told_by(source)
        and not _is_ended_flag(telling, source)
        and (said := [a for a in telling.assertions(source, fact.key) if _is_affirmed(a)])
        and (telling.read(source).type != "QuestionnaireResponse" or any(map(_is_yes, said)))
    ]
    return [s for s, said in sorted(found, key=lambda each: _dated(telling, *each))]


def _is_yes(said: Assertion) -> bool:
    """Is it more than the "1" or "hardly ever" by which a scale counts?"""
    items = (v.said for v in said.values if v.what == "item")
    return any(answer(item) is Polarity.AFFIRMED for item in items)


def _dated(telling: Telling, source: FactSource, said: Sequence[Assertion]) -> tuple[bool, bool]:
    is_kept = telling.read(source).type in _KEPT
    day = telling.read(source).on[:10]
    return not is_kept, not any(a.on[:1].isdecimal() and a.on != day for a in said)


def _is_affirmed(said: Assertion) -> bool:
    is_sure = said.certainty is Certainty.SURE and said.polarity is Polarity.AFFIRMED
    return is_sure and said.time not in (Time.IF, Time.PLANNED) and said.act is not Act.DECLINED


def _family(telling: Telling, told: Sequence[str]) -> Iterator[Item]:
    """Suicide first, then the gravest illness of the mind, as the family history has them; not
    again what the risk assessment names."""
    facts = [f for f in telling.facts.of(FactKind.FAMILY) if f.standing is Standing.CURRENT]
    for wanted in telling.rules.inherited:
        for fact in facts:
            key = fact.key.partition(":")[2].removesuffix("-death")
            relative = fact.key.partition(":")[0].rpartition(" ")[2]
            if any(relative in text and wanted[:_STEM] in text for text in told):
                return
            if telling.is_any(key, (wanted,)):
                listed = [s for s in fact.sources if not telling.read(s).is_note]
                if item := telling.first_quoted(listed or fact.sources, Rank.CHANGED):
                    yield item
                    return
