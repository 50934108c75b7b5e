"""A line of the brief, thing by thing: each item is checked for itself beside what the line cites.

A line joins what several records say, so nothing that it says may be looked for in the line as a
whole: "lithium 600 mg · quetiapine 100 mg" is borne where each of the two is. What composing adds
(days, ages, what was before) is reckoned again from the cited records.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.chart.models import SourceRecord
from service.database import now
from service.drafting.telling import glue
from service.facts.said import days_between
from service.summary.document import Citation, Placed, Statement
from service.summary.vocabulary import Support
from service.verification.models import Assessment, Reason, Span

Assess = Callable[[Placed], Assessment]

_WORST = (
    Support.CONTRADICTED,
    Support.NOT_FOUND,
    Support.NOT_CHECKABLE,
    Support.SUPPORTED,
)
A_NIGHT = 1  # day between a record's in the site's time zone and in that of its stamp
WHOLE_DAY = len("2026-01-01")
_AGE = re.compile(r"^(\d{1,3}) (years|months)(?:, |$)")
_BORN = re.compile(r"\bborn (\d{4}-\d{2}-\d{2})")
_DAYS = {"years": 365.2425, "months": 30.44}


class Cited(NamedTuple):
    """The records that a line cites."""

    records: Sequence[SourceRecord]

    @property
    def newest(self) -> str:
        """The day of the newest (ISO): the line was not written before."""
        return max((r.effective[:10] for r in self.records), default="")


def is_composed(placed: Placed) -> bool:
    text = placed.statement.text
    is_line = placed.section.key == glue.BRIEF and glue.is_composed(text)
    return is_line or glue.is_aged(text) or glue.is_joined(text)


def assess_items(placed: Placed, cited: Cited, assess: Assess) -> Assessment:
    """The worst of its items' answers; what each adds to its sources first."""
    found = [_item(told, placed, cited, assess) for told in glue.items(placed.statement.text)]
    worst = min(found, key=lambda each: (_WORST.index(each.support), each.score))
    is_borne = worst.support is Support.SUPPORTED
    evidence = tuple(dict.fromkeys(_spans(found))) if is_borne else worst.evidence
    return replace(worst, index=placed.index, evidence=evidence)


def _spans(found: Iterable[Assessment]) -> Iterator[Span]:
    for each in found:
        yield from each.evidence


def _item(told: glue.Told, placed: Placed, cited: Cited, assess: Assess) -> Assessment:
    tests = (_wrong_day, _wrong_due, _wrong_ago, _wrong_age)
    if wrong := [reason for test in tests for reason in test(told, cited)]:
        return Assessment(placed.index, Support.CONTRADICTED, 0.1, tuple(wrong))
    body = _AGE.sub("", told.body, count=1) if _born(cited) else told.body
    if not body or _is_reason(body, cited) or _is_person(body, cited):
        return Assessment(placed.index, Support.SUPPORTED, 1.0)
    return assess(replace(placed, statement=Statement(body, _of_its_day(told, placed, cited))))


def _is_reason(body: str, cited: Cited) -> bool:
    """Is it, to the end of the line or its bracket, what a cited visit was for?"""
    visits = (r.text for r in cited.records if r.resource_type == "Encounter")
    ends = re.compile(rf", {re.escape(body)}(?= \(|;|$)", re.MULTILINE)
    return body.startswith("for ") and any(ends.search(text) for text in visits)


def _is_person(body: str, cited: Cited) -> bool:
    """Is each part of it ("male, he/him") a whole entry of a cited Patient record?"""
    persons = [r.text for r in cited.records if r.resource_type == "Patient"]
    parts = [rf"(?:[(;]|:) ?{re.escape(part)}(?=[;)]|$)" for part in body.split(", ")]
    return any(all(re.search(part, text, re.MULTILINE) for part in parts) for text in persons)


def _of_its_day(told: glue.Told, placed: Placed, cited: Cited) -> tuple[Citation, ...]:
    """An item rests on the records of its day alone, where the line cites any."""
    days = {record.id: record.effective[:10] for record in cited.records}
    held = placed.statement.citations
    if told.day:
        own = [c for c in held if _is_same(told.day, days.get(c.record_id, ""))]
    else:
        own = [c for c in held if not told.not_on or days.get(c.record_id) != told.not_on]
    return tuple(own) or held


def _wrong_day(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    days = sorted({r.effective[:10] for r in cited.records if r.effective})
    for day in filter(None, (told.day, told.since)):
        if not any(_is_same(day, each) for each in days):
            yield Reason("date", day, ", ".join(days[:3]) or "no date", True)


def _wrong_due(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    if told.due and not any(told.due in record.text for record in cited.records):
        yield Reason("date", f"due {told.due}", "no such date", True)


def _is_same(one: str, other: str) -> bool:
    """Of a month or a year, whatever lies in it."""
    if not one or not other:
        return False
    if min(len(one), len(other)) < WHOLE_DAY:
        return one.startswith(other) or other.startswith(one)
    apart = days_between(one, other)
    return apart is not None and abs(apart) <= A_NIGHT


def _wrong_ago(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    """So long ago it can only have been on a day since the newest record, and not in the future."""
    least, most = (days_between(told.day, day) for day in (cited.newest, _today()))
    if told.days_ago is None or most is None:
        return
    if not (least or 0) - A_NIGHT <= told.days_ago <= most + A_NIGHT:
        yield Reason("date", f"{told.days_ago} days ago", told.day, True)


def _wrong_age(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    """An age that the patient had on no day since the newest record."""
    found, born = _AGE.match(told.body), _born(cited)
    most = days_between(born, _today())
    if not found or most is None:
        return
    least, per = days_between(born, cited.newest) or 0, _DAYS[found[2]]
    if not least / per - 1 <= int(found[1]) <= most / per + 1:
        yield Reason("age", found[0].strip(" ,"), f"born {born}", True)


def _born(cited: Cited) -> str:
    """The day of birth (ISO); "" where no Patient record that is cited tells one."""
    lines = (r.text for r in cited.records if r.resource_type == "Patient")
    return next((found[1] for line in lines if (found := _BORN.search(line))), "")


def _today() -> str:
    return now().date().isoformat()
