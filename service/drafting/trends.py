"""Repeated measures as one statement: the dated values in order of time."""

import re
from collections.abc import Iterator, Sequence

from service.chart.models import SourceRecord
from service.chart.render.forms import is_total
from service.drafting.citing import cite_headline, day, headline
from service.drafting.facts import Group, fact, newest_first
from service.summary.document import Statement

SHOWN = 6  # a reader sees a direction in six values; more are a table's work
_VALUE = re.compile(r"^(.*?)(?<![\s:=])[\s:=]++([<>≤≥~]?\s*+-?\d.*)$")


def measure(record: SourceRecord) -> tuple[str, str] | None:
    """What was measured and the value with its unit, or None where there is no one value."""
    if not day(record):
        return None
    line, _ = _parted(headline(record))
    if record.title and line.lower().startswith(record.title.lower()):
        value = line[len(record.title) :].lstrip(" :=")
        is_amount = re.match(r"[<>≤≥~]?\s*-?\d", value)
        return (record.title, value) if is_amount else _total(value)
    match = _VALUE.match(line)
    return (match[1], match[2]) if match and match[1] else None


def _total(answers: str) -> tuple[str, str] | None:
    """Of a form, whose total its line tells first."""
    match = _VALUE.match(answers.partition("; ")[0])
    return (match[1], match[2]) if match and is_total(match[1]) else None


def by_total(groups: Sequence[Group]) -> list[Group]:
    """A panel stands with the total that it holds, which is told once."""
    named = {r.title.casefold(): number for number, each in enumerate(groups) for r in each.records}
    found: dict[int, list[SourceRecord]] = {}
    for number, each in enumerate(groups):
        name, _ = measure(each.latest) or ("", "")
        at = number if _is_own(each.latest) else named.get(name.casefold(), number)
        found.setdefault(at, []).extend(each.records)
    return [Group(tuple(_once(records))) for records in found.values()]


def _once(records: Sequence[SourceRecord]) -> Iterator[SourceRecord]:
    """Newest first; of a result of one day that stands in a panel and by itself its own record."""
    own = {_result(record) for record in records if _is_own(record)}
    yield from (r for r in sorted(records, key=newest_first) if _is_own(r) or _result(r) not in own)


def _is_own(record: SourceRecord) -> bool:
    measured = measure(record)
    return measured is None or measured[0] == record.title


def _result(record: SourceRecord) -> tuple[str, str]:
    measured = measure(record)
    return day(record), measured[1] if measured else record.id


def trend(each: Group, most: int = SHOWN) -> Statement:
    """`NAME: value (date), value (date)`, oldest of the last few first; else the newest as a fact.

    What the headline says beside the date stays: "2.4 mmol/L (critically high; 2026-03-01;
    preliminary)". Every value shown cites its record; values left out are counted.
    """
    points = [(r, m) for r in each.records if (m := measure(r))]
    if len(points) < 2:
        return fact(Group(each.records[:1]))
    shown = points[:most][::-1]
    values = ", ".join(f"{value} ({_remarks(record)})" for record, (_, value) in shown)
    left = f" [latest {len(shown)} of {len(points)}]" if len(points) > len(shown) else ""
    name = shown[-1][1][0]
    return Statement(f"{name}: {values}{left}", tuple(cite_headline(r) for r, _ in shown))


def _remarks(record: SourceRecord) -> str:
    """The headline's own brackets, with flag, date and status; the day where it has none."""
    _, remarks = _parted(headline(record))
    return remarks if day(record) in remarks else day(record)


def _parted(line: str) -> tuple[str, str]:
    """A headline without its last brackets, and what stands in them, where that has a date."""
    line = line.rstrip(" .;")
    before, _, inside = line.removesuffix(")").rpartition("(")
    if not line.endswith(")") or ")" in inside or not re.search(r"\d{4}", inside):
        return line, ""
    return before.rstrip(), inside
