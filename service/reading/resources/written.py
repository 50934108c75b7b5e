"""Values in short written text of a resource: a dosage's words, a strength in a name."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from service.reading.assertions import Value
from service.reading.resources.source import Source
from service.reading.values import values

_LONGEST = 1000  # characters of an instruction or a dosage's text


def read(said: str) -> tuple[Value, ...]:
    """What the words tell; places are into `said`."""
    return _read(said[:_LONGEST])


@lru_cache(8192)
def _read(said: str) -> tuple[Value, ...]:
    return tuple(values(said))


def values_of(source: Source, said: str) -> Iterator[Value]:
    """The values of words that stand in the record's text, at their places there."""
    found = read(said) if said else ()
    start = source.place(said)[0] if found else 0
    for value in found:
        yield replace(value, start=start + value.start, end=start + value.end)


def strength_of(source: Source, name: str) -> Iterator[Value]:
    """Strength, form and route in a medicine's name: 50 mg a tablet is no dose yet."""
    for value in values_of(source, name):
        yield replace(value, what="strength") if value.what in ("dose", "level") else value


def coded(what: str, said: str) -> Iterator[Value]:
    """What a coded route, form or site says, under the word that notes' values have for it."""
    found = next((v for v in read(said) if v.what == what), None)
    if found is not None:
        yield replace(found, start=0, end=0)
    elif said:
        yield Value(what, said.lower().removesuffix(" route"), said)
