"""Measurements and scores as series: each point with its day, flag and status; the direction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.facts.fact import Change, Fact, FactKind, FactSource, Standing, newest_first
from service.facts.problems import USUAL
from service.facts.said import LOOKED_FOR, Chart, Said, by_key, days_between, name_of
from service.reading.assertions import Kind, Time, Value

_KINDS = {Kind.MEASUREMENT: FactKind.MEASUREMENT, Kind.SCORE: FactKind.SCORE}
RESULTS = ("level", "score", "quantity")
_BESIDE = ("flag", "status", "range", "method", "site", "item", "change")
_PRELIMINARY = ("preliminary", "registered", "partial")
MOST_AGAIN = 5
_YEAR = 366  # days
_WEIGHT, _MUCH = "weight", 0.05  # of a weight: so much in a year is told
_SAME = 0.02  # of the value: less is no rise
_WORD = 60  # characters behind a measure's name in which its result in words stands
# "Not drawn" is no result; these are.
_NEGATIVE = re.compile(
    r"negativ|undetect|not detected|non-?reactive|normal|none seen", re.IGNORECASE
)
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")


class Point(NamedTuple):
    """One result. `values[0]` is the result itself."""

    day: str
    values: tuple[Value, ...]
    sources: tuple[FactSource, ...]
    is_note: bool = False  # told by notes alone

    @property
    def result(self) -> Value:
        return self.values[0]

    @property
    def is_preliminary(self) -> bool:
        return any(v.what == "status" and v.value in _PRELIMINARY for v in self.values)


def measurement_facts(chart: Chart) -> Iterator[Fact]:
    for kind, shown in _KINDS.items():
        for key, said in by_key(_measured(chart, kind)).items():
            points = list(_points(said))
            points = list(_of_records(points)) if kind is Kind.SCORE else points
            if points:
                yield _series(shown, key, points)


def _measured(chart: Chart, kind: Kind) -> Iterator[Said]:
    """With the medicines that a screen looked for."""
    yield from chart.of[kind]
    if kind is Kind.MEASUREMENT:
        yield from (each for each in chart.of[Kind.MEDICINE] if each.record.type in LOOKED_FOR)


def _of_records(points: Sequence[Point]) -> Iterator[Point]:
    """Without what a note has beside the record's own score of that day: "10, was 14 on 3/5"."""
    own = {point.day for point in points if not point.is_note}
    yield from (p for p in points if not (p.is_note and p.day in own))


def _points(said: Iterable[Said]) -> Iterator[Point]:
    """Each result once, however many records tell it; a final one in the place of its
    preliminary one."""
    found: dict[tuple[str, object], Point] = {}
    for each in said:
        result = _result(each)
        if result is None or each.a.time in (Time.IF, Time.PLANNED):
            continue
        values = (result, *(v for v in each.a.values if v is not result and _is_beside(v)))
        point = Point(each.day, values, (each.source,), each.record.is_note)
        same = (each.day, _plain(result))
        found[same] = _merged(found[same], point) if same in found else point
    whole = {p.day for p in found.values() if _is_pressure(p.result, 3)}
    points = [p for p in found.values() if not (p.day in whole and _is_pressure(p.result, 2))]
    final = {p.day for p in points if not p.is_preliminary}
    yield from _told_once([p for p in points if not (p.is_preliminary and p.day in final)])


def _told_once(points: Sequence[Point]) -> Iterator[Point]:
    """A note's bare number ("K 2.7") is the record's own result of that day, which has its flag."""
    bare = [p for p in points if p.is_note and _is_bare(p.result)]
    told = {id(p): [b for b in bare if not p.is_note and _is_again(b, p)] for p in points}
    again = {id(b) for found in told.values() for b in found}
    for point in points:
        if id(point) not in again:
            sources = (s for b in told[id(point)] for s in b.sources)
            yield point._replace(sources=(*point.sources, *sources))


def _is_again(bare: Point, point: Point) -> bool:
    number = _AMOUNT.match(point.result.said)
    is_same = number is not None and float(number[0]) == float(bare.result.said)
    return is_same and bare.day == point.day


def _is_beside(value: Value) -> bool:
    return value.what in _BESIDE and not (value.what == "status" and value.value in USUAL)


def _is_pressure(value: Value, parts: int) -> bool:
    """Of three parts both pressures, of two one of them, which says nothing beside both."""
    given = value.value
    return isinstance(given, tuple) and given[0] == "pressure" and len(given) == parts


def _result(said: Said) -> Value | None:
    """What came out: a number with its unit, a score, or a word ("positive")."""
    told = [v for v in said.a.values if v.what in RESULTS and not v.comparator.startswith("ref")]
    if said.a.concept.kind is Kind.MEASUREMENT:  # "ECG 9/4 QTc 455": a day is no score
        told.sort(key=lambda value: value.what == "score")
    if told:
        return told[0]
    if said.is_unknown or not said.is_sure:
        return None
    item = (
        said.value("item") if said.record.type in (*LOOKED_FOR, "QuestionnaireResponse") else None
    )
    if item is not None or not said.is_negated or not _is_looked_for(said):
        return item
    return Value("level", "negative", "negative", start=said.a.start, end=said.a.end)


def _is_looked_for(said: Said) -> bool:
    """Was it done, and nothing found?"""
    near = said.record.text[said.a.start : said.a.end + _WORD].partition("\n")[0]
    return not said.record.is_note or bool(_NEGATIVE.search(near))


def _plain(value: Value) -> object:
    return value.value[1:] if isinstance(value.value, tuple) else value.value


def _merged(one: Point, other: Point) -> Point:
    """What each tells beside the result; a status is that of the later."""
    more = {v.what: v for v in (*one.values[1:], *other.values[1:])}
    if not other.is_preliminary and one.is_preliminary:
        more.pop("status", None)
    both = one.is_note and other.is_note
    return Point(one.day, (one.result, *more.values()), (*one.sources, *other.sources), both)


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
    """Of the last result against the one of an earlier day in the same unit; of a number without
    one, by the numbers as they are told."""
    last = points[-1]
    earlier = [p for p in points if p.day < last.day and _is_comparable(p.result, last.result)]
    if not earlier:
        return ""
    before, now = _numbers(earlier[-1].result, last.result)
    if before is None or now is None:
        return ""
    if abs(now - before) <= _SAME * max(abs(now), abs(before)):
        return "steady"
    return "rising" if now > before else "falling"


def _unit(value: Value) -> tuple[object, str]:
    kind = value.value[0] if isinstance(value.value, tuple) else ""
    return (kind if isinstance(kind, str) else ""), value.per


def _is_comparable(one: Value, other: Value) -> bool:
    return _unit(one) == _unit(other) or _is_bare(one) or _is_bare(other)


def _is_bare(value: Value) -> bool:
    """A number as notes tell it, without its unit: "Hgb 11.0"."""
    return _AMOUNT.fullmatch(value.said) is not None


def _numbers(one: Value, other: Value) -> tuple[float | None, float | None]:
    if _unit(one) == _unit(other):
        return _number(one), _number(other)
    left, right = _AMOUNT.match(one.said), _AMOUNT.match(other.said)
    return (float(left[0]), float(right[0])) if left and right else (None, None)


def _number(value: Value) -> float | None:
    parts = value.value if isinstance(value.value, tuple) else (value.value,)
    return next((float(part) for part in parts if isinstance(part, int | float)), None)


def has_moved_much(fact: Fact) -> bool:
    """A weight that moved by a twentieth within a year."""
    before = before_of(fact) if fact.key == _WEIGHT else ()
    return bool(before) and _has_moved(before[0].values[0], fact.history[-1].values[0])


def before_of(fact: Fact) -> Sequence[Change]:
    """What the last result of a series is measured by: within a year what was critical, of a
    weight that moved by a twentieth the first; else the ones of the day before it."""
    if not fact.history:
        return ()
    last = fact.history[-1]
    earlier = [c for c in fact.history if c.on < last.on]
    year = [c for c in earlier if (days_between(c.on[:10], last.on[:10]) or 0) <= _YEAR]
    if critical := [c for c in year if _is_critical(c)]:
        return critical[-1:]
    if fact.key == _WEIGHT and year and _has_moved(year[0].values[0], last.values[0]):
        return year[:1]
    same = [c for c in earlier if _is_same(c.values[0], earlier[-1].values[0])]
    return same[-MOST_AGAIN:]  # a note tells again what the record has of a day before


def _is_same(one: Value, other: Value) -> bool:
    left, right = _AMOUNT.search(one.said), _AMOUNT.search(other.said)
    return _plain(one) == _plain(other) or bool(left and right and left[0] == right[0])


def is_critical(fact: Fact) -> bool:
    """Is its last result flagged so?"""
    return bool(fact.history) and _is_critical(fact.history[-1])


def _is_critical(change: Change) -> bool:
    return any(v.what == "flag" and "critical" in v.said for v in change.values)


def _has_moved(one: Value, other: Value) -> bool:
    before, now = _numbers(one, other)
    return None not in (before, now) and abs(now - before) >= _MUCH * before  # type: ignore[operator]
