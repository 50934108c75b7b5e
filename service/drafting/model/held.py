"""What the facts that a statement cites hold: values, days, words, and how a fact may be told."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from service.drafting.model.numbered import Numbered
from service.facts.fact import Fact, FactKind, ReadRecord
from service.facts.wording import sentence_place
from service.reading.assertions import Act, Assertion, Polarity, Time, Value
from service.reading.lexicon.names import names
from service.reading.read import read_statement
from service.summary.document import Citation

LIST = Path(__file__).parents[1] / "data" / "telling.toml"
WORD = re.compile(r"[^\W\d_]+")
DATED = ("date", "since", "until", "due")
_ENDED = frozenset((Act.STOPPED, Act.DECLINED, Act.AVOID, Act.HELD, Act.NOT_FILLED, Act.MISSED))
_NEVER_OVER = (FactKind.ALLERGY, FactKind.MEASUREMENT, FactKind.SCORE)


def key_of(fact: Fact) -> str:
    return fact.key.partition(":")[0]


def ends(each: Assertion, of: FactKind | None = None) -> bool:
    """Is it told as denied, or over? What one is allergic to is avoided because it is so, and what
    was measured is not over."""
    if of in _NEVER_OVER:
        return each.polarity is Polarity.NEGATED
    return each.polarity is Polarity.NEGATED or each.act in _ENDED or each.time is Time.PAST


def is_of(day: str, other: str) -> bool:
    """The same day, or its month or year: a day that the chart does not say is not carried."""
    return other.startswith(day)


def values_of(said: Iterable[Assertion], of: Iterable[str]) -> Iterator[Value]:
    chosen = frozenset(of)
    yield from dict.fromkeys(v for a in said for v in a.values if v.what in chosen)


def days_of(each: Assertion) -> list[Value]:
    return list(values_of([each], DATED))


def _held_by(fact: Fact) -> Iterator[Value]:
    yield from fact.values
    for change in fact.history:
        yield from change.values


def fact_days(fact: Fact) -> Iterator[str]:
    yield from (fact.since, fact.until, fact.on)
    yield from (change.on for change in fact.history)
    yield from (source.on for source in fact.sources)
    yield from (str(v.value) for v in _held_by(fact) if v.what in DATED)


def assertions_of(facts: Iterable[Numbered], read: Mapping[str, ReadRecord]) -> Iterator[Assertion]:
    for each in facts:
        yield from assertions_at(each.citations, read)


def assertions_at(cited: Iterable[Citation], read: Mapping[str, ReadRecord]) -> Iterator[Assertion]:
    for each in cited:
        record = read.get(each.record_id)
        yield from (
            a
            for a in (record.assertions if record else ())
            if a.start < each.end and each.start < a.end
        )


def sentences_of(
    facts: Iterable[Numbered], quoted: Iterable[Citation], read: Mapping[str, ReadRecord]
) -> Iterator[str]:
    yield from (citation.quote for each in facts for citation in each.citations)
    for citation in quoted:
        if record := read.get(citation.record_id):
            start, end = sentence_place(record.text, citation.start, citation.end)
            yield record.text[start:end]


def words_of(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))


class _Telling(NamedTuple):
    """The words with which a fact may be told, and what the reader takes them to be."""

    words: frozenset[str]
    standing: frozenset[str]
    ended: frozenset[str]
    keys: frozenset[str]


@cache
def telling() -> _Telling:
    lists = tomllib.loads(LIST.read_text("utf-8"))
    plain, standing, ended = (
        frozenset(lists[name].split()) for name in ("words", "standing", "ended")
    )
    every = plain | standing | ended
    read = (a.concept.key for word in sorted(every) for a in read_statement(word).assertions)
    return _Telling(every | names().unsaid, standing, ended, frozenset(read))
