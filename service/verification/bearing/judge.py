"""A statement beside the units that may bear it: what of it is borne, and what is said against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.reading import Reading
from service.reading.values import same, says_number
from service.verification.bearing.apart import is_apart
from service.verification.bearing.instead import instead, is_in_frame, is_written
from service.verification.bearing.match import differences
from service.verification.bearing.pool import Held, Pool, Said, stands_in, weight
from service.verification.bearing.trend import trend
from service.verification.bearing.valued import EXACT

LOOKED_AT = 24  # units in which the assertions of one statement are looked for
MOST = 60  # assertions of one concept compared; a long chart has thousands of "pain"
_BOUNDS = ("date", "time", "duration")
_PLAIN = (Kind.WORD, Kind.PERSON)
_RETOLD = frozenset(("sequence", "standing"))  # said in many ways: refutes, is never missed
MOST_FRAMES = 400  # units looked through for a sentence like it; a long chart has no such sentence
CLEARLY = 0.12  # by how much more of the statement's words a denial must share than a bearing


@dataclass(frozen=True)
class Compared:
    """An assertion of a statement: who bears it, and who says otherwise in what (`checks`).

    `near` (0 to 1) is how much of the rest of the statement stands in the unit that says it.
    """

    said: Assertion
    borne_by: Said | None = None
    near: float = 0.0
    against: Said | None = None
    checks: tuple[str, ...] = ()
    near_against: float = 0.0

    @property
    def is_borne(self) -> bool:
        return self.borne_by is not None and not self.is_refuted

    @property
    def is_refuted(self) -> bool:
        if self.against is None:
            return False
        if self.borne_by is None:
            return True
        if EXACT.issuperset(self.checks):
            if self._has_its_values:
                return False
        elif self._is_never_so or self._is_of_its_day:
            return True
        if self.near_against > self.near + CLEARLY:
            return True  # what is only pasted gives way to what the note itself says
        return not self.borne_by.assertion.is_current

    @property
    def _is_never_so(self) -> bool:
        """What was never so is refuted by once, that there is no allergy by any."""
        assert self.against is not None
        said, held = self.said, self.against.assertion
        is_denied = said.polarity is Polarity.NEGATED and "polarity" in self.checks
        if not is_denied or said.negated_part or self._is_answered_never:
            return False
        return said.time is Time.EVER or (
            Kind.ALLERGY is said.concept.kind and (said.concept.key != held.concept.key)
        )

    @property
    def _is_answered_never(self) -> bool:
        """ "Smoking status: never" names what it denies."""
        assert self.against is not None
        mine = (a for a in self.against.held.assertions if a.concept == self.said.concept)
        return any(a.polarity is Polarity.NEGATED and a.time is Time.EVER for a in mine)

    @property
    def _is_of_its_day(self) -> bool:
        """Does only the denial tell of the time that the statement names?"""
        assert self.borne_by is not None and self.against is not None
        bounds = [v for v in self.said.values if v.what in _BOUNDS]
        those, these = self.against.assertion.values, self.borne_by.assertion.values
        return any(_has(v, those) and not _has(v, these) for v in bounds)

    @property
    def _has_its_values(self) -> bool:
        """Of a series each value is borne where it was measured, whatever the others were."""
        assert self.borne_by is not None and self.against is not None
        if self.said.concept.kind not in (Kind.MEASUREMENT, Kind.SCORE):
            return False
        if self.against.assertion.is_current and not self.borne_by.assertion.is_current:
            return False
        held = self.borne_by.assertion.values
        told = (v for v in self.said.values if v.what in self.checks)
        return any(says_number(v, each) for v in told for each in held)


def _has(value: Value, among: Sequence[Value]) -> bool:
    return any(same(value, each) for each in among)


@dataclass(frozen=True)
class Judged:
    """`compared`, one for each known thing said; `near` the best units with the share of the
    statement's words; `covered` share of its words that the best one, two and all of them have;
    `values`: those said that a unit has near its things, in any of the units, and nowhere."""

    reading: Reading
    compared: tuple[Compared, ...]
    near: tuple[tuple[Held, float], ...]
    covered: tuple[float, float, float] = (0.0, 0.0, 0.0)
    values: tuple[int, int, int] = (0, 0, 0)
    lost: tuple[str, ...] = field(default=())  # the values found nowhere, in their words
    taken_back: tuple[Held, ...] = ()  # struck or corrected in the sources


def judge(statement: Reading, pool: Pool) -> Judged:
    """The statement's known things beside whoever speaks of them, near or far."""
    wanted = list(dict.fromkeys(a.concept for a in statement.assertions))
    near = tuple(pool.nearest(wanted, LOOKED_AT, text=statement.text))
    units = [unit for unit, _ in near]
    compared = tuple(
        _compared(each, statement, units, pool)
        for each in statement.assertions
        if each.concept.kind not in _PLAIN
    )
    compared += tuple(_words_in_place(statement, units, pool, alone=not compared))
    placed, somewhere, lost = _values(statement, units)
    return Judged(
        statement,
        compared,
        near,
        _coverage(wanted, units, pool),
        (placed, somewhere, len(lost)),
        tuple(value.said for value in lost),
        tuple(pool.taken_back),
    )


def _compared(said: Assertion, statement: Reading, units: Sequence[Held], pool: Pool) -> Compared:
    """The source that bears it with most of the rest beside it, and the one that denies it so."""
    rest = _rest(said, statement)
    best, against = Compared(said), None
    for held in _candidates(said, units, pool):
        if is_apart(said, held.assertion):
            continue
        share = _share(rest, held.held, pool)
        checks = tuple(differences(said, held.assertion, held.held.assertions))
        if not checks and share >= best.near:
            best = Compared(said, held, share)
        elif checks and held.assertion.is_current and (against is None or share > against[2]):
            against = (held, checks, share)
    if turned := trend(said, _candidates(said, units, pool)):
        against = (turned, ("trend",), 1.0)
        best = Compared(said)
    if against is None:
        return best if best.borne_by else _in_its_place(said, statement, units, pool)
    return Compared(said, best.borne_by, best.near, *against)


def _rest(said: Assertion, statement: Reading) -> list[Concept]:
    """All else that the statement speaks of."""
    told = dict.fromkeys(each.concept for each in statement.assertions)
    return [concept for concept in told if concept != said.concept]


def _words_in_place(
    statement: Reading, units: Sequence[Held], pool: Pool, *, alone: bool
) -> Iterator[Compared]:
    """Of plain words only those that no unit has and that one excludes: "worse" for "better"; and
    those with a name, or of a statement of words `alone` with a value, that are told otherwise."""
    for each in statement.assertions:
        if each.concept.kind not in _PLAIN:
            continue
        is_doer = each.concept.kind is Kind.PERSON and bool(each.role)
        if is_doer or any(alone or value.what == "name" for value in each.values):
            found = _compared(each, statement, units, pool)
        elif each.concept.kind is Kind.WORD and not pool.said_of(each.concept):
            found = _in_its_place(each, statement, units, pool)
        else:
            continue
        if found.is_refuted:
            yield found


def _candidates(said: Assertion, units: Sequence[Held], pool: Pool) -> list[Said]:
    everywhere = pool.said_of(said.concept)
    if len(everywhere) <= MOST:
        return list(everywhere)
    near = set(map(id, units))
    return [each for each in everywhere if id(each.held) in near][:MOST]


def _in_its_place(
    said: Assertion, statement: Reading, units: Sequence[Held], pool: Pool
) -> Compared:
    """What a source says in its place: "guarded" where the statement has "open", another medicine
    where all the rest is the same. Of a statement that names nothing else any unit may be meant."""
    best, rest = Compared(said), _rest(said, statement)
    for unit in units or pool.units[:MOST_FRAMES]:
        if is_written(said, statement.text, unit.text):
            continue
        share = _share(rest, unit, pool)
        in_frame = is_in_frame(said, statement.text, unit.text)
        for held in unit.assertions:
            check = instead(said, held, rest, share, in_frame=in_frame)
            if check and (best.against is None or share > best.near_against):
                best = Compared(said, None, 0.0, Said(held, unit), (check,), share)
    return best


def _share(wanted: Sequence[Concept], unit: Held, pool: Pool) -> float:
    """How much of what is wanted a unit speaks of, 0 to 1; rare things weigh more."""
    total = sum(weight(c) * pool.rarity(c) for c in wanted)
    if not total:
        return 0.0
    return sum(weight(c) * pool.rarity(c) for c in wanted if c.key in unit.keys) / total


def _coverage(
    wanted: Sequence[Concept], units: Sequence[Held], pool: Pool
) -> tuple[float, float, float]:
    """By the best unit, by the best two, by all."""
    weights = {c: weight(c) * pool.rarity(c) for c in wanted}
    total = sum(weights.values()) or 1.0
    covered = [sum(w for c, w in weights.items() if c.key in unit.keys) for unit in units]
    if not covered:
        return 0.0, 0.0, 0.0
    best = max(range(len(units)), key=lambda n: covered[n])
    two = max(
        sum(w for c, w in weights.items() if c.key in units[best].keys or c.key in unit.keys)
        for unit in units
    )
    everything = sum(w for c, w in weights.items() if any(c.key in unit.keys for unit in units))
    return covered[best] / total, two / total, everything / total


def _values(statement: Reading, units: Sequence[Held]) -> tuple[int, int, list[Value]]:
    """How many of the values said stand with the same thing, how many elsewhere near, and those
    that stand nowhere."""
    placed, somewhere, lost = 0, 0, []
    held = [(a.concept, value) for unit in units for a in unit.assertions for value in a.values]
    held += [(a.concept, _day(a, unit)) for unit in units for a in unit.assertions]
    for concept, value in _said_values(statement):
        alike = [c for c, other in held if says_number(value, other)]
        if concept in alike:
            placed += 1
        elif alike or _is_written(value, units):
            somewhere += 1
        else:
            lost.append(value)
    return placed, somewhere, lost


def _is_written(value: Value, units: Sequence[Held]) -> bool:
    """In the same words, whatever they were read as; "below 60" is not written where 60 is."""
    return not value.comparator and any(stands_in(value.said, unit) for unit in units)


def _day(assertion: Assertion, unit: Held) -> Value:
    """The day of which something is told, whether or not it is told beside it."""
    day = assertion.on or unit.source.date
    return Value("date", day, day)


def _said_values(statement: Reading) -> Iterator[tuple[Concept, Value]]:
    """Each value once, with the thing that it is said of."""
    seen = set()
    for assertion in statement.assertions:
        for value in assertion.values:
            if value.what in EXACT - _RETOLD and (value.start, value.end) not in seen:
                seen.add((value.start, value.end))
                yield assertion.concept, value
