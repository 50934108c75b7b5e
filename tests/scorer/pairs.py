"""Pairs to learn from: the few units nearest to a statement, the statement, the answer.

Beside the written statements each chart gives copies of its own sentences (borne), and copies and
true statements with one planted error (contradicted): what is near a copy is seldom asked in the
written ones, and always in drafts that quote.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.reading.layout import Stance
from service.reading.read import read_statement
from service.verification.bearing.asked import evidence
from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Held, Pool
from tests.benchmarks.errors import KINDS
from tests.scorer.charts import Chart
from tests.scorer.weigh import MINILM, judged

FEW = (2, 2, 3, 4)  # units beside a statement, by chance, so that their number tells nothing
COPIES, ERRORS = 0.12, 0.22  # as shares of the written statements
SHORTEST, LONGEST_COPY = 25, 220  # characters of a sentence that is copied
CERTAIN = ("drug", "dose", "number", "polarity", "subject", "laterality", "status", "frequency")


class Pair(NamedTuple):
    """`answer`: 0 borne, 1 contradicted, 2 not said."""

    evidence: str
    statement: str
    answer: int


@dataclass(frozen=True)
class Told:
    """A chart whose statements have found their nearest units."""

    pool: Pool
    date: str
    stated: tuple[tuple[str, int, tuple[Held, ...]], ...]


def told(chart: Chart) -> Told:
    pool, found = judged(chart)
    near = Closest(pool, MINILM.embed).rank(found)
    stated = (
        (said, label, tuple(units)) for (said, label), units in zip(chart.stated, near, strict=True)
    )
    return Told(pool, chart.date, tuple(stated))


def _near(statement: str, date: str, pool: Pool) -> tuple[Held, ...]:
    found = judge(read_statement(statement, on=date), pool)
    return tuple(unit for unit, _ in found.near[:4])


def plain_pairs(charts: Iterable[Told], few: int = FEW[0]) -> Iterator[Pair]:
    """As the service asks."""
    for each in charts:
        for statement, answer, near in each.stated:
            yield Pair(evidence(near[:few]), statement, answer)


def pairs(charts: Iterable[Told], rng: random.Random) -> Iterator[Pair]:
    """One round's pairs, another choice each round."""
    for each in charts:
        for statement, answer, near in each.stated:
            yield Pair(_seen(near, rng), statement, answer)
        yield from _copied(each, rng)
        yield from _planted(each, rng)


def _seen(near: Sequence[Held], rng: random.Random) -> str:
    return evidence(near[: rng.choice(FEW)])


def _copied(each: Told, rng: random.Random) -> Iterator[Pair]:
    for unit in _some(_plain_units(each), COPIES * len(each.stated), rng):
        near = [unit, *_near(unit.text, each.date, each.pool)]
        yield Pair(_seen(list(dict.fromkeys(near)), rng), unit.text.strip(), 0)


def _planted(each: Told, rng: random.Random) -> Iterator[Pair]:
    true = [(said, near) for said, label, near in each.stated if label == 0]
    copies = [(unit.text.strip(), (unit,)) for unit in _plain_units(each)]
    wanted = int(ERRORS * len(each.stated) + rng.random())
    for said, near in rng.sample(true + copies, min(wanted, len(true + copies))):
        altered = _altered(said, rng)
        if altered and altered != said:
            seen = near if len(near) > 1 else (*near, *_near(said, each.date, each.pool))
            yield Pair(_seen(list(dict.fromkeys(seen)), rng), altered, 1)


def _altered(said: str, rng: random.Random) -> str | None:
    for kind in rng.sample(CERTAIN, len(CERTAIN)):
        if altered := KINDS[kind](said, rng):
            return altered
    return None


def _plain_units(each: Told) -> list[Held]:
    units = each.pool.units
    return [u for u in units if SHORTEST <= len(u.text) <= LONGEST_COPY and _is_plain(u)]


def _is_plain(unit: Held) -> bool:
    return unit.source.reading.structure.units[unit.number].stance is Stance.PLAIN


def _some(units: list[Held], wanted: float, rng: random.Random) -> list[Held]:
    return rng.sample(units, min(int(wanted + rng.random()), len(units)))
