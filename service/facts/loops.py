"""Open loops: what was ordered, referred, booked or promised, until something answers it."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from service.facts.fact import Change, Fact, FactKind, Standing, newest_first
from service.facts.measurements import RESULTS
from service.facts.said import Chart, Said, dated, days_between, name_of
from service.reading.assertions import Act, Kind, Time, Value

_KINDS = (Kind.PROCEDURE, Kind.MEASUREMENT, Kind.SCORE, Kind.EVENT)
_WHOM = (Kind.PERSON, Kind.PROCEDURE, Kind.SETTING)
_REFERRAL = "referral"
_ASKED = frozenset((Act.NONE, Act.PRESCRIBED, Act.CONTINUED, Act.HELD))
_DONE = frozenset((Act.TAKEN, Act.ONCE))
_ENDED = {
    Act.STOPPED: "cancelled",
    Act.DECLINED: "refused",
    Act.MISSED: "missed",
    Act.AVOID: "not to be done",
}
_ANEW = 90  # days after which the same is asked for anew, not still
_NO_LOOPS = frozenset(("interpreter", "diet"))
_EVENTS = frozenset(("visit", "referral", "discharge", "transfer"))  # what can be waited for
_PENDING = frozenset(("pend", "await", "outstand"))
_TITLES = frozenset(("summar",))  # "Discharge summary" names a document
_SHOWN = ("due", "duration", "priority", "reason", "indication", "side", "frequency")


def loop_facts(chart: Chart, *, on: str) -> Iterator[Fact]:
    """One fact for each thing asked for; asked for again while open, it is the same loop."""
    groups: dict[str, list[Said]] = {}
    for kind in _KINDS:
        for said in chart.of[kind]:
            key = _asked(said.a.concept.key)
            if kind is not Kind.EVENT or key in _EVENTS:
                key = _to_whom(said, chart) if key == _REFERRAL else key
                groups.setdefault(key, []).append(said)
    for key in groups:
        if key not in _NO_LOOPS:
            yield from _loops(key, _answering(key, groups), on)


@cache
def _panels() -> dict[str, list[str]]:
    path = Path(__file__).parent / "data" / "panels.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _to_whom(said: Said, chart: Chart) -> str:
    """ "referral:nephrologist": one to another is another loop."""
    beside = chart.together[said.record.id, said.a.unit, said.a.clause]
    near = sorted(beside, key=lambda e: abs(e.a.start - said.a.start))
    whom = next((e.a.concept.key for e in near if e.a.concept.kind in _WHOM), "")
    return f"{_REFERRAL}:{whom}" if whom else _REFERRAL


def _asked(key: str) -> str:
    """ "Lithium" is asked for, a "lithium level" comes."""
    name = key.removesuffix("-level").removesuffix("-test")
    return "visit" if name in _panels()["visit"] else name


def _answering(key: str, groups: dict[str, list[Said]]) -> list[Said]:
    """What is said of it, and the results that answer a panel."""
    members = [m for name in _panels().get(key, ()) for m in groups.get(_asked(name), ())]
    results = [each for each in members if answer(each) == "answered"]
    both = [*groups[key], *(results if key != "visit" else ())]
    return sorted(both, key=lambda each: (each.day, each.record.on))


def _loops(key: str, said: Sequence[Said], on: str) -> Iterator[Fact]:
    opened: list[Said] = []
    for each in said:
        if is_asked(each):
            if opened and (days_between(opened[-1].day, each.day) or 0) > _ANEW:
                yield _loop(key, opened, each, "asked for anew", on)
                opened = []
            opened.append(each)
        elif opened and each.record is not opened[-1].record and (status := answer(each)):
            yield _loop(key, opened, each, status, on)
            opened = []
    if opened:
        yield _loop(key, opened, None, "open", on)


def is_asked(said: Said) -> bool:
    """Is it still to come, as this says? Suggestions and "if" ask for nothing."""
    if not said.is_affirmed or said.a.time is Time.IF or not said.is_sure:
        return False
    is_title = said.record.is_note and not _TITLES.isdisjoint(said.a.words)
    if said.a.act not in _ASKED or (is_title and said.a.concept.kind is Kind.EVENT):
        return False
    if said.a.time is Time.PLANNED:
        return True
    is_ordered = said.a.act is Act.PRESCRIBED and said.a.time is Time.NOW
    return is_ordered or not _PENDING.isdisjoint(said.a.words)


def answer(said: Said) -> str:
    """How this ends an open loop; "" where it does not."""
    if said.a.time in (Time.IF, Time.PLANNED) and said.a.act not in _ENDED:
        return ""
    if said.a.act in _ENDED and said.is_affirmed:
        return _ENDED[said.a.act]
    if not said.is_affirmed:
        return "not done" if said.is_negated and said.a.act in _DONE else ""
    if said.a.act in _DONE or (said.a.act is Act.PRESCRIBED and said.a.time is Time.PAST):
        return "done"
    is_result = any(value.what in RESULTS for value in said.a.values)
    return "answered" if is_result else ""


def _loop(key: str, opened: Sequence[Said], end: Said | None, status: str, on: str) -> Fact:
    first, last = opened[0], opened[-1]
    due = due_day(last)
    age = days_between(first.day[:10], on) if end is None else None
    values = [v for v in last.a.values if v.what in _SHOWN]
    if due and not any(v.what == "due" for v in values):
        values.append(Value("due", due, due))
    if age is not None:
        values.append(Value("age", ("days", float(age)), f"{age} days"))
    if end is None and due and due < on:
        status = "overdue"
    return Fact(
        FactKind.OPEN_LOOP,
        key,
        name_of(last.a.concept.key),
        Standing.PLANNED if end is None else Standing.PAST,
        _why(first, end, status, due, age),
        status,
        since=first.day,
        until=end.day if end else "",
        on=(end or last).day,
        values=tuple(values),
        history=tuple(_steps(opened, end, status)),
        sources=newest_first(each.source for each in (*opened, *([end] if end else []))),
    )


def _why(first: Said, end: Said | None, status: str, due: str, age: int | None) -> str:
    asked = dated("asked for", first)
    if end is not None:
        return f"{asked}; {dated(status, end)}"
    waited = f", {age} days ago" if age is not None and age >= 0 else ""
    return f"{asked}{waited}{f'; due {due}' if due else ''}; nothing answers it yet"


def due_day(said: Said) -> str:
    """The day named, else the span counted from the day of asking."""
    if (due := said.value("due") or said.value("date")) and str(due.value)[:1].isdecimal():
        return str(due.value)[:10]
    return said.a.on if said.a.time is Time.PLANNED and said.a.on > said.record.on else ""


def _steps(opened: Iterable[Said], end: Said | None, status: str) -> Iterator[Change]:
    yield from (Change(e.day, "asked for", e.a.values, e.source) for e in opened)
    if end is not None:
        yield Change(end.day, status, end.a.values, end.source)
