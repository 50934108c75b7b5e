"""Medicines as of today: one reconciled row each, name, dose and how often."""

import re
from collections.abc import Iterable, Iterator

from service.drafting.telling import glue
from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import Fact, FactKind, FactSource, Standing
from service.facts.said import name_of
from service.facts.wording import value_words
from service.reading.assertions import Act, Assertion, Polarity, Value
from service.summary.document import Citation

_NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
_A_DAY = ("a day", "per day", "/day", "daily")
_INJECTED = ("im", "iv", "sc", "sq", "intramuscular", "intravenous", "subcutaneous", "transdermal")
_OVER = (Act.STOPPED, Act.DECLINED, Act.NOT_FILLED, Act.MISSED, Act.AVOID)
_LISTS = ("MedicationRequest", "MedicationStatement")
_UNTIL = re.compile(r"\b(?:until|then (?:stop|off))\b", re.IGNORECASE)
_BOUGHT = "over-the-counter-medicine"
_STANDS = ("active", "on-hold", "recurrence", "intended", "unknown", "")


def medicines(telling: Telling) -> Iterator[Item]:
    """Those that are taken, held or in dispute; what only a note names, where it says the dose."""
    told: set[str] = set()
    for fact in telling.facts.of(FactKind.MEDICINE):
        row = _row(telling, fact) if fact.standing in _NOW else None
        if row and not told & {
            each.record_id for each in row.citations if _is_listed(telling, each)
        }:
            told |= {each.record_id for each in row.citations}
            yield row


def _row(telling: Telling, fact: Fact) -> Item | None:
    is_narrow = telling.is_any(fact.key, telling.rules.narrow)
    for source in _standing(telling, fact):
        rank = Rank.NARROW_MEDICINE if is_narrow else _rank(telling, source)
        if found := row_of(telling, source, fact.key):
            body, citation = found
            held = ", on hold" if fact.standing is Standing.ON_HOLD else ""
            is_note = telling.read(source).is_note
            day = telling.read(source).on[:10] if is_note else ""
            return Item(glue.when(f"{body}{held}", day), (citation,), rank)
    return None


def _is_listed(telling: Telling, citation: Citation) -> bool:
    """One order is one row, whatever else its name says ("over the counter")."""
    return not telling.request.read[citation.record_id].is_note


def _standing(telling: Telling, fact: Fact) -> Iterator[FactSource]:
    """First the orders and statements that stand, newest first; else what notes say of a dose,
    where an order is over only of what is taken beyond dispute."""
    found = list(telling.sound(fact.sources))
    listed = [s for s in found if telling.read(s).type in _LISTS]
    standing = [s for s in listed if telling.records[s.record_id].status in _STANDS]
    yield from standing
    is_told = not listed or (not standing and fact.standing is Standing.CURRENT)
    notes = [s for s in found if telling.read(s).is_note and is_told]
    if any(_is_bounded(telling, s, fact.key) for s in (*listed, *notes[:1] * bool(listed))):
        return  # a course of some weeks, whose order is over
    yield from (s for s in notes if not _has_run_out(telling, s, fact.key))


def _is_bounded(telling: Telling, source: FactSource, key: str) -> bool:
    start, end = telling.span(source)
    has_end = bool(_UNTIL.search(telling.read(source).text, start, end))
    said = telling.assertions(source, key)
    return has_end or any(v.what in ("until", "duration") for a in said for v in a.values)


def _has_run_out(telling: Telling, source: FactSource, key: str) -> bool:
    """ "For 21 days", written longer ago than that."""
    spans = (v for a in telling.assertions(source, key) for v in a.values if v.what == "duration")
    days = [v.value[1] for v in spans if isinstance(v.value, tuple) and v.value[0] == "days"]
    age = telling.age(telling.read(source).on[:10])
    return bool(days) and age is not None and age > max(days)


def _rank(telling: Telling, source: FactSource) -> Rank:
    """What is bought without a prescription last."""
    is_bought = any(a.concept.key == _BOUGHT for a in telling.read(source).assertions)
    return Rank.OPEN if is_bought else Rank.MEDICINE


def row_of(telling: Telling, source: FactSource, key: str) -> tuple[str, Citation] | None:
    """ "lithium 600 mg at bedtime" with its citation, of what one record says; where its dose is
    none of a plain amount ("two puffs", "up to 3 g"), the record's own words."""
    record = telling.read(source)
    said = [a for a in telling.assertions(source, key) if _is_taken(a)]
    values = list(_values(said, record.text))
    if not said or (record.is_note and not any(v.what == "frequency" for v in values)):
        return None
    found = telling.sentence(source) if record.is_note else telling.headline(source)
    if not all(map(_is_plain, values)) or (found is None and record.is_note):
        return found
    cited = found[1] if found else telling.cite(source, 0, telling.end_of_line(source))
    name = _name(key, record.text[said[0].start : said[0].end])
    words = " ".join(value_words(v) for v in values)
    return f"{name} {words}".strip(), cited


def _is_plain(value: Value) -> bool:
    is_amount = isinstance(value.value, tuple) and value.value[0] in ("mass", "units")
    return value.what != "dose" or (is_amount and not value.comparator)


def _is_taken(said: Assertion) -> bool:
    return said.polarity is Polarity.AFFIRMED and said.act not in _OVER


def _name(key: str, said: str) -> str:
    """The record's own name where it is short; a generic name for a long product."""
    own = " ".join(said.split())
    return own if 0 < len(own.split()) <= 2 else name_of(key)


def _values(said: Iterable[Assertion], text: str) -> Iterator[Value]:
    """The first dose, how often, and the way in where it is not the mouth, as they stand there."""
    held = [value for a in said for value in a.values if value.said in text]
    dose = next((v for v in held if v.what == "dose"), None)
    often = [v for v in held if v.what == "frequency"]
    if dose and dose.per in ("day", "d"):  # "up to 3 g a day": how much, not how often
        often = [v for v in often if v.said not in _A_DAY]
    yield from (dose,) if dose else ()
    yield from often[:1]
    yield from [v for v in held if v.what == "route" and v.said.casefold() in _INJECTED][:1]
