"""A reading as bytes and back: each row without what is as by default, in little space."""

import zlib
from collections.abc import Hashable
from dataclasses import fields
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from service.reading.assertions import (
    Act,
    Assertion,
    Certainty,
    Concept,
    Kind,
    Polarity,
    Says,
    Time,
    Value,
)
from service.reading.layout import Place, Section, Stance, State, Structure, Unit
from service.reading.orders.find import Order
from service.reading.reading import Reading
from service.summary.vocabulary import Severity

_ENUMS: dict[str, type[StrEnum]] = {
    "polarity": Polarity,
    "certainty": Certainty,
    "time": Time,
    "says": Says,
    "act": Act,
    "section": Section,
    "stance": Stance,
    "state": State,
}
_MEMBERS = {name: {m.value: m for m in words} for name, words in _ENUMS.items()}
_KINDS = {kind.value: kind for kind in Kind}
_OPTIONAL = {
    kind: {f.name: f.default for f in fields(kind) if f.name not in required}
    for kind, required in (
        (Assertion, ("concept", "start", "end", "values")),
        (Unit, ("place", "parts", "header")),
    )
}


def packed(reading: Reading) -> bytes:
    """All but the text, which the record has."""
    told = {
        "units": [_unit_out(unit) for unit in reading.structure.units],
        "gaps": reading.structure.gaps,
        "said": [_said_out(a) for a in reading.assertions],
        "orders": None if reading.orders is None else [list(order) for order in reading.orders],
    }
    return zlib.compress(orjson.dumps(told), 1)


def unpacked(kept: bytes, text: str) -> Reading:
    told = orjson.loads(zlib.decompress(kept))
    units = tuple(_unit_in(row) for row in told["units"])
    said = tuple(_said_in(row) for row in told["said"])
    return Reading(text, Structure(units, tuple(told["gaps"])), said, _orders_in(told["orders"]))


class Kept(NamedTuple):
    """What most readers need of a reading: no layout. `orders` as in Reading."""

    assertions: tuple[Assertion, ...]
    orders: tuple[Order, ...] | None


def without_layout(kept: bytes) -> Kept:
    told = orjson.loads(zlib.decompress(kept))
    return Kept(tuple(_said_in(row) for row in told["said"]), _orders_in(told["orders"]))


def _orders_in(rows: list[list[Any]] | None) -> tuple[Order, ...] | None:
    if rows is None:
        return None
    return tuple(Order(start, end, check, Severity(how)) for start, end, check, how in rows)


def _unlike_default(each: Assertion | Unit) -> dict[str, Any]:
    """The attributes that are not as by default; a set as a list."""
    found = ((name, getattr(each, name), usual) for name, usual in _OPTIONAL[type(each)].items())
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value, usual in found
        if value != usual
    }


def _said_out(a: Assertion) -> list[Any]:
    values = [
        [v.what, v.value, v.said, v.start, v.end, v.per, v.comparator] for v in a.values
    ]  # a value's parts are few: all of them stand
    return [a.concept.kind, a.concept.key, a.start, a.end, values, _unlike_default(a)]


def _said_in(row: list[Any]) -> Assertion:
    kind, key, start, end, values, more = row
    told = _words_in(more)
    if "words" in told:
        told["words"] = frozenset(told["words"])
    held = tuple(_value_in(v) for v in values)
    return Assertion(Concept(_KINDS[kind], key), start, end, values=held, **told)


def _value_in(row: list[Any]) -> Value:
    what, value, said, start, end, per, comparator = row
    return Value(what, _hashable(value), said, per, comparator, start, end)


def _hashable(value: Any) -> Hashable:
    """A list of JSON as the tuple that it was."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _unit_out(unit: Unit) -> list[Any]:
    parts = [list(part) for part in unit.parts]
    header = list(unit.header) if unit.header else None
    return [list(unit.place), parts, header, _unlike_default(unit)]


def _unit_in(row: list[Any]) -> Unit:
    place, parts, header, more = row
    whole = tuple(Place(*part) for part in parts)
    return Unit(Place(*place), whole, header=Place(*header) if header else None, **_words_in(more))


def _words_in(more: dict[str, Any]) -> dict[str, Any]:
    """With the members of our vocabularies in the place of their words."""
    return {
        name: _MEMBERS[name][value] if name in _MEMBERS else value for name, value in more.items()
    }
