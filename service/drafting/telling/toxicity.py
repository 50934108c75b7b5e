"""Signs that a medicine does harm, from the notes of the last days, beside what is taken."""

from collections.abc import Iterator, Sequence

from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.facts.fact import Fact, FactKind, FactSource, ReadRecord, Standing
from service.facts.said import days_between
from service.reading.assertions import PATIENT, Assertion, Certainty, Polarity, Time

NEWEST = 3  # days before the newest note of which the signs are of now
_NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
_FEVER, _TEMPERATURE = "fever", "temperature"
_HOT = ((38.0, 45.0), (100.4, 113.0))  # in Celsius, in Fahrenheit


def toxicity(telling: Telling) -> Iterator[Item]:
    """Of each medicine the sentence that tells most of them, of the newest note that does."""
    notes = _newest(telling)
    for fact in telling.facts.of(FactKind.MEDICINE):
        found = _signs(telling, fact, notes) if fact.standing in _NOW else []
        item = telling.first_quoted(found, Rank.NARROW_MEDICINE, longest=OF_DANGER)
        yield from [item] if item else []


def _newest(telling: Telling) -> list[ReadRecord]:
    """The newest first."""
    notes = [r for r in telling.request.read.values() if r.is_note and r.on]
    last = max((r.on[:10] for r in notes), default="")
    near = [r for r in notes if 0 <= (days_between(r.on[:10], last) or 0) <= NEWEST]
    return sorted(near, key=lambda r: (r.on, r.text), reverse=True)


def _signs(telling: Telling, fact: Fact, notes: Sequence[ReadRecord]) -> list[FactSource]:
    rules = [r.signs for r in telling.rules.toxic if telling.is_any(fact.key, (r.medicine,))]
    denied: set[str] = set()
    for record in notes if rules else ():
        told = [a for a in record.assertions if _is_of_now(a)]
        shown = [a for a in told if _is_so(a) and not denied & {_key(a)}]
        denied |= {a.concept.key for a in told if a.polarity is Polarity.NEGATED}
        found = [[[a for a in shown if telling.is_any(_key(a), of)] for of in s] for s in rules]
        if signs := [a for each in found if all(each) for of in each for a in of]:
            return _most_told(telling, record, signs)
    return []


def _most_told(telling: Telling, record: ReadRecord, said: Sequence[Assertion]) -> list[FactSource]:
    """Their places, first that in whose sentence most of them stand."""
    unlike = {a.concept.key: FactSource(record.id, a.start, a.end, record.on) for a in said}
    places = [*unlike.values()]
    spans = [telling.span(place) for place in places]
    return [p for _, p in sorted(zip(spans, places, strict=True), key=lambda e: -spans.count(e[0]))]


def _is_of_now(said: Assertion) -> bool:
    return said.is_current and said.subject == PATIENT and said.time is Time.NOW


def _is_so(said: Assertion) -> bool:
    is_open = said.certainty in (Certainty.SURE, Certainty.POSSIBLE)
    return is_open and said.polarity is Polarity.AFFIRMED


def _key(said: Assertion) -> str:
    """A temperature that is a fever counts as one."""
    if said.concept.key != _TEMPERATURE:
        return said.concept.key
    levels = (v.value for v in said.values if isinstance(v.value, float))
    is_hot = any(low <= level <= high for level in levels for low, high in _HOT)
    return _FEVER if is_hot else _TEMPERATURE
