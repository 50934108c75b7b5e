"""Measurements and scores as series: each point with its day, flag and status; the direction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.facts.fact import Change, Fact, FactKind, FactSource, Standing, newest_first
from service.facts.problems import USUAL
from service.facts.said import LOOKED_FOR, Chart, Said, by_key, name_of
from service.reading.assertions import Kind, Time, Value

_KINDS = {Kind.MEASUREMENT: FactKind.MEASUREMENT, Kind.SCORE: FactKind.SCORE}
RESULTS = ("level", "score", "quantity")
_BESIDE = ("flag", "status", "range", "method", "site", "item", "change")
_PRELIMINARY = ("preliminary", "registered", "partial")
_SAME = 0.02  # of the value: less is no rise


class Point(NamedTuple):
    """One result. `values[0]` is the result itself."""

    day: str
    values: tuple[Value, ...]
    sources: tuple[FactSource, ...]

    @property
    def result(self) -> Value:
        return self.values[0]

    @property
    def is_preliminary(self) -> bool:
        return any(v.what == "status" and v.value in _PRELIMINARY for v in self.values)


def measurement_facts(chart: Chart) -> Iterator[Fact]:
    for kind, shown in _KINDS.items():
        for key, said in by_key(_measured(chart, kind)).items():
            if points := list(_points(said)):
                yield _series(shown, key, points)


def _measured(chart: Chart, kind: Kind) -> Iterator[Said]:
    """With the medicines that a screen looked for."""
    yield from chart.of[kind]
    if kind is Kind.MEASUREMENT:
        yield from (each for each in chart.of[Kind.MEDICINE] if each.record.type in LOOKED_FOR)


def _points(said: Iterable[Said]) -> Iterator[Point]:
    """Each result once, however many records tell it; a final one in the place of its
    preliminary one."""
    found: dict[tuple[str, object], Point] = {}
    for each in said:
        result = _result(each)
        if result is None or each.a.time in (Time.IF, Time.PLANNED):
            continue
        values = (result, *(v for v in each.a.values if v is not result and _is_beside(v)))
        point = Point(each.day, values, (each.source,))
        same = (each.day, _plain(result))
        found[same] = _merged(found[same], point) if same in found else point
    whole = {p.day for p in found.values() if _is_pressure(p.result, 3)}
    points = [p for p in found.values() if not (p.day in whole and _is_pressure(p.result, 2))]
    final = {p.day for p in points if not p.is_preliminary}
    yield from (p for p in points if not (p.is_preliminary and p.day in final))


def _is_beside(value: Value) -> bool:
    return value.what in _BESIDE and not (value.what == "status" and value.value in USUAL)


def _is_pressure(value: Value, parts: int) -> bool:
    """Of three parts both pressures, of two one of them, which says nothing beside both."""
    given = value.value
    return isinstance(given, tuple) and given[0] == "pressure" and len(given) == parts


def _result(said: Said) -> Value | None:
    """What came out: a number with its unit, a score, or a word ("positive")."""
    for value in said.a.values:
        if value.what in RESULTS and not value.comparator.startswith("ref"):
            return value
    if said.is_unknown or not said.is_sure:
        return None
    item = (
        said.value("item") if said.record.type in (*LOOKED_FOR, "QuestionnaireResponse") else None
    )
    if item is not None or not said.is_negated:
        return item
    return Value("level", "negative", "negative", start=said.a.start, end=said.a.end)


def _plain(value: Value) -> object:
    return value.value[1:] if isinstance(value.value, tuple) else value.value


def _merged(one: Point, other: Point) -> Point:
    """What each tells beside the result; a status is that of the later."""
    more = {v.what: v for v in (*one.values[1:], *other.values[1:])}
    if not other.is_preliminary and one.is_preliminary:
        more.pop("status", None)
    return Point(one.day, (one.result, *more.values()), (*one.sources, *other.sources))


def _series(kind: FactKind, key: str, points: Sequence[Point]) -> Fact:
    last = points[-1]
    flag = next((v.said for v in last.values if v.what == "flag"), "")
    parts = (flag, "preliminary" if last.is_preliminary else "", _direction(points))
    status = ", ".join(part for part in parts if part)
    why = f"{last.result.said}{f' on {last.day}' if last.day else ''}"
    return Fact(
        kind,
        key,
        name_of(key),
        Standing.CURRENT,
        f"{why} ({status})" if status else why,
        status,
        since=points[0].day,
        on=last.day,
        values=last.values,
        history=tuple(Change(p.day, p.result.said, p.values, p.sources[0]) for p in points),
        sources=newest_first(source for point in points for source in point.sources),
    )


def _direction(points: Sequence[Point]) -> str:
    """Of the last result against the one of an earlier day in the same unit."""
    last = points[-1]
    earlier = [p for p in points if p.day < last.day and _unit(p.result) == _unit(last.result)]
    if not earlier:
        return ""
    before, now = _number(earlier[-1].result), _number(last.result)
    if before is None or now is None:
        return ""
    if abs(now - before) <= _SAME * max(abs(now), abs(before)):
        return "steady"
    return "rising" if now > before else "falling"


def _unit(value: Value) -> tuple[object, str]:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return (kind if isinstance(kind, str) else ""), value.per


def _number(value: Value) -> float | None:
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    return next((float(part) for part in parts if isinstance(part, int | float)), None)
