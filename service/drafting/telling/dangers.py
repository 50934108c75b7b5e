"""What can do harm: risk with its latest word and whatever ever happened, severe allergies, what
cannot both be so, results out of range, and what binds whoever treats next."""

from collections.abc import Iterator

from service.drafting.telling import glue
from service.drafting.telling.changed import LEVEL, is_abnormal, series
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.fact import Conflict, ConflictKind, Fact, FactKind, FactSource, Standing
from service.reading.assertions import Assertion, Certainty, Polarity, Time

_OWN_LIFE = ("overdose", "suicide-attempt", "aborted-attempt", "interrupted-attempt")
RECENT = 92  # days; an older result out of range stands in its section
_NOW = (Standing.CURRENT, Standing.DISPUTED)
_SEVERE = ("severe", "anaphyla", "life-threatening", "high criticality", "angioedema", "stevens")
_GRAVE = (
    ConflictKind.ALLERGIC,
    ConflictKind.NO_ALLERGY,
    ConflictKind.FORBIDDEN,
    ConflictKind.DIRECTIVE,
    ConflictKind.DENIED,
    ConflictKind.STOPPED,
)


def risks(telling: Telling) -> Iterator[Item]:
    """The latest word on each of what is asked of everybody, then what ever happened."""
    facts = telling.facts.of(FactKind.RISK)
    for topic in telling.rules.asked:
        of_topic = [f for f in facts if telling.is_any(f.key, (topic,))]
        newest = sorted(of_topic, key=lambda f: (f.on, f.standing in _NOW, f.key == topic))[::-1]
        told = (_latest(telling, fact) for fact in newest)
        yield from (each for each in [next((t for t in told if t), None)] if each)
    known: set[str] = set()
    for fact in facts:
        family = "suicide" if fact.key in _OWN_LIFE else fact.key
        if not telling.is_any(fact.key, telling.rules.ever) or not _happened(fact):
            continue
        if family in known:
            continue
        known.add(family)
        if item := telling.first_quoted(_telling(telling, fact), Rank.EVER):
            yield item


def _latest(telling: Telling, fact: Fact) -> Item | None:
    """The newest word, of notes of that day before a form."""
    rank = Rank.RISK_NOW if fact.standing in _NOW else Rank.RISK_DENIED
    said = [s for s in fact.sources if telling.request.read[s.record_id].type != "Encounter"]
    newest = [s for s in said if s.on == fact.on] or said[:1]
    newest.sort(key=lambda s: not telling.request.read[s.record_id].is_note)
    return telling.first_quoted(newest, rank)


def _telling(telling: Telling, fact: Fact) -> list[FactSource]:
    """Where it is said to have happened: in the problem list or a flag, else by the newest note."""
    found = [s for s in fact.sources if any(map(_is_affirmed, telling.assertions(s, fact.key)))]
    return sorted(found, key=lambda s: telling.read(s).type not in ("Condition", "Flag"))


def _is_affirmed(said: Assertion) -> bool:
    is_sure = said.certainty is Certainty.SURE and said.polarity is Polarity.AFFIRMED
    return is_sure and said.time not in (Time.IF, Time.PLANNED)


def _happened(fact: Fact) -> bool:
    return fact.standing is Standing.PAST and "not present" not in fact.status


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
        elif item := telling.first_quoted(found, Rank.OTHER if is_listed else Rank.ALLERGY):
            yield item


def _listed(telling: Telling, source: FactSource) -> Item:
    """ "Lamotrigine - Rash (moderate)", without "Allergy: " and how it was recorded."""
    end = telling.end_of_line(source)
    text = telling.records[source.record_id].text
    body = text[:end].partition(";")[0].removeprefix("Allergy: ")
    at = text.find(body)
    is_severe = any(word in text.casefold() for word in _SEVERE)
    rank = Rank.SEVERE_ALLERGY if is_severe else Rank.ALLERGY
    return Item(body.strip(), (telling.cite(source, at, at + len(body)),), rank)


def conflicts(telling: Telling) -> Iterator[Item]:
    """Both sides, each word for word with its day."""
    for conflict in telling.facts.conflicts:
        if _is_settled(telling, conflict):
            continue
        of_danger = telling.is_any(conflict.key, telling.rules.ever)
        is_grave = conflict.kind in _GRAVE or of_danger
        rank = Rank.GRAVE_CONFLICT if is_grave else Rank.CONFLICT
        sides = [telling.first_quoted((side,), rank) for side in conflict.sides]
        if all(sides):
            one, other = (side for side in sides if side)
            text = f"{one.text}{glue.BETWEEN}{other.text}"
            yield Item(text, (*one.citations, *other.citations), rank)


def _is_settled(telling: Telling, conflict: Conflict) -> bool:
    """Two who said the opposite, before a newer word on it. What happened stays so."""
    if telling.is_any(conflict.key, telling.rules.ever):
        return False
    newest = max((f.on for f in telling.facts.facts if f.key == conflict.key), default="")
    return conflict.kind is ConflictKind.WHO and newest > conflict.sides[0].on


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
        if fact.standing not in _NOW or not (
            is_alert or telling.is_any(fact.key, telling.rules.binding)
        ):
            continue
        if item := telling.first_quoted(fact.sources, Rank.ALERT if is_alert else Rank.BINDING):
            yield item
