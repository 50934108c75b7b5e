"""What the chart holds that a summary of its type must carry, and does not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.chart.models import SourceRecord
from service.drafting.citing import headline
from service.drafting.facts import Group, group, newest_first
from service.drafting.notes import Sentence, sentences
from service.drafting.template import MustCarry
from service.drafting.words import mentions
from service.summary.document import Document
from service.verification.models import Omission, Span
from service.verification.words import stems


@dataclass(frozen=True)
class Carried:
    """What a summary cites and says. `until` bounds what counts as latest (end of its period)."""

    cited: frozenset[tuple[str, str]]  # (record_id, quote)
    text: str
    until: datetime | None = None

    @classmethod
    def of(cls, document: Document, until: datetime | None = None) -> "Carried":
        cited = frozenset(
            (citation.record_id, citation.quote)
            for placed in document.placed()
            for citation in placed.statement.citations
        )
        said = "\n".join(placed.statement.text for placed in document.placed())
        return cls(cited, said, until)


@dataclass(frozen=True)
class Checked:
    """`found` things had to be carried; `omissions` are those that were not."""

    found: int
    omissions: tuple[Omission, ...]


def check_omissions(
    carried: Carried, records: Iterable[SourceRecord], rules: Iterable[MustCarry]
) -> Checked:
    """Every rule applied to the records. Each thing is named once, by the first rule that asks."""
    held = [r for r in records if r.text]
    found, missing, seen = 0, [], set()
    for rule in rules:
        for each in _things(rule, held, carried.until):
            if each.latest.id in seen:
                continue
            seen.add(each.latest.id)
            found += 1
            missing += [] if _is_carried(rule, each, carried) else [_omission(rule, each)]
    return Checked(found, tuple(missing))


def _things(rule: MustCarry, records: list[SourceRecord], until: datetime | None) -> list[Group]:
    asked = [r for r in records if _asks_for(rule, r)]
    if rule.take == "each":
        return group(_recent(rule, asked))
    inside = [r for r in asked if until is None or not r.effective_at or r.effective_at <= until]
    if rule.take == "latest-by-code":
        return [Group(each.records[:1]) for each in group(inside)]
    newest = sorted(inside, key=newest_first)[:1]
    return [Group((record,)) for record in newest]


def _recent(rule: MustCarry, records: list[SourceRecord]) -> list[SourceRecord]:
    """Those within the rule's days of the newest record of the kind: the chart's own clock."""
    dates = [r.effective_at for r in records if r.effective_at]
    if rule.within_days is None or not dates:
        return records
    since = max(dates) - timedelta(days=rule.within_days)
    return [r for r in records if r.effective_at is None or r.effective_at >= since]


def _asks_for(rule: MustCarry, record: SourceRecord) -> bool:
    if record.resource_type not in rule.record_types:
        return False
    if rule.statuses and not record.is_note and record.status not in rule.statuses:
        return False
    if rule.categories and record.category and record.category not in rule.categories:
        return False
    if record.is_note:
        return any(mentions(s.text, rule.words) for s in sentences(record.text))
    named = f"{record.title}\n{headline(record)}"
    return (not rule.words or mentions(named, rule.words)) and not mentions(named, rule.without)


def _is_carried(rule: MustCarry, each: Group, carried: Carried) -> bool:
    ids = {record.id for record in each.records}
    if each.latest.is_note:
        return any(record_id in ids and mentions(quote, rule.words)
                   for record_id, quote in carried.cited)  # fmt: skip
    return any(record_id in ids for record_id, _ in carried.cited) or _is_named(each, carried.text)


def _is_named(each: Group, text: str) -> bool:
    """Does the text name the thing: every content word of its title?"""
    wanted = stems(re.sub(r"\([^)]*\)|\d+(?:\.\d+)?\s*\w+", " ", each.latest.title))
    return bool(wanted) and wanted <= stems(text)


def _omission(rule: MustCarry, each: Group) -> Omission:
    record = each.latest
    start, end = _place(rule, record)
    quote = record.text[start:end]
    span = Span(record.resource_ref, start, end, quote, record.id)
    fact = " ".join(quote.split())
    return Omission(rule.kind, fact, rule.severity, rule.reason, (span,))


def _place(rule: MustCarry, record: SourceRecord) -> tuple[int, int]:
    """The sentence of a note that speaks of it, or the headline."""
    if not record.is_note:
        return 0, len(record.text.split("\n", 1)[0])
    spoken: Sequence[Sentence] = [s for s in sentences(record.text) if mentions(s.text, rule.words)]
    return spoken[0].start, spoken[0].end
