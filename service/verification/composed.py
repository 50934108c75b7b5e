"""A line of the brief, thing by thing: each item is checked for itself beside what the line cites.

A line joins what several records say, so nothing that it says may be looked for in the line as a
whole: "lithium 600 mg · quetiapine 100 mg" is borne where each of the two is. What composing adds
(days, ages, what was before) is reckoned again from the cited records.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from service.chart.models import SourceRecord
from service.database import now
from service.drafting.telling import glue
from service.summary.document import Placed, Statement
from service.summary.vocabulary import Support
from service.verification.models import Assessment, Reason, Span

Assess = Callable[[Placed], Assessment]

_WORST = (
    Support.CONTRADICTED,
    Support.NOT_FOUND,
    Support.NOT_CHECKABLE,
    Support.SUPPORTED,
)
_NIGHT = timedelta(days=1)  # a record's day in the site's time zone and in that of its stamp
_AGE = re.compile(r"^(\d{1,3}) (years|months)(?:, |$)")
_BORN = re.compile(r"\bborn (\d{4}-\d{2}-\d{2})")
_MONTH = 30.44  # days
_DAY = len("2026-01-01")


class Cited(NamedTuple):
    """The records that a line cites."""

    records: Sequence[SourceRecord]

    @property
    def newest(self) -> str:
        """The day of the newest (ISO): the line was not written before."""
        return max((r.effective[:10] for r in self.records), default="")


def is_composed(placed: Placed) -> bool:
    return placed.section.key == glue.BRIEF and glue.is_composed(placed.statement.text)


def assess_items(placed: Placed, cited: Cited, assess: Assess) -> Assessment:
    """The worst of its items' answers; what each adds to its sources first."""
    found = [_item(told, placed, cited, assess) for told in glue.items(placed.statement.text)]
    worst = min(found, key=lambda each: (_WORST.index(each.support), each.score))
    evidence = tuple(dict.fromkeys(_spans(found)))
    return replace(worst, index=placed.index, evidence=worst.evidence or evidence)


def _spans(found: Iterable[Assessment]) -> Iterator[Span]:
    for each in found:
        yield from each.evidence


def _item(told: glue.Told, placed: Placed, cited: Cited, assess: Assess) -> Assessment:
    tests = (_wrong_day, _wrong_due, _wrong_ago, _wrong_age)
    if wrong := [reason for test in tests for reason in test(told, cited)]:
        return Assessment(placed.index, Support.CONTRADICTED, 0.1, tuple(wrong))
    body = _AGE.sub("", told.body, count=1) if _born(cited) else told.body
    if not body:
        return Assessment(placed.index, Support.SUPPORTED, 1.0)
    return assess(replace(placed, statement=Statement(body, placed.statement.citations)))


def _wrong_day(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    days = sorted({r.effective[:10] for r in cited.records if r.effective})
    for day in filter(None, (told.day, told.since)):
        if not any(_is_same(day, each) for each in days):
            yield Reason("date", day, ", ".join(days[:3]) or "no date", True)


def _wrong_due(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    if told.due and not any(told.due in record.text for record in cited.records):
        yield Reason("date", f"due {told.due}", "no such date", True)


def _is_same(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _DAY:
        return one.startswith(other) or other.startswith(one)
    return abs(date.fromisoformat(one) - date.fromisoformat(other)) <= _NIGHT


def _wrong_ago(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    """So long ago it can only have been on a day since the newest record, and not in the future."""
    if told.days_ago is None or len(told.day) < _DAY:
        return
    said_on = date.fromisoformat(told.day) + timedelta(days=told.days_ago)
    if not _newest(cited, said_on) - _NIGHT <= said_on <= _today() + _NIGHT:
        yield Reason("date", f"{told.days_ago} days ago", told.day, True)


def _wrong_age(told: glue.Told, cited: Cited) -> Iterator[Reason]:
    """An age that the patient had on no day since the newest record."""
    found, born = _AGE.match(told.body), _born(cited)
    if not found or not born:
        return
    days = [(day - born).days for day in (_newest(cited, born), _today())]
    per = 365.2425 if found[2] == "years" else _MONTH
    if not days[0] / per - 1 <= int(found[1]) <= days[1] / per + 1:
        yield Reason("age", found[0].strip(" ,"), f"born {born.isoformat()}", True)


def _born(cited: Cited) -> date | None:
    lines = (r.text for r in cited.records if r.resource_type == "Patient")
    found = next((m for line in lines if (m := _BORN.search(line))), None)
    return date.fromisoformat(found[1]) if found else None


def _today() -> date:
    return now().date()


def _newest(cited: Cited, default: date) -> date:
    return date.fromisoformat(cited.newest) if len(cited.newest) == _DAY else default
