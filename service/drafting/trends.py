"""Repeated measures as one statement: the dated values in order of time."""

import re

from service.chart.models import SourceRecord
from service.drafting.citing import cite_headline, day, headline
from service.drafting.facts import Group, fact
from service.summary.document import Statement

SHOWN = 6  # a reader sees a direction in six values; more are a table's work
_TRAILING_DATE = re.compile(r"\s*\([^()]*\d{4}[^()]*\)\s*[.;]?$")
_VALUE = re.compile(r"^(.*?)[\s:=]+([<>≤≥~]?\s*-?\d.*)$")
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
    line = _TRAILING_DATE.sub("", headline(record))
    if record.title and line.lower().startswith(record.title.lower()):
        value = line[len(record.title) :].lstrip(" :=")
        return (record.title, value) if re.match(r"[<>≤≥~]?\s*-?\d", value) else None
    match = _VALUE.match(line)
    return (match[1], match[2]) if match and match[1] else None


def trend(each: Group) -> Statement:
    """`NAME: value (date), value (date)`, oldest of the last few first; else the newest as a fact.

    Every value shown cites its record; values left out are counted.
    """
    points = [(r, m) for r in each.records if (m := measure(r))]
    if len(points) < 2:
        return fact(Group(each.records[:1]))
    shown = points[:SHOWN][::-1]
    values = ", ".join(f"{value} ({day(record)})" for record, (_, value) in shown)
    left = f" [latest {len(shown)} of {len(points)}]" if len(points) > len(shown) else ""
    name = shown[-1][1][0]
    return Statement(f"{name}: {values}{left}", tuple(cite_headline(r) for r, _ in shown))
