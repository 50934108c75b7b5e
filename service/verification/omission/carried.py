"""What a summary says, read as its sources are, and whether a thing is among it."""

import re
from collections.abc import Callable, Iterator, Sequence

from service.facts.owed import tells_owed
from service.reading.assertions import PATIENT, Act, Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.read import read_statement, read_text
from service.reading.reading import Reading
from service.reading.values import daily_total, same
from service.verification.bearing.pool import Held, Pool, Source, weight
from service.verification.bearing.pool import Said as Told
from service.verification.bearing.verbatim import plain_words
from service.verification.omission.must import ANYBODY, MustSay, Part

Read = Callable[..., Reading]  # (text, on=) as a statement is read

_MEASURED = frozenset((Kind.MEDICINE, Kind.MEASUREMENT, Kind.SCORE))
_SHARED = frozenset((Kind.LEGAL, Kind.PROCEDURE, Kind.PERSON, Kind.SETTING))  # whose is seldom said
_OVER = frozenset(
    (
        *(Act.STOPPED, Act.HELD, Act.AVOID, Act.DECLINED, Act.NOT_FILLED, Act.MISSED),
        Act.TAPER,
    )
)
FEW, OF_FEW = 3, 0.6  # things said in a sentence of which one is said everywhere, and the share
OF_OWED = 0.3  # where both tell of something owed
OF_TWO = 0.15  # more of the words must stand in two sentences than in one
_LEVEL = "-level"
ROUNDED = 0.005  # of a number
_NUMBER = re.compile(r"(?<![-\w./])\d+(?:\.\d+)?(?![-/\d])")
TELLING = 3  # digits of a number that is hardly told of two things
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")


class Summary:
    """The summary's sentences, found by what they speak of."""

    def __init__(
        self,
        text: str,
        statements: Sequence[str] = (),
        *,
        on: str = "",
        read: Read = read_statement,
    ) -> None:
        """With `statements` each is read for itself. `on` is the day by which "tomorrow" is
        meant."""
        self.text = text
        self.pool = Pool(_apart(statements, on, read) if statements else _whole(text, on))
        self._plain = f" {plain_words(text)} "
        self._number = {unit: n for n, unit in enumerate(self.pool.units)}

    def missing(self, must: MustSay) -> tuple[str, ...] | None:
        """The parts not said; () when all is; None where the thing itself is not told."""
        if must.spans and f" {plain_words(must.spans[0].quote)} " in self._plain:
            return ()
        named = [told for told in self._named(must) if self._tells(must, told.held)]
        if not named:
            tests = (self._is_retold, self._has_result, self._has_level)
            return () if any(test(must) for test in tests) else None
        has_level = self._has_level(must)
        lacking = [part for part in must.parts if not self._has(part, named)]
        return tuple(part.name for part in lacking if part.name != "value" or not has_level)

    def _tells(self, must: MustSay, unit: Held) -> bool:
        share = self._share(must, unit)
        if must.is_owed and not _is_of_owed(unit):
            return share >= OF_FEW and len(must.words) + len(must.values) > 1
        return share >= must.beside

    def _named(self, must: MustSay) -> Iterator[Told]:
        seen = set()
        for key in must.keys:
            for told in self.pool.said_of(Concept(Kind.WORD, key)):
                if id(told.assertion) not in seen and _may_tell(told.assertion, must):
                    seen.add(id(told.assertion))
                    yield told

    def _has_result(self, must: MustSay) -> bool:
        """ "Feverish at 38.1": a telling number where no other measure is named."""
        results = [v for part in must.parts if part.name == "value" for v in part.values]
        telling = [v for v in results if len(_DIGIT.findall(v.said)) >= TELLING]
        free = (u for u in self.pool.units if not any(_is_measured(a) for a in u.assertions))
        return bool(telling) and any(_has_number(v, u) for u in free for v in telling)

    def _has_level(self, must: MustSay) -> bool:
        """ "Lithium 1.1" of a lithium level."""
        results = [v for part in must.parts if part.name == "value" for v in part.values]
        names = (key.removesuffix(_LEVEL) for key in must.keys if key.endswith(_LEVEL))
        told = (t for name in names for t in self.pool.said_of(Concept(Kind.MEDICINE, name)))
        return any(_has_number(value, each.held) for each in told for value in results)

    def _is_retold(self, must: MustSay) -> bool:
        """Does a sentence, or two that follow each other, say enough of its words and values?"""
        if must.enough > 1 or not must.words:
            return False
        near = [unit for unit, _ in self.pool.nearest(must.words)]
        near += [unit for unit in self.pool.units if _values_of(unit, must)]
        is_short = len(must.words) + len(must.values) <= FEW
        enough = max(must.enough, OF_FEW) if is_short else must.enough
        if must.is_owed and any(
            _is_of_owed(unit) and self._share(must, unit) >= OF_OWED for unit in near
        ):
            return True
        return any(
            self._share(must, unit) >= enough or self._share(must, unit, 2) >= enough + OF_TWO
            for unit in near
        )

    def _share(self, must: MustSay, unit: Held, count: int = 1) -> float:
        """Of what its sentence says, in this one and the next; 0 to 1, what is rare weighs more."""
        number = self._number[unit]
        both = self.pool.units[number : number + count]
        keys = frozenset().union(*(each.keys for each in both))
        weights = {c: weight(c) * self.pool.rarity(c) for c in must.words}
        usual = sum(weights.values()) / (len(weights) or 1)
        whole = sum(weights.values()) + usual * len(must.values)
        is_named = not must.keys.isdisjoint(keys)
        own = must.keys if is_named else frozenset()
        told = sum(w for c, w in weights.items() if c.key in keys or c.key in own)
        if must.words and not told:
            return 0.0  # a day or an amount alone is told of anything
        told += usual * max(_values_of(each, must) for each in both)
        return told / whole if whole else 1.0

    def _has(self, part: Part, named: Sequence[Told]) -> bool:
        if part.polarity is not None:
            return any(told.assertion.polarity is part.polarity for told in named)
        if part.is_over and any(_is_over(told.assertion) for told in named):
            return True
        return any(_has_value(part, told) or self._has_near(part, told.held) for told in named)

    def _has_near(self, part: Part, unit: Held) -> bool:
        """In its own sentence, or in one beside it that names no other such thing."""
        number = self._number[unit]
        for each in self.pool.units[max(0, number - 1) : number + 2]:
            if not part.keys.isdisjoint(each.keys):
                return True
            if part.said and not part.said.isdisjoint(_WORD.findall(each.text.casefold())):
                return True
            is_free = each is unit or not any(a.concept.kind in _MEASURED for a in each.assertions)
            if is_free and _has_loose(part, each):
                return True
        return False


def _apart(statements: Sequence[str], on: str, read: Read) -> list[Source]:
    return [Source(f"{n}", s, read(s, on=on)) for n, s in enumerate(statements)]


def _whole(text: str, on: str) -> list[Source]:
    whole = Source("summary", text, read_text(text, on=on))
    return [whole, *_unread(whole, on)]


def _unread(whole: Source, on: str) -> Iterator[Source]:
    """Lines that a note would have as a heading or a rule: in a summary they say what they say."""
    read, at = {a.start for a in whole.reading.assertions}, 0
    for line in whole.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        if line.strip() and read.isdisjoint(range(start, at)):
            yield Source("line", line, read_statement(line, on=on))


def _is_of_owed(unit: Held) -> bool:
    is_planned = any(a.time is Time.PLANNED for a in unit.assertions)
    return is_planned or tells_owed(unit.text)


def _is_measured(said: Assertion) -> bool:
    return said.concept.kind is Kind.MEASUREMENT


def _values_of(unit: Held, must: MustSay) -> int:
    """How many of the thing's values a sentence has."""
    held = [value for a in unit.assertions for value in a.values]
    return sum(any(same(value, other) for other in held) for value in must.values)


def _has_loose(part: Part, unit: Held) -> bool:
    """A value that stands in the sentence of nothing else that is measured."""
    free = (v for a in unit.assertions if a.concept.kind not in _MEASURED for v in a.values)
    held = list(free)
    return any(same(value, other) for value in part.values for other in held)


def _may_tell(said: Assertion, must: MustSay) -> bool:
    """Told of the same person, and not only of what may come."""
    if said.time is Time.IF and said.polarity is not Polarity.NEGATED:
        return False
    if must.subject == ANYBODY:
        return True
    if must.subject == PATIENT:
        return said.subject == PATIENT or said.concept.kind in _SHARED
    return said.subject != PATIENT


def _has_value(part: Part, told: Told) -> bool:
    said = told.assertion.values
    if any(same(value, other) for value in part.values for other in said):
        return True
    if part.name in ("value", "direction") and any(
        _has_number(value, told.held) for value in part.values
    ):
        return True
    one, other = daily_total(list(part.values)), daily_total(list(said))
    return one is not None and other is not None and one.value == other.value


def _has_number(value: Value, unit: Held) -> bool:
    """Is the number in the sentence, whatever it is read as?"""
    found = _NUMBER.search(value.said)
    told = [float(each) for each in _NUMBER.findall(unit.text)]
    return found is not None and any(abs(each - float(found[0])) <= ROUNDED * each for each in told)


def _is_over(said: Assertion) -> bool:
    if said.polarity is Polarity.NEGATED or said.time is Time.PAST:
        return True
    return said.act in _OVER
