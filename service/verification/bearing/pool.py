"""What may bear a statement: the units of every source, with what each of them asserts."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from service.reading.assertions import Assertion, Concept, Kind, Polarity
from service.reading.layout import State
from service.reading.lexicon import kind_of
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.reading.reading import Reading

WEIGHTS = {Kind.WORD: 0.6, Kind.PERSON: 0.4}  # of a word in a statement; what is known weighs 1
# Values that are things themselves.
SPOKEN_OF = ("reaction", "reason", "flag", "standing", "status")
ANY, DRUG = "any", "drug"  # allergies
BEST = 8  # units looked at for one statement
READ = (State.STANDS, State.PASTED)
TAKEN_BACK = (State.STRUCK, State.CORRECTED)
_NUMBER = re.compile(r"\d+(?:[-.:/]\d+)*")


@dataclass(frozen=True)
class Source:
    """A text to check against, read: a note, a rendered record, a transcript."""

    id: str
    text: str
    reading: Reading
    date: str = ""
    record_id: str = ""


@dataclass(frozen=True, eq=False)
class Held:
    """A unit of a source that counts: its words, what it asserts, the section it stands in. Of what
    is `cited` its words count beside what it asserts: those of our rendering of a record."""

    source: Source
    number: int
    assertions: tuple[Assertion, ...]
    cited: bool = False

    @property
    def start(self) -> int:
        return self.source.reading.structure.units[self.number].place.start

    @property
    def end(self) -> int:
        return self.source.reading.structure.units[self.number].place.end

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The key of everything that it speaks of, and of what that implies."""
        named = {a.concept.key for a in self.assertions}
        values = (v for a in self.assertions for v in a.values if v.what in SPOKEN_OF)
        named |= {str(value.value) for value in values}
        if self.cited and self.source.record_id:
            named |= {a.concept.key for a in read_statement(self.text).assertions}
        return frozenset(named).union(*map(wider, named))


@dataclass(frozen=True)
class Said:
    """An assertion of a source, in its unit."""

    assertion: Assertion
    held: Held


@dataclass
class Pool:
    """Every unit of the sources, found by what it speaks of. Units are in order of the sources.

    `taken_back` are those that a source itself struck or corrected.
    With `places` ((source id, start, end)) those units alone that one of them touches, and all of
    the sources that are `whole`.
    """

    sources: Sequence[Source]
    places: Sequence[tuple[str, int, int]] | None = None
    whole: Sequence[Source] = ()
    units: list[Held] = field(init=False, default_factory=list)
    taken_back: list[Held] = field(init=False, default_factory=list)
    _said: dict[str, list[Said]] = field(init=False, default_factory=lambda: defaultdict(list))
    _units_with: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _units_of_number: dict[str, list[int]] = field(
        init=False, default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        for source in self.sources:
            self.taken_back += _units(source, TAKEN_BACK, cited=False)
            for held in _units(source, READ, cited=self.places is not None):
                if self.places is None or any(_touches(held, *each) for each in self.places):
                    self._add(held)
        for source in self.whole:
            for held in _units(source, READ, cited=True):
                self._add(held)

    def _add(self, held: Held) -> None:
        for key in held.keys:
            self._units_with[key].append(len(self.units))
        for number in {*_numbers(held.text), *_numbers(held.source.date)}:
            self._units_of_number[number].append(len(self.units))
        for assertion in held.assertions:
            said = Said(assertion, held)
            for key in _keys_of(assertion):
                self._said[key].append(said)
        self.units.append(held)

    def said_of(self, concept: Concept) -> Sequence[Said]:
        """What is asserted of it, or of something that implies it."""
        return self._said.get(concept.key, ())

    def nearest(
        self, wanted: Iterable[Concept], best: int = BEST, *, text: str = ""
    ) -> list[tuple[Held, float]]:
        """The units that speak of most of it, with the share (0 to 1); what is rare weighs more.
        Of those that speak of as much, first those with the numbers and days of `text`: a long
        chart has the same line a hundred times."""
        weights = {concept: weight(concept) * self.rarity(concept) for concept in wanted}
        total = sum(weights.values())
        if not total or not self.units:
            return []
        scores = np.zeros(len(self.units))
        for concept, worth in weights.items():
            if at := self._units_with.get(concept.key):
                scores[at] += worth
        alike = np.zeros(len(self.units))
        for number in _numbers(text):
            alike[self._units_of_number.get(number, [])] += 1
        top = np.lexsort((-alike, -scores.round(9)))[:best]
        return [(self.units[n], float(scores[n]) / total) for n in top if scores[n] > 0]

    def rarity(self, concept: Concept) -> float:
        found = len(self._units_with.get(concept.key, ()))
        return math.log(1 + (1 + len(self.units)) / (1 + found))


def _keys_of(assertion: Assertion) -> set[str]:
    """Its own and those that it implies; who is allergic to one thing has an allergy."""
    concept = assertion.concept
    keys = {concept.key, *wider(concept.key)}
    if concept.kind is Kind.ALLERGY and assertion.polarity is Polarity.AFFIRMED:
        keys |= {ANY, DRUG} if kind_of(concept.key) is Kind.MEDICINE else {ANY}
    return keys


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _touches(held: Held, source_id: str, start: int, end: int) -> bool:
    return held.source.id == source_id and held.start < end and start < held.end


def stands_in(said: str, unit: Held) -> bool:
    """Is it there in the same words, whatever they were read as?"""
    words = re.escape(said.strip().casefold())
    return re.search(rf"(?<![^\W_]){words}(?![^\W_])", unit.text.casefold()) is not None


def weight(concept: Concept) -> float:
    return WEIGHTS.get(concept.kind, 1.0)


def _units(source: Source, states: Sequence[State], *, cited: bool) -> Iterator[Held]:
    """The units of these states: struck and corrected text bears nothing."""
    asserted: dict[int, list[Assertion]] = defaultdict(list)
    for assertion in source.reading.assertions:
        asserted[assertion.unit].append(assertion)
    for number, unit in enumerate(source.reading.structure.units):
        if unit.state in states and number in asserted:
            yield Held(source, number, tuple(asserted[number]), cited)
