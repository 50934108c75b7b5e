"""A series of results as a small picture: where each point stands. Pure; the page draws it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from service.facts.fact import Change
from service.reading.assertions import Value

WIDTH, HEIGHT = 320, 72
EDGE = 8  # round the points, so that none is cut off
RESULTS = ("level", "score", "quantity")


@dataclass(frozen=True)
class PlotPoint:
    """One result, at pixels from the upper left; it leads to its record."""

    x: float
    y: float
    day: str
    said: str
    record_id: str


@dataclass(frozen=True)
class Plot:
    """Results of one unit in their order; `low` and `high` in the words of the chart."""

    points: tuple[PlotPoint, ...]
    low: str
    high: str

    @property
    def line(self) -> str:
        return " ".join(f"{p.x:g},{p.y:g}" for p in self.points)


def plot(history: Iterable[Change]) -> Plot | None:
    """None where there are not two results on different days, or they are not of one unit: a line
    between what cannot be compared would show a change that is none."""
    known = [point for change in history if (point := _point(change))]
    days = [day for day, *_ in known]
    if len(set(days)) < 2 or len({unit for _, _, unit, _, _ in known}) > 1:
        return None
    numbers = [number for _, number, *_ in known]
    points = tuple(
        PlotPoint(
            _scaled(day.toordinal(), [d.toordinal() for d in days], WIDTH),
            HEIGHT - _scaled(number, numbers, HEIGHT),
            day.isoformat(),
            said,
            record_id,
        )
        for day, number, _, said, record_id in known
    )
    by_number = sorted(zip(numbers, points, strict=True), key=lambda pair: pair[0])
    return Plot(points, by_number[0][1].said, by_number[-1][1].said)


def _point(change: Change) -> tuple[date, float, tuple[object, ...], str, str] | None:
    """Day, number, unit, words and record of one result; None for a word, a bound or a year."""
    value = next((v for v in change.values if v.what in RESULTS), None)
    if value is None or value.comparator or change.source is None:
        return None
    number = _number(value)
    try:
        day = date.fromisoformat(change.on[:10])
    except ValueError:
        return None
    if number is None:
        return None
    return day, number, _unit(value), value.said, change.source.record_id


def _number(value: Value) -> float | None:
    """Of one number alone: a pair (a blood pressure, a range) is no point."""
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    numbers = [p for p in parts if isinstance(p, int | float) and not isinstance(p, bool)]
    return float(numbers[0]) if len(numbers) == 1 else None


def _unit(value: Value) -> tuple[object, ...]:
    parts = value.value if isinstance(value.value, tuple) else ()
    return (*(p for p in parts if isinstance(p, str)), value.per)


def _scaled(value: float, among: Iterable[float], size: int) -> float:
    """From EDGE to `size` less EDGE; in the middle where all are the same."""
    low, high = min(among := list(among)), max(among)
    share = 0.5 if high == low else (value - low) / (high - low)
    return round(EDGE + share * (size - 2 * EDGE), 1)
