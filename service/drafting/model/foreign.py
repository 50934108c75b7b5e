"""A value, date, number, name or word of a statement that is none of the facts that it cites."""

import re
from collections.abc import Iterable, Sequence

from service.drafting.model.held import (
    DATED,
    WORD,
    days_of,
    fact_days,
    is_of,
    key_of,
    telling,
    values_of,
)
from service.drafting.model.numbered import Numbered
from service.reading.assertions import Assertion, Kind, Time, Value
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.reading.values import agrees

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CARRIED = frozenset(
    ("dose", "frequency", "route", "level", "score", "quantity", "count", "number", "side")
)
ANYTHING = "any"  # "an allergy": of what is not said
_NAMING = frozenset(
    (
        Kind.MEDICINE,
        Kind.SUBSTANCE,
        Kind.PROBLEM,
        Kind.SYMPTOM,
        Kind.ALLERGY,
        Kind.PROCEDURE,
        Kind.MEASUREMENT,
        Kind.SCORE,
        Kind.RISK,
    )
)


def foreign_date(
    said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    known = {day for each in facts for day in fact_days(each.fact)}
    known |= {a.on for a in held if a.on}
    known |= {str(v.value) for a in held for v in a.values if v.what in DATED}
    for value in values_of(said, DATED):
        day = str(value.value)
        if not any(is_of(day, each) for each in known if each):
            return f"“{value.said}” is no date of the facts that it cites."
    return None


def foreign_value(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    """A value must be of the thing that it is said of, where a fact or a source names that."""
    for each in said:
        about = [n for n in facts if key_of(n.fact) == each.concept.key]
        alike = [a for a in held if a.concept.key == each.concept.key]
        if each.concept.kind is Kind.WORD or not (about or alike):
            about, alike = list(facts), list(held)
        for value in values_of([each], _CARRIED):
            if _is_of_name(value, text, facts):
                continue
            known = _known_of(value, each, about) or [v for a in alike for v in a.values]
            if not agrees(value, known) and not _is_quoted(value, text, known):
                return f"“{value.said}” is no value of the facts that it cites."
    return None


def _known_of(value: Value, each: Assertion, about: Sequence[Numbered]) -> list[Value]:
    """What such a value may be: of a day, what the fact was on that day; of now, what it is now."""
    days = [str(day.value) for day in days_of(each)]
    changes = [c for n in about for c in n.fact.history]
    on_day = [v for c in changes if any(is_of(day, c.on) for day in days) for v in c.values]
    now = [v for n in about for v in n.fact.values]
    before = [v for c in changes for v in c.values]
    for known in (on_day, now if each.time is not Time.PAST else [*now, *before]):
        if any(v.what == value.what for v in known):
            return known
    return [*now, *before]


def _is_of_name(value: Value, text: str, facts: Sequence[Numbered]) -> bool:
    """ "PHQ-9 of 2" is read as 9 of 2: what begins within a name is left to its figures."""
    for name in (n.fact.key for n in facts):
        at = text.casefold().find(name)
        if 0 <= at <= value.start < at + len(name):
            return True
    return False


def _is_quoted(value: Value, text: str, known: Iterable[Value]) -> bool:
    """Is it a part of a value that stands word for word, as "1.73" of "59 mL/min/1.73 m2"?"""
    for other in known:
        at = text.casefold().find(other.said.casefold()) if other.said else -1
        if 0 <= at <= value.start and value.end <= at + len(other.said):
            return True
    return False


def foreign_number(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], words: str
) -> str | None:
    """Figures that the reader made nothing of must stand in the facts' words."""
    values = values_of(said, {*_CARRIED, *DATED})
    read = [(v.start, v.end) for v in values if not _is_of_name(v, text, facts)]
    known = set(_NUMBER.findall(words))
    for found in _NUMBER.finditer(text):
        is_read = any(start <= found.start() < end for start, end in read)
        if not is_read and found[0] not in known:
            return f"“{found[0]}” is no number of the facts that it cites."
    return None


def foreign_name(
    said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    known = {key_of(each.fact) for each in facts} | {a.concept.key for a in held} | {ANYTHING}
    known |= {a.concept.key for n in facts for a in read_statement(n.line).assertions}
    known |= telling().keys
    known |= {key for each in tuple(known) for key in wider(each)}  # "an antidepressant"
    for each in said:
        key = each.concept.key
        if each.concept.kind in _NAMING and key not in known:
            return f"“{key.replace('-', ' ')}” is not named by the facts that it cites."
    return None


def foreign_word(
    text: str, said: Iterable[Assertion], words: str, held: Sequence[Assertion]
) -> str | None:
    """Any other word must be the facts', or one with which a fact is told."""
    known = {a.concept.key for a in (*held, *read_statement(words).assertions)}
    plain = f" {' '.join(WORD.findall(words.casefold()))} "
    for each in said:
        if each.concept.kind in _NAMING or each.concept.key in known:
            continue
        own = WORD.findall(text[each.start : each.end].casefold())
        foreign = [w for w in own if w not in telling().words and f" {w} " not in plain]
        if foreign:
            return f"“{foreign[0]}” is no word of the facts that it cites."
    return None
