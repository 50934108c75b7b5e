"""Repeated measures as one statement: the dated values in order of time."""

import re

from service.chart.models import SourceRecord
from service.drafting.citing import cite_headline, day, headline
from service.drafting.facts import Group, fact
from service.summary.document import Statement

SHOWN = 6  # a reader sees a direction in six values; more are a table's work
_VALUE = re.compile(r"^(.*?)(?<![\s:=])[\s:=]++([<>≤≥~]?\s*+-?\d.*)$")
_ABNORMAL = re.compile(
    r"(?<!/)\b(high|low|abnormal|critical|positive|above|below|HH?|LL?)\b(?!\s*(?:density|income|back))"
)


def is_abnormal(record: SourceRecord) -> bool:
    """Does the headline itself call the result abnormal?"""
    return bool(_ABNORMAL.search(headline(record)))


def measure(record: SourceRecord) -> tuple[str, str] | None:
    """What was measured and the value with its unit, or None where there is no one value."""
    if not day(record):
        return None
    line, _ = _parted(headline(record))
    if record.title and line.lower().startswith(record.title.lower()):
        value = line[len(record.title) :].lstrip(" :=")
        return (record.title, value) if re.match(r"[<>≤≥~]?\s*-?\d", value) else None
    match = _VALUE.match(line)
    return (match[1], match[2]) if match and match[1] else None


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
