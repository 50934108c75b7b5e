"""What one thing says of another: the wider word that it bears out, and what it excludes."""

from functools import cache

from service.reading.assertions import Concept, Kind
from service.reading.lexicon.lists import load


def implies(a: Concept, b: Concept) -> bool:
    """Does saying `a` also say `b`? True of a thing itself; of "lithium" and "mood-stabilizer"."""
    return a.key == b.key or b.key in wider(a.key)


@cache
def wider(key: str) -> frozenset[str]:
    """All keys that this one also says, near and far."""
    seen: set[str] = set()
    open_ = list(_parents().get(key, ()))
    while open_:
        parent = open_.pop()
        if parent not in seen:
            seen.add(parent)
            open_ += _parents().get(parent, ())
    return frozenset(seen)


@cache
def _parents() -> dict[str, tuple[str, ...]]:
    parents: dict[str, list[str]] = {}
    for parent, children in load("implied.toml")["implied"].items():
        for child in children.split():
            parents.setdefault(child, []).append(parent)
    return {child: tuple(each) for child, each in parents.items()}


def scale(key: str) -> str | None:
    """The first scale whose members exclude each other that this key is on."""
    return next(iter(_scales().get(key, {})), None)


def members(name: str) -> frozenset[str]:
    """The keys on a scale."""
    return frozenset(" ".join(load("scales.toml")["scales"][name]).split())


def opposite(a: Concept, b: Concept) -> bool:
    """Can the two not be said of one thing at one time?"""
    one, other = _scales().get(a.key, {}), _scales().get(b.key, {})
    return any(name in other and other[name] != step for name, step in one.items())


@cache
def _scales() -> dict[str, dict[str, int]]:
    """By key: on which scales it is, and its step on each."""
    found: dict[str, dict[str, int]] = {}
    for name, steps in load("scales.toml")["scales"].items():
        for number, keys in enumerate(steps):
            for key in keys.split():
                found.setdefault(key, {})[name] = number
    return found


_SORTED = frozenset((Kind.MEDICINE, Kind.PROBLEM, Kind.PROCEDURE, Kind.ALLERGY))


def sort_of(concept: Concept) -> str:
    """Of what sort it is: with the same words beside it another name of its sort is another
    statement. "" for words and complaints, which many words tell."""
    if sort := _sorts().get(concept.key):
        return sort
    return concept.kind.value if concept.kind in _SORTED else ""


@cache
def _sorts() -> dict[str, str]:
    sorts = load("scales.toml")["sorts"]
    return {key: name for name, keys in sorts.items() for key in keys.split()}
