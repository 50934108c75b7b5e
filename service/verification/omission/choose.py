"""Which facts a summary must carry, by the rules of its type, and what of each."""

import re
from collections.abc import Iterable, Iterator

from service.drafting.template import MustCarry
from service.facts import Fact, FactKind, FactSource
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.fact import Standing
from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Concept,
    Kind,
    Polarity,
    Value,
)
from service.reading.read import read_statement
from service.summary.vocabulary import Severity
from service.verification.omission.asks import DENIED, asks_for, is_beside_list, is_lately, is_of
from service.verification.omission.must import ANYBODY, MustSay, Part
from service.verification.omission.names import alike, keys
from service.verification.omission.obliged import obliged
from service.verification.omission.parts import manner, parts
from service.verification.omission.sources import Saying, Sources, concepts

IN_SUBSTANCE = 0.6  # of a sentence's words that tell a thing without its name
_PLANS = ("safety-plan",)  # a plan of the record, whatever its steps name
NEVER = 2.0  # no share of words is enough
_DONE_TO = frozenset(
    ("violence", "threat", "abuse", "sexual-abuse", "physical-abuse", "emotional-abuse", "neglect")
)
_NAMED_ONLY = frozenset(
    (FactKind.ALLERGY, FactKind.MEDICINE, FactKind.MEASUREMENT, FactKind.SCORE)
)  # nothing but a name tells these
_TELLS_ITS_DAY = ("date",)
_KEPT = ("date", "duration", "dose", "quantity", "level", "age", "count")
_YEAR = re.compile(r"\d{4}")
BESIDE_A_NAME = 0.3  # of a sentence's words, where the thing is named
LONGEST_ITEM = 12  # words of a line that lists what somebody has had


def must_say(sources: Sources, rules: Iterable[MustCarry]) -> list[MustSay]:
    """What a summary of these sources must carry, in the order of the rules, each once."""
    found: dict[str, MustSay] = {}
    for rule in rules:
        for each in _of_rule(rule, sources):
            before = found.get(each.key)
            found[each.key] = before.told_by(each) if before else each
    return list(found.values())


def _of_rule(rule: MustCarry, sources: Sources) -> Iterator[MustSay]:
    if rule.take == "obliged":
        yield from obliged(rule, sources)
        return
    chosen = [fact for fact in sources.facts.of(*rule.facts) if asks_for(rule, fact, sources)]
    if rule.take == "latest":
        chosen = sorted(chosen, key=lambda fact: fact.on, reverse=True)[:1]
    for fact in chosen:
        yield from _must(rule, fact, sources)


def _must(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    if fact.status == "told":
        yield from _in_words(rule, fact, sources)
    elif fact.key == NONE_KNOWN:
        yield from _unnamed(rule, fact, sources)
        yield from _none_known(rule, fact, sources)
    elif rule.take == "ever":
        yield from _ever(rule, fact, sources)
    elif rule.take == "open":
        yield from _open(rule, fact, sources)
    elif (said := _deciding(rule, fact, sources)) is not None and _is_own(
        rule, fact, said, sources
    ):
        yield _of(rule, fact, said, sources, parts(rule, fact, said))


def _is_own(rule: MustCarry, fact: Fact, said: Saying, sources: Sources) -> bool:
    """Of the acts that the rule has, and as lately; and not only why something else was done, or
    a word in a sentence on the past."""
    if rule.acts and said.a.act.value not in rule.acts:
        return False
    if not is_lately(rule, said.on, sources.newest_note or sources.facts.on):
        return False
    if fact.kind is not FactKind.PROBLEM or not said.record.is_note:
        return True
    place = FactSource(said.record.id, said.a.start, said.a.end)
    is_listed = len(sources.span(place).quote.split()) <= LONGEST_ITEM
    is_over = fact.standing is Standing.PAST and not rule.keys
    has_ended = is_over and said.a.act is Act.STOPPED
    return not (_is_reason(said, sources) or has_ended) and (is_listed or not is_over)


def _of(
    rule: MustCarry,
    fact: Fact,
    said: Saying,
    sources: Sources,
    belonging: tuple[Part, ...] = (),
    key: str = "",
) -> MustSay:
    source = FactSource(said.record.id, said.a.start, said.a.end, said.on)
    span = sources.span(source)
    told = " ".join(span.quote.split())
    return MustSay(
        rule.kind,
        key or f"{fact.kind.value}:{fact.key}:{_place_in_course(fact)}",
        _words(fact, told, said.record.text[said.a.start : said.a.end]),
        Severity.MINOR if is_beside_list(rule, fact, sources) else _severity(rule, fact),
        rule.reason,
        keys(said.a) | ({rule.kind} if rule.kind in _PLANS else set()),
        ANYBODY if said.a.concept.key in _DONE_TO else said.a.subject,
        () if fact.kind in _NAMED_ONLY else _substance(fact, said, sources),
        (),
        NEVER if fact.kind in _NAMED_ONLY or said.a.subject != PATIENT else IN_SUBSTANCE,
        False,
        0.0,
        belonging,
        (span,),
    )


def _words(fact: Fact, told: str, named: str) -> str:
    """ "Penicillin G: anaphylaxis", as it is `named`; else the sentence, behind the name where it
    has another."""
    shown = ", ".join(v.said for v in fact.values if v.what == "reaction")
    if fact.name.casefold() not in told.casefold():
        return f"{fact.name}: {told}"
    if fact.kind is not FactKind.ALLERGY or not shown:
        return told
    return f"{named if fact.name.casefold() in named.casefold() else fact.name}: {shown}"


def _substance(fact: Fact, said: Saying, sources: Sources) -> tuple[Concept, ...]:
    """What tells it without its name: of a note its clause, of a record its title."""
    if said.record.is_note:
        return concepts(sources.beside(said))
    return concepts(read_statement(fact.name).assertions)


def _place_in_course(fact: Fact) -> str:
    """A medicine that is forbidden or stopped is another thing than one that is taken."""
    return fact.status if fact.kind is FactKind.MEDICINE else ""


def _severity(rule: MustCarry, fact: Fact) -> Severity:
    """What the sources themselves do not agree on is a conflict first."""
    is_open = fact.kind is FactKind.FAMILY or fact.standing is Standing.DISPUTED
    return Severity.MINOR if is_open else rule.severity


def _deciding(rule: MustCarry, fact: Fact, sources: Sources) -> Saying | None:
    """The newest saying, of the rule's records, that says how the fact stands."""
    said = [each for each in sources.sayings(fact) if is_of(rule, each.record)]
    is_denied = fact.standing is Standing.REFUTED or fact.status.startswith(DENIED)
    wanted = Polarity.NEGATED if is_denied else Polarity.AFFIRMED
    same = [each for each in said if each.a.polarity is wanted]
    if not same and fact.kind is FactKind.RISK:
        return None
    of_day = [each for each in same if each.on == fact.on]
    return next(iter((*of_day, *same, *said)), None)


def _unnamed(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """An allergy to what no lexicon knows: its sentence tells it."""
    for said in sources.sayings(fact):
        if said.a.polarity is Polarity.AFFIRMED:
            place = FactSource(said.record.id, said.a.start, said.a.end, said.on)
            named = [a for a in sources.around(place) if a.concept.kind is Kind.ALLERGY]
            if all(a.concept.key in GENERAL for a in named):
                yield _told(rule, place, sources)


def _none_known(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """That there is no allergy, where none is named."""
    known = [f for f in sources.facts.of(FactKind.ALLERGY) if f.key != NONE_KNOWN]
    said = next((e for e in sources.sayings(fact) if e.a.polarity is Polarity.NEGATED), None)
    if said is None or any(f.standing is Standing.CURRENT for f in known):
        return
    must = _of(rule, fact, said, sources)
    yield MustSay(
        *(must.kind, must.key, must.fact, Severity.MINOR, must.reason, frozenset(GENERAL)),
        parts=(Part("denial", polarity=Polarity.NEGATED),),
        spans=must.spans,
    )


def _ever(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """Whatever was once affirmed: what has a day of its own is each time another."""
    told: dict[str, list[Saying]] = {}
    for said in sources.sayings(fact):
        is_sure = said.a.polarity is Polarity.AFFIRMED and said.a.certainty is Certainty.SURE
        is_own = is_of(rule, said.record) and not _is_reason(said, sources)
        if is_sure and is_own and not _is_ordered_by_voices(said, sources):
            told.setdefault(_own_day(said.a), []).append(said)
    if len(told) > 1:
        told.pop("", None)
    for day, same in told.items():
        yield _happened(rule, fact, day, same, sources)


def _happened(
    rule: MustCarry, fact: Fact, day: str, said: list[Saying], sources: Sources
) -> MustSay:
    first, *others = said
    dates = tuple(v for v in first.a.values if v.what in _TELLS_ITS_DAY)[:1]
    on = (Part("date", dates),) if dates and rule.parts else ()
    key = f"{fact.kind.value}:{fact.key}:{day}"
    must = _of(rule, fact, first, sources, (*on, *manner(first.a.concept.key)), key)
    for other in others:
        must = must.told_by(_of(rule, fact, other, sources))
    return must


def _is_ordered_by_voices(said: Saying, sources: Sources) -> bool:
    """What voices tell somebody to do has not been done."""
    return any(a.concept.key == "command-hallucinations" for a in sources.beside(said))


def _is_reason(said: Saying, sources: Sources) -> bool:
    """Is it only told as why something else was done?"""
    why = {str(v.value) for a in sources.beside(said) for v in a.values if v.what == "reason"}
    return said.a.concept.key in why


def _own_day(a: Assertion) -> str:
    return a.on if any(v.what in _TELLS_ITS_DAY for v in a.values) else ""


def _open(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """Each sentence that asks for it; where an order of the record does, none of a note."""
    seen = set()
    listed = [s for s in fact.sources if sources.records[s.record_id].type in rule.listed]
    for source in listed or fact.sources:
        span = sources.span(source)
        if span in seen or source.on != fact.on:
            continue
        seen.add(span)
        place = FactSource(source.record_id, span.start, span.end, source.on)
        key = next((e.a.concept.key for e in sources.sayings(fact)), fact.key)
        yield _told(rule, place, sources, alike(key) | {key, key.removesuffix("-level")})


def _in_words(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """A sentence of the newest notes, to be told in substance."""
    source = fact.sources[0]
    if source.on == sources.newest_note:
        yield _told(rule, source, sources)


def _told(
    rule: MustCarry, place: FactSource, sources: Sources, keys: frozenset[str] = frozenset()
) -> MustSay:
    """A sentence in its substance; with `keys` a name tells it with less of the rest."""
    span = sources.span(place)
    said = sources.within(FactSource(place.record_id, span.start, span.end))
    values = {(v.start, v.end): v for a in said for v in a.values if _is_telling(v)}
    return MustSay(
        rule.kind,
        f"told:{place.record_id}:{span.start}",
        " ".join(span.quote.split()),
        rule.severity,
        rule.reason,
        keys,
        PATIENT,
        concepts(said),
        tuple(values.values()),
        rule.enough,
        FactKind.OPEN_LOOP in rule.facts,
        BESIDE_A_NAME if keys else 0.0,
        (),
        (span,),
    )


def _is_telling(value: Value) -> bool:
    """A year alone is told of too many things."""
    return value.what in _KEPT and not _YEAR.fullmatch(str(value.value))
