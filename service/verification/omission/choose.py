"""Which facts a summary must carry, by the rules of its type, and what of each."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from service.drafting.template import MustCarry
from service.facts import Fact, FactKind, FactSource
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.fact import Standing
from service.reading.assertions import PATIENT, Assertion, Certainty, Concept, Polarity, Value
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.summary.vocabulary import Severity
from service.verification.omission.abnormal import is_abnormal
from service.verification.omission.must import ANYBODY, MustSay, Part
from service.verification.omission.obliged import obliged
from service.verification.omission.sources import Saying, Sources, concepts

IN_SUBSTANCE = 0.6  # of a sentence's words that tell a thing without its name
NEVER = 2.0  # no share of words is enough
_DONE_TO = frozenset(
    ("violence", "threat", "abuse", "sexual-abuse", "physical-abuse", "emotional-abuse", "neglect")
)
_NAMED_ONLY = frozenset(
    (FactKind.ALLERGY, FactKind.MEDICINE, FactKind.MEASUREMENT, FactKind.SCORE)
)  # nothing but a name tells these
_DENIED = ("denied", "not present", "absent")
_RESULTS = ("level", "score", "quantity")
_TELLS_ITS_DAY = ("date",)
_KEPT = ("date", "duration", "dose", "quantity", "level", "age", "count")
_YEAR = re.compile(r"\d{4}")
NOTE = "note"  # among the record types of a rule
BESIDE_A_NAME = 0.3  # of a sentence's words, where the thing is named
SHORT = 4  # letters of a word that tells no reason by itself
_GRADES = frozenset(
    ("low", "lower", "moderate", "medium", "high", "elevated", "imminent", "minimal", "raised")
)
LONGEST_ITEM = 12  # words of a line that lists what somebody has had
_WHY = frozenset(("because", "due", "after", "since", "following", "for", "caused", "owing"))
_STOPPED = frozenset(
    (
        "last",
        "then",
        "replaced",
        "switched",
        "changed",
        "finished",
        "stopped",
        "discontinued",
        "ceased",
        "ended",
        "withdrawn",
        "held",
        "off",
    )
)
_ROSE = frozenset(
    ("rose", "rising", "up", "higher", "increased", "increase", "worse", "worsened", "climbed")
)
_FELL = frozenset(
    ("fell", "falling", "down", "lower", "decreased", "dropped", "improved", "better", "reduced")
)


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
    chosen = [fact for fact in sources.facts.of(*rule.facts) if _asks_for(rule, fact, sources)]
    if rule.take == "latest":
        chosen = sorted(chosen, key=lambda fact: fact.on, reverse=True)[:1]
    for fact in chosen:
        yield from _must(rule, fact, sources)


def _asks_for(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    names = _names(fact)
    if rule.standings and fact.standing not in rule.standings and not _denied(rule, fact):
        return False
    is_told = fact.status == "told" and FactKind.OPEN_LOOP not in rule.facts
    if is_told and "told" not in rule.statuses:
        return False
    if rule.statuses and not fact.status.startswith(rule.statuses):
        return False
    if rule.keys and names.isdisjoint(rule.keys):
        return False
    if not (names | _words(fact, sources)).isdisjoint(rule.without) or fact.status.startswith(
        rule.statuses_without or ("\0",)
    ):
        return False
    if not _is_worded(rule, fact, sources):
        return False
    if rule.told and not any(fact.value(what) for what in rule.told):
        return False
    if rule.beside and not _stands_beside(rule, fact, sources):
        return False
    if rule.take == "abnormal" and not is_abnormal(fact, sources):
        return False
    return _is_lately(rule, fact, sources.facts.on)


def _is_worded(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Of the record types, with and without the words that the rule has."""
    records = [sources.records[source.record_id] for source in fact.sources]
    types = {NOTE if record.is_note else record.type for record in records}
    if rule.record_types and types.isdisjoint(rule.record_types):
        return False
    name = fact.name.casefold()
    if any(word in name for word in rule.without_words):
        return False
    told = " ".join((name, *(r.text.casefold() for r in records[:1] if not r.is_note)))
    return not rule.words or any(word in told for word in rule.words)


def _words(fact: Fact, sources: Sources) -> frozenset[str]:
    """The words that its newest saying has beside it: "pregnancy *prevention*"."""
    return next((said.a.words for said in sources.sayings(fact)), frozenset())


def _stands_beside(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Does a sentence that tells of it name one of these too?"""
    said = [a for source in fact.sources for a in sources.around(source)]
    named = {each for a in said for each in (a.concept.key, *wider(a.concept.key), *a.words)}
    has_age = any(v.what in ("age", "count") for a in said for v in a.values)
    return has_age or not named.isdisjoint(rule.beside)


def _names(fact: Fact) -> frozenset[str]:
    """Its key and what that implies; of a relative's, what it is; of a topic, which."""
    key = fact.key.rpartition(":")[2] if fact.kind is FactKind.FAMILY else fact.key
    first = fact.key.partition(":")[0]
    return frozenset((key, first)) | wider(key)


def _denied(rule: MustCarry, fact: Fact) -> bool:
    return rule.denials and (fact.standing is Standing.REFUTED or fact.status.startswith(_DENIED))


def _is_lately(rule: MustCarry, fact: Fact, today: str) -> bool:
    if rule.within_days is None or len(fact.on) < len(today):
        return True
    return fact.on >= str(date.fromisoformat(today) - timedelta(days=rule.within_days))


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
    elif (said := _deciding(fact, sources)) is not None and _is_own(rule, fact, said, sources):
        yield _of(rule, fact, said, sources, _parts(rule, fact, said))


def _is_own(rule: MustCarry, fact: Fact, said: Saying, sources: Sources) -> bool:
    """Of the acts that the rule has; and not only why something else was done, or a word in a
    sentence on the past."""
    if rule.acts and said.a.act.value not in rule.acts:
        return False
    if fact.kind is not FactKind.PROBLEM or not said.record.is_note:
        return True
    place = FactSource(said.record.id, said.a.start, said.a.end)
    is_listed = len(sources.span(place).quote.split()) <= LONGEST_ITEM
    is_over = fact.standing is Standing.PAST and not rule.keys
    return not _is_reason(said, sources) and (is_listed or not is_over)


def _of(
    rule: MustCarry,
    fact: Fact,
    said: Saying,
    sources: Sources,
    parts: tuple[Part, ...] = (),
    key: str = "",
) -> MustSay:
    source = FactSource(said.record.id, said.a.start, said.a.end, said.on)
    span = sources.span(source)
    told = " ".join(span.quote.split())
    is_named = fact.name.casefold() in told.casefold()
    return MustSay(
        rule.kind,
        key or f"{fact.kind.value}:{fact.key}:{_place_in_course(fact)}",
        told if is_named else f"{fact.name}: {told}",
        _severity(rule, fact),
        rule.reason,
        _keys(said.a),
        ANYBODY if said.a.concept.key in _DONE_TO else said.a.subject,
        () if fact.kind in _NAMED_ONLY else _substance(fact, said, sources),
        (),
        NEVER if fact.kind in _NAMED_ONLY or said.a.subject != PATIENT else IN_SUBSTANCE,
        False,
        0.0,
        (*parts, *_manner(said.a.concept.key)),
        (span,),
    )


def _substance(fact: Fact, said: Saying, sources: Sources) -> tuple[Concept, ...]:
    """What tells it without its name: of a note its clause, of a record its title."""
    if said.record.is_note:
        return concepts(sources.beside(said))
    return concepts(read_statement(fact.name).assertions)


def _place_in_course(fact: Fact) -> str:
    """A medicine that is forbidden or stopped is another thing than one that is taken."""
    return fact.status if fact.kind is FactKind.MEDICINE else ""


def _severity(rule: MustCarry, fact: Fact) -> Severity:
    return Severity.MINOR if fact.kind is FactKind.FAMILY else rule.severity


def _keys(a: Assertion) -> frozenset[str]:
    """Its own name, and what others call it."""
    return frozenset((a.concept.key,)) | _ALIKE.get(a.concept.key, frozenset())


def _manner(key: str) -> tuple[Part, ...]:
    """What the wider name leaves out: by which means, and that a wish was a passive one."""
    name = _MANNERS.get(key)
    return (Part(name, keys=frozenset((key,))),) if name else ()


_MANNERS = {
    "overdose": "means",
    "hanging-method": "means",
    "jumping-method": "means",
    "passive-death-wish": "qualifier",
}


def _family(*keys: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(keys, frozenset(keys))


# What one writer calls by one name and another by the other.
_ALIKE: dict[str, frozenset[str]] = {
    **_family(
        *("suicide-attempt", "overdose", "aborted-attempt", "interrupted-attempt"),
        *("hanging-method", "jumping-method", "suicide"),
    ),
    "passive-death-wish": frozenset(("suicidal-ideation",)),
    **_family("violence", "threat", "physical-abuse"),
    **_family("follow-up", "visit", "return", "appointment", "outpatient-visit"),
    **_family("carer", "care", "dependants"),
    **_family("vitamin-b12", "b12-level"),
    **_family("vitamin-d", "vitamin-d-level"),
    **_family("firearm", "means-access", "means-safety"),
    **_family("weapon", "means-access"),
    **_family("suicide-plan", "preparatory-act"),
    **_family("do-not-resuscitate", "code-status", "advance-directive"),
    **_family("driving-restriction", "driving"),
    **_family("power-of-attorney", "guardianship"),
    **_family("safety-plan", "safety-contract"),
    **_family("involuntary-hold", "section-2", "section-3"),
    **_family("physical-abuse", "sexual-abuse", "abuse", "emotional-abuse"),
    **_family("acute-risk", "suicide-risk", "risk-level"),
}


def _deciding(fact: Fact, sources: Sources) -> Saying | None:
    """The newest saying that says how the fact stands."""
    said = sources.sayings(fact)
    is_denied = fact.standing is Standing.REFUTED or fact.status.startswith(_DENIED)
    wanted = Polarity.NEGATED if is_denied else Polarity.AFFIRMED
    same = [each for each in said if each.a.polarity is wanted]
    return next((e for e in same if e.on == fact.on), (same or said or [None])[0])


def _parts(rule: MustCarry, fact: Fact, said: Saying) -> tuple[Part, ...]:
    return tuple(part for name in rule.parts for part in _part(name, fact, said))


def _part(name: str, fact: Fact, said: Saying) -> Iterator[Part]:
    match name:
        case "polarity":
            is_denied = said.a.polarity is Polarity.NEGATED
            yield Part("denial" if is_denied else "affirmation", polarity=said.a.polarity)
        case "dose":
            doses = _doses(fact)
            if doses:
                yield Part("dose", doses)
        case "stop":
            yield Part("stop", is_over=True, said=_STOPPED)
        case "reason":
            reasons = [v for v in fact.values if v.what == "reason"]
            if reasons:
                keys = frozenset(str(v.value) for v in reasons)
                yield Part("reason", tuple(reasons), keys, said=_telling(reasons) | _WHY)
        case "reaction":
            shown = [v for v in fact.values if v.what == "reaction"]
            if shown:
                yield Part("reaction", tuple(shown), _alike_signs(shown))
        case "value":
            results = tuple(v for v in fact.values if v.what in _RESULTS)[:1]
            if results:
                yield Part("value", results)
        case "direction":
            yield from _direction(fact)
        case "level":
            levels = tuple(v for v in fact.values if v.what in ("level", "severity"))[:1]
            graded = frozenset(w for w in _GRADES if any(w.startswith(s) for s in said.a.words))
            if levels or graded:
                yield Part("grade", levels, said=graded)


def _telling(values: list[Value]) -> frozenset[str]:
    """The longer words of values."""
    words = re.findall(r"[^\W\d_]+", " ".join(v.said for v in values).casefold())
    return frozenset(word for word in words if len(word) > SHORT)


def _direction(fact: Fact) -> Iterator[Part]:
    """That it rose or fell, told by a word for it or by the value before."""
    before = _before(fact)
    old, new = (_number(before), _number(fact.values[0])) if before else (None, None)
    if before and old is not None and new is not None and old != new:
        yield Part("direction", (before,), said=_ROSE if new > old else _FELL)


def _before(fact: Fact) -> Value | None:
    """What it rose or fell from: told with it ("from 21 to 9"), else the result before."""
    told = [v for v in fact.values if v.what == "change"]
    older = [change.values[0] for change in fact.history[:-1] if change.values]
    return (told or older[-1:] or [None])[0]


def _is_telling(value: Value) -> bool:
    """A year alone is told of too many things."""
    return value.what in _KEPT and not _YEAR.fullmatch(str(value.value))


def _number(value: Value) -> float | None:
    found = re.search(r"\d+(?:\.\d+)?", value.said)
    return float(found[0]) if found else None


def _doses(fact: Fact) -> tuple[Value, ...]:
    return tuple(v for v in fact.values if v.what == "dose")


def _alike_signs(shown: list[Value]) -> frozenset[str]:
    keys = {str(v.value) for v in shown}
    return frozenset(keys).union(*(wider(key) for key in keys)) - {"pain"}


def _unnamed(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """An allergy to what no lexicon knows: its sentence tells it."""
    for said in sources.sayings(fact):
        if said.a.polarity is Polarity.AFFIRMED:
            place = FactSource(said.record.id, said.a.start, said.a.end, said.on)
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
        if is_sure and not _is_reason(said, sources):
            told.setdefault(_own_day(said.a), []).append(said)
    if len(told) > 1:
        told.pop("", None)
    for day, said in told.items():
        dates = tuple(v for v in said[0].a.values if v.what in _TELLS_ITS_DAY)[:1]
        parts = (Part("date", dates),) if dates and rule.parts else ()
        key = f"{fact.kind.value}:{fact.key}:{day}"
        must = _of(rule, fact, said[0], sources, parts, key)
        for other in said[1:]:
            must = must.told_by(_of(rule, fact, other, sources))
        yield must


def _is_reason(said: Saying, sources: Sources) -> bool:
    """Is it only told as why something else was done?"""
    why = {str(v.value) for a in sources.beside(said) for v in a.values if v.what == "reason"}
    return said.a.concept.key in why


def _own_day(a: Assertion) -> str:
    return a.on if any(v.what in _TELLS_ITS_DAY for v in a.values) else ""


def _open(rule: MustCarry, fact: Fact, sources: Sources) -> Iterator[MustSay]:
    """Each sentence that asks for it."""
    seen = set()
    for source in fact.sources:
        span = sources.span(source)
        if span in seen or source.on != fact.on:
            continue
        seen.add(span)
        place = FactSource(source.record_id, span.start, span.end, source.on)
        key = next((e.a.concept.key for e in sources.sayings(fact)), fact.key)
        alike = _ALIKE.get(key, frozenset())
        yield _told(rule, place, sources, alike | {key, key.removesuffix("-level")})


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
