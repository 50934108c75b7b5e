"""What belongs to a fact: the dose of a medicine, the reaction to an allergen, a score's value."""

import re
from collections.abc import Callable, Iterable, Iterator

from service.drafting.template import MustCarry, PartName
from service.facts import Fact
from service.reading.assertions import Polarity, Value
from service.reading.lexicon.relations import wider
from service.verification.omission.must import Part
from service.verification.omission.sources import Saying

SHORT = 4  # letters of a word that tells no reason by itself
_RESULTS = ("level", "score", "quantity")
_GRADED = ("low", "moderate", "medium", "high", "elevated", "imminent", "minimal", "raised")
_WHY = frozenset(("because", "due", "after", "since", "following", "for", "caused", "owing"))
_STOPPED = frozenset(
    (
        *("stopped", "discontinued", "ceased", "ended", "withdrawn", "held", "off", "last"),
        *("then", "replaced", "switched", "changed"),
    )
)
_ROSE = frozenset(
    ("rose", "rising", "up", "higher", "increased", "increase", "worse", "worsened", "climbed")
)
_FELL = frozenset(
    ("fell", "falling", "down", "lower", "decreased", "dropped", "improved", "better", "reduced")
)
_UNTAKEN = ("not taken", "refused", "missed", "not filled", "stopped")
_MANNERS = {
    "overdose": "means",
    "hanging-method": "means",
    "jumping-method": "means",
    "passive-death-wish": "qualifier",
}


def parts(rule: MustCarry, fact: Fact, said: Saying) -> tuple[Part, ...]:
    """Those that the rule names, as far as the sources tell them, and by which means."""
    own = tuple(part for name in rule.parts for part in _MAKERS[name](fact, said))
    return own + manner(said.a.concept.key)


def manner(key: str) -> tuple[Part, ...]:
    """What the wider name leaves out: by which means, and that a wish was a passive one."""
    name = _MANNERS.get(key)
    return (Part(name, keys=frozenset((key,))),) if name else ()


def _polarity(fact: Fact, said: Saying) -> Iterator[Part]:
    del fact
    is_denied = said.a.polarity is Polarity.NEGATED
    yield Part("denial" if is_denied else "affirmation", polarity=said.a.polarity)


def _dose(fact: Fact, said: Saying) -> Iterator[Part]:
    """Where the saying that decides, or an order, has one; none of what is not taken."""
    if fact.status in _UNTAKEN:
        return
    is_told = not said.record.is_note or said.value("dose")
    if is_told and (doses := _values(fact, "dose")):
        yield Part("dose", doses)


def _stop(fact: Fact, said: Saying) -> Iterator[Part]:
    del fact, said
    yield Part("stop", is_over=True, said=_STOPPED)


def _reason(fact: Fact, said: Saying) -> Iterator[Part]:
    """The same reason, or that one is told: whether it is the right one is a statement's."""
    del said
    if reasons := _values(fact, "reason"):
        keys = frozenset(str(v.value) for v in reasons)
        yield Part("reason", reasons, keys, said=_telling(reasons) | _WHY)


def _reaction(fact: Fact, said: Saying) -> Iterator[Part]:
    del said
    if shown := _values(fact, "reaction"):
        keys = frozenset(str(v.value) for v in shown)
        yield Part("reaction", shown, keys.union(*map(wider, keys)) - {"pain"})


def _value(fact: Fact, said: Saying) -> Iterator[Part]:
    del said
    if results := _values(fact, *_RESULTS)[:1]:
        yield Part("value", results)


def _level(fact: Fact, said: Saying) -> Iterator[Part]:
    levels = _values(fact, "level", "severity")[:1]
    graded = frozenset(w for w in _GRADED if any(w.startswith(s) for s in said.a.words))
    if levels or graded:
        yield Part("grade", levels, said=graded)


def _direction(fact: Fact, said: Saying) -> Iterator[Part]:
    """That it rose or fell, told by a word for it or by the value before."""
    del said
    before = _before(fact)
    old, new = (_number(before), _number(fact.values[0])) if before else (None, None)
    if before and old is not None and new is not None and old != new:
        yield Part("direction", (before,), said=_ROSE if new > old else _FELL)


def _before(fact: Fact) -> Value | None:
    """What it rose or fell from: told with it ("from 21 to 9"), else the result before."""
    older = [change.values[0] for change in fact.history[:-1] if change.values]
    return next(iter((*_values(fact, "change"), *older[-1:])), None)


def _none(fact: Fact, said: Saying) -> Iterator[Part]:
    """The day belongs to each time that it happened (choose.py)."""
    del fact, said
    yield from ()


_MAKERS: dict[PartName, Callable[[Fact, Saying], Iterator[Part]]] = {
    "polarity": _polarity,
    "dose": _dose,
    "stop": _stop,
    "reason": _reason,
    "reaction": _reaction,
    "value": _value,
    "level": _level,
    "direction": _direction,
    "date": _none,
}


def _values(fact: Fact, *names: str) -> tuple[Value, ...]:
    return tuple(v for v in fact.values if v.what in names)


def _telling(values: Iterable[Value]) -> frozenset[str]:
    """The longer words of values."""
    words = re.findall(r"[^\W\d_]+", " ".join(v.said for v in values).casefold())
    return frozenset(word for word in words if len(word) > SHORT)


def _number(value: Value) -> float | None:
    found = re.search(r"\d+(?:\.\d+)?", value.said)
    return float(found[0]) if found else None
