"""What structured records oblige a summary to carry."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.citing import day, headline
from service.drafting.facts import Group, group, newest_first
from service.drafting.template import MustCarry
from service.drafting.trends import is_abnormal, measure
from service.drafting.words import mentions
from service.verification.facts import Fact, facts
from service.verification.models import Span
from service.verification.omission.allergies import (
    NONE_KNOWN,
    allergen_anchor,
    allergy_key,
    reaction_part,
)
from service.verification.omission.cues import listed
from service.verification.omission.lexicon import hits, marks, outer, problems, risks
from service.verification.omission.measures import direction
from service.verification.omission.medicines import STOPPED, dose_parts, leading
from service.verification.omission.must import Anchor, MustSay, Part

_BECAUSE = re.compile(r"because: ([^;)]+)")
_STEPS = re.compile(r"\): (.+)$")
_FIELD = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\d+(?:\.\d+)?\s*(?:MG|ML|MCG|HR|ACTUAT)?\b|\bhr\b", re.I
)
_ABOUT = re.compile(r"^(?:Order|Goal|Flag|Allergy|Appointment|Provisional): |^Care plan, ")
ENOUGH = 0.6  # of the words of a title; its grade and course are told in other words


@dataclass(frozen=True)
class Shelf:
    """The structured records by type. `newest` is the chart's own clock."""

    by_type: Mapping[str, list[SourceRecord]]
    newest: datetime | None

    @classmethod
    def of(cls, records: Iterable[SourceRecord]) -> "Shelf":
        by_type: dict[str, list[SourceRecord]] = defaultdict(list)
        for record in records:
            if not record.is_note:
                by_type[record.resource_type].append(record)
        dates = (r.effective_at for held in by_type.values() for r in held if r.effective_at)
        return cls(by_type, max(dates, default=None))

    def records(self, rule: MustCarry) -> Iterator[SourceRecord]:
        """Of the rule's types, those within its days of the newest record."""
        since = None
        if rule.within_days is not None and self.newest is not None:
            since = self.newest - timedelta(days=rule.within_days)
        for name in rule.record_types:
            for record in self.by_type.get(name, ()):
                if since is None or record.effective_at is None or record.effective_at >= since:
                    yield record


def from_chart(rule: MustCarry, shelf: Shelf) -> Iterator[MustSay]:
    """What the rule finds among the structured records."""
    for each in _taken(rule, [r for r in shelf.records(rule) if _asks_for(rule, r)]):
        yield _must(rule, each)


def whatever_status(rule: MustCarry, shelf: Shelf) -> list[MustSay]:
    """What the rule would find were all records of the kind current: what the chart has listed."""
    every = rule.model_copy(update={"statuses": (), "within_days": None})
    return list(from_chart(every, shelf))


def _asks_for(rule: MustCarry, record: SourceRecord) -> bool:
    if rule.statuses and record.status not in rule.statuses:
        return False
    if rule.categories and record.category and record.category not in rule.categories:
        return False
    named = record.text if rule.whole_text else f"{record.title}\n{headline(record)}"
    return (not rule.words or mentions(named, rule.words)) and not mentions(named, rule.without)


def _taken(rule: MustCarry, records: list[SourceRecord]) -> list[Group]:
    groups = group(records)
    if rule.take == "abnormal-by-code":
        return [each for each in groups if is_abnormal(each.latest)]
    if rule.take == "latest":
        return [Group((record,)) for record in sorted(records, key=newest_first)[:1]]
    return groups


def _must(rule: MustCarry, each: Group) -> MustSay:
    record = each.latest
    key, anchor, parts = _MAKERS.get(record.resource_type, _titled)(record)
    if rule.direction:
        parts = (*parts, *_direction(each))
    line = headline(record)
    fact = " ".join(line.split())
    span = Span(record.resource_ref, 0, len(line), line, record.id)
    return MustSay(
        rule.kind, key, fact, rule.severity, rule.reason, anchor, parts, (span,), day(record)
    )


def _direction(each: Group) -> list[Part]:
    """From the measurement before the newest, where both have one value."""
    values = [measured_value(record) for record in each.records[:2]]
    found = [value[1][0] for value in values if value]
    if len(found) < 2:
        return []
    new, old = (float(fact.said) for fact in found)
    return direction(old, new, found[1].said)


Made = tuple[str, Anchor, tuple[Part, ...]]


def _allergy(record: SourceRecord) -> Made:
    if any(hit.key == NONE_KNOWN for hit in hits(headline(record))):
        return "allergy:none", Anchor(keys=frozenset({NONE_KNOWN})), ()
    name = _FIELD.sub(" ", record.title)
    return allergy_key(name), allergen_anchor(name), reaction_part(_reactions(record))


def _reactions(record: SourceRecord) -> str:
    """What the reactions showed as, each by its text or the display of its first coding."""
    reactions: list[dict[str, Any]] = json.loads(record.raw or "{}").get("reaction") or []
    shown = [m for each in reactions for m in each.get("manifestation") or ()]
    return ", ".join(_words(each) for each in shown if _words(each))


def _words(concept: dict[str, Any]) -> str:
    codings: list[dict[str, Any]] = concept.get("coding") or [{}]
    return str(concept.get("text") or codings[0].get("display") or "")


def _medicine(record: SourceRecord) -> Made:
    drug = leading(record.title)
    anchor = Anchor(keys=frozenset({drug})) if drug else _by_title(record)
    name = drug or " ".join(sorted(anchor.words))
    if record.status == "stopped":
        return f"stopped:{name}", anchor, _stopped(record)
    return (
        f"medicine:{name}",
        anchor,
        dose_parts(tuple(f for f in facts(headline(record)) if f.check == "dose")),
    )


def _stopped(record: SourceRecord) -> tuple[Part, ...]:
    because = _BECAUSE.search(headline(record))
    words = marks(because[1]) if because else frozenset()
    why = (Part("reason", because[1], words=words, enough=0.34),) if because and words else ()
    return (STOPPED, *why)


def _measure(record: SourceRecord) -> Made:
    keys = measures(record)
    value = measured_value(record)
    parts = (Part("value", *value),) if value else ()
    anchor = Anchor(keys=frozenset(keys)) if keys else _by_title(record)
    return next(iter(sorted(keys)), f"record:{record.id}"), anchor, parts


def measures(record: SourceRecord) -> set[str]:
    """The scores and results that its title names."""
    named = outer(hits(record.title))
    return {hit.key for hit in named if hit.key.startswith(("score:", "result:"))}


def measured_value(record: SourceRecord) -> tuple[str, tuple[Fact, ...]] | None:
    """The value of a measurement as it is written, and as facts: with its unit, and bare."""
    named = measure(record)
    number = re.search(r"\d+(?:\.\d+)?", named[1]) if named else None
    if named is None or number is None:
        return None
    bare = Fact("number", float(f"{float(number[0]):.6g}"), number[0])
    return named[1], (bare, *facts(named[1])[:1])


def _plan(record: SourceRecord) -> Made:
    """A plan is carried when it is named and a third of what it says is told with it."""
    steps = _STEPS.search(headline(record))
    words = marks(steps[1]) if steps else frozenset()
    keys = frozenset(h.key for h in hits(headline(record)) if h.key == "concept:safety-plan")
    anchor = Anchor(keys=keys, words=words or _by_title(record).words, enough=0.34)
    return next(iter(keys), f"record:{record.id}"), anchor, ()


def _titled(record: SourceRecord) -> Made:
    """A problem by what it is, anything else by the words of its title."""
    title = _ABOUT.sub("", record.title or headline(record))
    known = frozenset(h.key for h in outer(hits(title)) if h.key in problems() | risks())
    if known and record.resource_type in ("Condition", "Flag"):
        return next(iter(sorted(known))), Anchor(keys=known), ()
    anchor = _by_title(record)
    return f"title:{' '.join(sorted(anchor.words))}", anchor, ()


def _by_title(record: SourceRecord) -> Anchor:
    title = _ABOUT.sub("", record.title or headline(record))
    words = frozenset(
        m for m in marks(_FIELD.sub(" ", title)) if m not in listed("titles", "aside")
    )
    return Anchor(words=words or marks(title), enough=ENOUGH)


_MAKERS: dict[str, Callable[[SourceRecord], Made]] = {
    "AllergyIntolerance": _allergy,
    "MedicationRequest": _medicine,
    "MedicationStatement": _medicine,
    "Observation": _measure,
    "CarePlan": _plan,
}
