"""Other words that are read as the same: "qHS" for "at bedtime", "flu" for "Influenza"."""

from collections.abc import Hashable, Iterator, Sequence

from service.reading.assertions import Assertion, Kind
from service.reading.read import read_statement
from service.reading.reading import Reading
from service.verification.bearing.words import words_in


def reads_alike(said: Reading, quotes: Sequence[str], *, on: str = "") -> bool:
    """Is it what the quotes say, one after the other: the same things in the same order, of the
    same person, time and value, and between them the same numbers and turns? `on` is the day of
    the quotes."""
    told = [read_statement(each, on=on) for each in quotes]
    if not said.assertions or list(_turns(said)) != [t for each in told for t in _turns(each)]:
        return False
    return list(_things(said)) == [thing for each in told for thing in _things(each)]


def _turns(reading: Reading) -> Iterator[Hashable]:
    for word in words_in(reading.text, reading.assertions, 0, len(reading.text)):
        if word.kind in ("number", "denial", "turn"):
            yield word.kind, word.keys[0]


def _things(reading: Reading) -> Iterator[Hashable]:
    for each in sorted(reading.assertions, key=lambda a: (a.start, -a.end)):
        is_person = each.concept.kind is Kind.PERSON  # two doctors are one thing to a reader
        yield _said(each), reading.text[each.start : each.end].casefold() if is_person else ""


def _said(each: Assertion) -> Hashable:
    values = frozenset((v.what, v.value, v.per, v.comparator) for v in each.values)
    who = each.subject, each.says, each.says_who
    return each.concept, each.polarity, each.certainty, each.time, each.act, who, values
