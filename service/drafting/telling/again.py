"""Whether a statement tells again what others tell: by its facts and their values, in whatever
words. What only shares words with another tells something else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from service.drafting.excerpts import NEGATED
from service.drafting.telling import glue
from service.drafting.telling.item import standing
from service.reading.assertions import Act, Assertion, Kind, Polarity, Time
from service.reading.lexicon import stem, tokens
from service.reading.read import read_statement

_JOINING = 2  # characters of a word that only joins
_ENOUGH = 5  # telling words that stand together in another statement
_TO_COME = (Time.PLANNED, Time.IF)
_ENDING = (Act.STOPPED, Act.HELD, Act.DECLINED, Act.AVOID, Act.NOT_FILLED, Act.MISSED)
_MEASURED = (Kind.MEASUREMENT, Kind.SCORE)
_STANDING = ("standing", "status", "range")
_BRACKET = re.compile(r" \((?=[^()]*(?:\d{4}|active|stopped|complet|confirm))[^()]{1,300}\)$")
_OVER = re.compile(r" \((?:stopped|on hold|resolved|inactive|remission)\b")
_COUNTED = re.compile(r" \[\d{1,7} records[^\[\]]*\]$")
_TAIL = re.compile(r"; (?:active|inactive|resolved)\b[^()]*$")  # how a list has it
_CALLED = re.compile(
    r"^(?:Flag|Order|Goal|Diagnosis|Procedure|Allergy|Intolerance"
    r"|Clinical impression(?: \([^)]*\))?): "
)
_LABEL = re.compile(r"^[^:.,;()]{1,40}: ")  # "Social: no tobacco"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Thing(NamedTuple):
    """One fact as a statement has it: of what, of whom, whether it is so, what is done with it."""

    key: str
    subject: str
    polarity: Polarity
    act: Act
    is_to_come: bool


Value = tuple[str, str, object]  # of what; its name; as it is compared


class Said(NamedTuple):
    """The things that the reader finds and their values, the numbers and words that are of none of
    them, all telling words by their stems; whether it denies; its words in order."""

    things: frozenset[Thing]
    values: frozenset[Value]
    numbers: frozenset[str]
    words: frozenset[str]
    every: frozenset[str]
    denies: bool
    text: str


def said(text: str) -> list[Said]:
    """What a statement says; of a composed line each item by itself."""
    is_joined = glue.is_composed(text) or glue.EARLIER in text
    items = glue.items(text) if is_joined else [glue.Told(text)]
    return [_said(item.body, item.day) for item in items]


@lru_cache(maxsize=4_096)  # a document is tried again and again until it fits
def _said(text: str, day: str) -> Said:
    """No bracket behind it but the day of what was measured and that it is over, nothing that only
    joins."""
    text = _COUNTED.sub("", text)
    bracket = _BRACKET.search(text)
    body = _CALLED.sub("", _TAIL.sub("", _BRACKET.sub("", text)))
    if bracket and _OVER.match(bracket[0]):
        body = ", ".join([body, *standing(bracket[0], body)])
    days = _DAY.findall(bracket[0]) if bracket else []
    read = read_statement(body).assertions
    named = [a for a in read if a.concept.kind is not Kind.WORD]
    found = list(tokens(body))
    spans = [(a.start, a.end) for a in named] + [(v.start, v.end) for a in read for v in a.values]
    beside = [t for t in found if not any(start <= t.start < end for start, end in spans)]
    return Said(
        frozenset(map(_thing, named)),
        frozenset(value for a in named for value in _values(a, day or "".join(days[:1]))),
        frozenset(t.key for t in beside if any(map(str.isdigit, t.key))),
        frozenset(_words(body, read, named)),
        frozenset(stem(t.key) for t in found if len(t.key) > _JOINING or t.key.isdigit()),
        bool(NEGATED.search(body)),
        " ".join(t.key for t in found if t.key[0].isalnum()),
    )


def _words(body: str, read: Sequence[Assertion], named: Sequence[Assertion]) -> Iterator[str]:
    """Those that are of no thing; what only stands over the line, and names none, tells nothing."""
    label = _LABEL.match(body)
    start = label.end() if label and not any(a.start < label.end() for a in named) else 0
    yield from (a.concept.key for a in read if a.concept.kind is Kind.WORD and a.start >= start)


def _thing(a: Assertion) -> Thing:
    return Thing(a.concept.key, a.subject, a.polarity, a.act, a.time in _TO_COME)


def _values(a: Assertion, day: str) -> Iterator[Value]:
    yield from ((a.concept.key, v.what, v.value) for v in a.values if v.what not in _STANDING)
    if a.concept.kind in _MEASURED and day:
        yield a.concept.key, "date", day


def tells_again(own: Said, told: Iterable[Said]) -> bool:
    """Is each of its things told already, with its values, and has it no number and no word beyond
    them? Of what names nothing that the reader knows every word counts."""
    told = list(told)
    if not own.things:
        return any(own.every <= other.every and own.denies == other.denies for other in told)
    if len(own.every) >= _ENOUGH and any(_stands_in(own, other) for other in told):
        return True
    keys = {thing.key for thing in own.things}
    of = [other for other in told if not keys.isdisjoint(t.key for t in other.things)]
    things = {thing for other in of for thing in other.things}
    if not all(_is_told(thing, things) for thing in own.things):
        return False
    values = {value for other in of for value in other.values}
    words = {word for other in of for word in (*other.words, *other.every)}
    numbers = {number for other in of for number in (*other.numbers, *other.every)}
    return own.values <= values and own.words <= words and own.numbers <= numbers


def _stands_in(own: Said, other: Said) -> bool:
    """Word for word, of the same person, and denied where it is."""
    is_same = {t[:3] for t in own.things} <= {t[:3] for t in other.things}
    return is_same and own.text in other.text


def _is_told(thing: Thing, things: Iterable[Thing]) -> bool:
    """What is only named, or goes on, is told by what is done with it, unless that ends it."""
    if thing.act not in (Act.NONE, Act.CONTINUED):
        return thing in things
    named = thing._replace(act=Act.NONE)
    return any(o._replace(act=Act.NONE) == named for o in things if o.act not in _ENDING)
