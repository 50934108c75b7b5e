"""Values are carried, not typed: what a statement says must be what the facts that it cites say."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from service.drafting.model.numbered import Numbered
from service.facts.fact import Fact, FactKind, ReadRecord, Standing
from service.facts.wording import sentence_place
from service.reading.assertions import Act, Assertion, Kind, Polarity, Tense, Time, Value
from service.reading.lexicon.names import names
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.reading.values import agrees
from service.summary.document import Citation

LIST = Path(__file__).parents[1] / "data" / "telling.toml"
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DATED = ("date", "since", "until", "due")
_CARRIED = frozenset(
    ("dose", "frequency", "route", "level", "score", "quantity", "count", "number", "side")
)
ANYTHING = "any"  # "an allergy": of what is not said
_ENDED = frozenset((Act.STOPPED, Act.DECLINED, Act.AVOID, Act.HELD, Act.NOT_FILLED, Act.MISSED))
_OVER = (Standing.PAST, Standing.REFUTED)
_NEVER_OVER = (FactKind.ALLERGY, FactKind.MEASUREMENT, FactKind.SCORE)
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


def not_carried(
    text: str,
    facts: Sequence[Numbered],
    quoted: Sequence[Citation],
    read: Mapping[str, ReadRecord],
) -> str | None:
    """Why a statement that cites these facts, and perhaps passages, says what they do not; None
    where all its numbers, dates, names and denials are theirs."""
    said = read_statement(text).assertions
    held = [*_assertions_of(facts, read), *_assertions_at(quoted, read)]
    words = " ".join([*(each.line for each in facts), *_sentences(facts, quoted, read)])
    return (
        _silent(text, said, facts)
        or _foreign_date(said, facts, held)
        or _foreign_value(text, said, facts, held)
        or _foreign_number(text, said, facts, words)
        or _foreign_name(said, facts, held)
        or _foreign_word(text, said, words, held)
        or _turned(text, said, facts, held)
        or _misplaced(text, facts, words)
    )


def _silent(text: str, said: Iterable[Assertion], facts: Sequence[Numbered]) -> str | None:
    """It must speak of what it cites: else its values are lent to something else."""
    keys = {a.concept.key for a in said} | {key for a in said for key in wider(a.concept.key)}
    plain = text.casefold()
    if any(_key(n.fact) in keys or n.fact.name.casefold() in plain for n in facts):
        return None
    return "It does not speak of the fact that it cites."


def _foreign_date(
    said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    known = {day for each in facts for day in _days(each.fact)}
    known |= {a.on for a in held if a.on}
    known |= {str(v.value) for a in held for v in a.values if v.what in _DATED}
    for value in _values(said, _DATED):
        day = str(value.value)
        if not any(_is_of(day, each) for each in known if each):
            return f"“{value.said}” is no date of the facts that it cites."
    return None


def _foreign_value(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    """A value must be of the thing that it is said of, where a fact or a source names that."""
    for each in said:
        about = [n for n in facts if _key(n.fact) == each.concept.key]
        alike = [a for a in held if a.concept.key == each.concept.key]
        if each.concept.kind is Kind.WORD or not (about or alike):
            about, alike = list(facts), list(held)
        for value in _values([each], _CARRIED):
            if _is_of_name(value, text, facts):
                continue
            known = _known_of(value, each, about) or [v for a in alike for v in a.values]
            if not agrees(value, known) and not _is_quoted(value, text, known):
                return f"“{value.said}” is no value of the facts that it cites."
    return None


def _known_of(value: Value, each: Assertion, about: Sequence[Numbered]) -> list[Value]:
    """What such a value may be: of a day, what the fact was on that day; of now, what it is now."""
    days = [str(day.value) for day in _days_of(each)]
    changes = [c for n in about for c in n.fact.history]
    on_day = [v for c in changes if any(_is_of(day, c.on) for day in days) for v in c.values]
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


def _foreign_number(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], words: str
) -> str | None:
    """Figures that the reader made nothing of must stand in the facts' words."""
    values = _values(said, {*_CARRIED, *_DATED})
    read = [(v.start, v.end) for v in values if not _is_of_name(v, text, facts)]
    known = set(_NUMBER.findall(words))
    for found in _NUMBER.finditer(text):
        is_read = any(start <= found.start() < end for start, end in read)
        if not is_read and found[0] not in known:
            return f"“{found[0]}” is no number of the facts that it cites."
    return None


def _foreign_name(
    said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    known = {_key(each.fact) for each in facts} | {a.concept.key for a in held} | {ANYTHING}
    known |= {a.concept.key for n in facts for a in read_statement(n.line).assertions}
    known |= _telling().keys
    known |= {key for each in tuple(known) for key in wider(each)}  # "an antidepressant"
    for each in said:
        key = each.concept.key
        if each.concept.kind in _NAMING and key not in known:
            return f"“{key.replace('-', ' ')}” is not named by the facts that it cites."
    return None


def _foreign_word(
    text: str, said: Iterable[Assertion], words: str, held: Sequence[Assertion]
) -> str | None:
    """Any other word must be the facts', or one with which a fact is told."""
    known = {a.concept.key for a in (*held, *read_statement(words).assertions)}
    plain = f" {' '.join(_WORD.findall(words.casefold()))} "
    for each in said:
        if each.concept.kind in _NAMING or each.concept.key in known:
            continue
        own = _WORD.findall(text[each.start : each.end].casefold())
        foreign = [w for w in own if w not in _telling().words and f" {w} " not in plain]
        if foreign:
            return f"“{foreign[0]}” is no word of the facts that it cites."
    return None


def _misplaced(text: str, facts: Sequence[Numbered], words: str) -> str | None:
    """A word of an end or a denial where all that it tells of stands, or one of what stands where
    all is over."""
    over = [n.fact.standing in _OVER for n in facts]
    told, own = _words_of(text), _words_of(words)
    if not any(over) and (found := sorted((told & _telling().ended) - own)):
        return f"“{found[0]}” is said of what stands."
    denied = told & _telling().ended
    if all(over) and not denied and (found := sorted((told & _telling().standing) - own)):
        return f"“{found[0]}” is said of what is over."
    return None


def _words_of(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _turned(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    """What is told as so where the fact is over or denied, or the reverse; a beginning on the day
    of an end. What is told of a day may be what a source says of that day."""
    ends = [word for word in _WORD.findall(text.casefold()) if word in _telling().ended]
    for each in said:
        for fact in (n.fact for n in facts if _key(n.fact) == each.concept.key):
            alike = [a for a in held if a.concept.key == each.concept.key]
            is_denied = len(ends) == 1 and fact.standing in _OVER  # "not among her medicines"
            is_told = _days_of(each) and _says_so(each, alike)
            if _is_turned(each, fact) and not (is_denied or is_told):
                return f"It says otherwise than the fact: {fact.name} is {fact.standing}."
            if misdated := _misdated(each, fact):
                return f"“{misdated}” is not when {fact.name} began or ended."
    return None


def _is_turned(each: Assertion, fact: Fact) -> bool:
    was = each.time is Time.EVER or (each.tense is Tense.PAST and not _days_of(each))
    if fact.standing is Standing.PAST and was:
        return each.polarity is Polarity.NEGATED  # "a history of", "she had"
    return _ends(each, fact.kind) is not (fact.standing in _OVER)


def _says_so(each: Assertion, alike: Iterable[Assertion]) -> bool:
    return any(_ends(each) is _ends(a) and each.polarity is a.polarity for a in alike)


def _days_of(each: Assertion) -> list[Value]:
    return list(_values([each], _DATED))


def _misdated(each: Assertion, fact: Fact) -> str:
    """What is said to have begun began then, and what is said to have ended ended then."""
    begins, stops = each.act is Act.STARTED, each.act is Act.STOPPED
    if not (begins or stops):
        return ""
    named = "started" if begins else "stopped"
    days = {fact.since if begins else fact.until}
    days |= {change.on for change in fact.history if change.what.startswith(named)}
    for value in _values([each], _DATED):
        if not any(_is_of(str(value.value), day) for day in days if day):
            return value.said
    return ""


def _is_of(day: str, other: str) -> bool:
    """The same day, or its month or year: a day that the chart does not say is not carried."""
    return other.startswith(day)


def _key(fact: Fact) -> str:
    return fact.key.partition(":")[0]


def _ends(each: Assertion, of: FactKind | None = None) -> bool:
    """Is it told as denied, or over? What one is allergic to is avoided because it is so, and what
    was measured is not over."""
    if of in _NEVER_OVER:
        return each.polarity is Polarity.NEGATED
    return each.polarity is Polarity.NEGATED or each.act in _ENDED or each.time is Time.PAST


def _values(said: Iterable[Assertion], of: Iterable[str]) -> Iterator[Value]:
    chosen = frozenset(of)
    yield from dict.fromkeys(v for a in said for v in a.values if v.what in chosen)


def _held_by(fact: Fact) -> Iterator[Value]:
    yield from fact.values
    for change in fact.history:
        yield from change.values


def _days(fact: Fact) -> Iterator[str]:
    yield from (fact.since, fact.until, fact.on)
    yield from (change.on for change in fact.history)
    yield from (source.on for source in fact.sources)
    yield from (str(v.value) for v in _held_by(fact) if v.what in _DATED)


def _assertions_of(
    facts: Iterable[Numbered], read: Mapping[str, ReadRecord]
) -> Iterator[Assertion]:
    for each in facts:
        yield from _assertions_at(each.citations, read)


def _assertions_at(
    cited: Iterable[Citation], read: Mapping[str, ReadRecord]
) -> Iterator[Assertion]:
    for each in cited:
        record = read.get(each.record_id)
        yield from (
            a
            for a in (record.assertions if record else ())
            if a.start < each.end and each.start < a.end
        )


def _sentences(
    facts: Iterable[Numbered], quoted: Iterable[Citation], read: Mapping[str, ReadRecord]
) -> Iterator[str]:
    yield from (citation.quote for each in facts for citation in each.citations)
    for citation in quoted:
        if record := read.get(citation.record_id):
            start, end = sentence_place(record.text, citation.start, citation.end)
            yield record.text[start:end]


class _Telling(NamedTuple):
    """The words with which a fact may be told, and what the reader takes them to be."""

    words: frozenset[str]
    standing: frozenset[str]
    ended: frozenset[str]
    keys: frozenset[str]


@cache
def _telling() -> _Telling:
    lists = tomllib.loads(LIST.read_text("utf-8"))
    plain, standing, ended = (
        frozenset(lists[name].split()) for name in ("words", "standing", "ended")
    )
    every = plain | standing | ended
    read = (a.concept.key for word in sorted(every) for a in read_statement(word).assertions)
    return _Telling(every | names().unsaid, standing, ended, frozenset(read))
