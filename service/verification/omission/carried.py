"""What a summary says, read as its sources are, and whether a thing is among it."""

from collections.abc import Iterable, Iterator, Sequence

from service.reading.assertions import PATIENT, Act, Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.lexicon.relations import wider
from service.reading.read import read_text
from service.reading.values import daily_total, same
from service.verification.bearing.apart import is_of_same
from service.verification.bearing.pool import Held, Pool, Source
from service.verification.bearing.pool import Said as Told
from service.verification.omission.must import MustSay, Part

_MEASURED = frozenset((Kind.MEDICINE, Kind.MEASUREMENT, Kind.SCORE))
_OVER = frozenset((Act.STOPPED, Act.HELD, Act.AVOID, Act.DECLINED, Act.NOT_FILLED, Act.MISSED))
_AMOUNTS = frozenset(("dose", "strength", "quantity", "level", "score", "count", "number"))


class Summary:
    """The summary's sentences, found by what they speak of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pool = Pool([Source("summary", text, read_text(text))])
        self._next = {id(unit): n for n, unit in enumerate(self.pool.units)}

    def missing(self, must: MustSay) -> tuple[str, ...] | None:
        """The parts not said; () when all is; None where the thing itself is not told."""
        named = list(self._named(must))
        if not named:
            return () if self._is_retold(must) else None
        lost = tuple(part.name for part in must.parts if not self._has(part, named))
        return () if lost and self._is_retold(must) else lost

    def _named(self, must: MustSay) -> Iterator[Told]:
        seen = set()
        for key in must.keys:
            for told in self.pool.said_of(Concept(Kind.WORD, key)):
                if id(told.assertion) not in seen and _may_tell(told.assertion, must):
                    seen.add(id(told.assertion))
                    yield told

    def _is_retold(self, must: MustSay) -> bool:
        """Does a sentence, or two that follow each other, say most of its words?"""
        if must.enough > 1 or not must.words:
            return False
        near = self.pool.nearest(must.words)
        if near and near[0][1] >= must.enough:
            return True
        return any(self._share_of_two(unit, must.words) >= must.enough for unit, _ in near[:3])

    def _share_of_two(self, unit: Held, words: Sequence[Concept]) -> float:
        number = self._next[id(unit)]
        both = frozenset().union(*(u.keys for u in self.pool.units[number : number + 2]))
        weights = {c: (0.6 if c.kind is Kind.WORD else 1.0) * self.pool.rarity(c) for c in words}
        return sum(w for c, w in weights.items() if c.key in both) / (sum(weights.values()) or 1)

    def _has(self, part: Part, named: Sequence[Told]) -> bool:
        if part.polarity is not None:
            return any(told.assertion.polarity is part.polarity for told in named)
        if part.is_over:
            return any(_is_over(told.assertion) for told in named)
        return any(_has_value(part, told) for told in named) or any(
            self._has_near(part, told.held) for told in named
        )

    def _has_near(self, part: Part, unit: Held) -> bool:
        """In its own sentence, or in the one before or behind it that names no other such thing."""
        number = self._next[id(unit)]
        beside = [
            unit,
            *self.pool.units[max(0, number - 1) : number],
            *self.pool.units[number + 1 : number + 2],
        ]
        for each in beside:
            if part.keys and not part.keys.isdisjoint(each.keys):
                return True
            is_free = each is unit or not any(a.concept.kind in _MEASURED for a in each.assertions)
            if is_free and any(
                same(value, other) and (a.concept.kind not in _MEASURED or each is not unit)
                for a in each.assertions
                for other in a.values
                for value in part.values
            ):
                return True
        return False


def _may_tell(said: Assertion, must: MustSay) -> bool:
    """Told of the same person, and not only of what may come."""
    if said.time is Time.IF and said.polarity is not Polarity.NEGATED:
        return False
    if must.subject == PATIENT:
        return said.subject == PATIENT or said.concept.kind in (Kind.LEGAL, Kind.PROCEDURE)
    return said.subject != PATIENT


def _has_value(part: Part, told: Told) -> bool:
    said = told.assertion.values
    if any(same(value, other) for value in part.values for other in said):
        return True
    if not part.values or part.name != "dose":
        return False
    one, other = daily_total(list(part.values)), daily_total(list(said))
    return one is not None and other is not None and one.value == other.value


def _is_over(said: Assertion) -> bool:
    if said.polarity is Polarity.NEGATED or said.time is Time.PAST:
        return True
    return said.act in _OVER
