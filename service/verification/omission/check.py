"""The check itself: everything that must be carried, asked for once, and what of it is missing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from service.chart.models import SourceRecord
from service.drafting.template import MustCarry
from service.summary.document import Document
from service.summary.vocabulary import Severity
from service.verification.lexical import Source
from service.verification.models import Omission
from service.verification.omission import topics
from service.verification.omission.allergies import allergies
from service.verification.omission.chart import Shelf, from_chart, whatever_status
from service.verification.omission.measures import abnormal_results, scores
from service.verification.omission.medicines import medicines
from service.verification.omission.monitoring import monitoring
from service.verification.omission.must import MustSay
from service.verification.omission.notes import Told, lately, told_in
from service.verification.omission.read_allergies import read_allergies
from service.verification.omission.risks import risks
from service.verification.omission.said import Said

LISTED = ("allergy", "medication", "stopped-medication", "problem", "goal")  # kept as a list
PARTLY = 0.5  # what a thing carried without one of its parts counts
_READERS: dict[str, Callable[[Iterable[Told], MustCarry], Iterator[MustSay]]] = {
    "allergies": allergies,
    "scores": scores,
    "abnormal": abnormal_results,
    "latest": topics.latest,
    "ever": topics.ever,
    "problems": topics.problems_held,
    "items": topics.items,
    "risks": risks,
    "medicines": lambda told, rule: medicines(told, rule, stopped=False),
    "stopped": lambda told, rule: medicines(told, rule, stopped=True),
}


@dataclass(frozen=True)
class Carried:
    """What a summary says. `until` bounds what it is asked for (the end of its period)."""

    text: str
    until: datetime | None = None

    @classmethod
    def of(cls, document: Document, until: datetime | None = None) -> "Carried":
        return cls("\n".join(placed.statement.text for placed in document.placed()), until)


@dataclass(frozen=True)
class Checked:
    """What had to be carried, and what of it is missing, wholly or in part."""

    asked: tuple[MustSay, ...]
    omissions: tuple[Omission, ...]

    @property
    def share(self) -> float:
        """How much of it is carried, 0 to 1; what is major counts three times."""
        whole = sum(_weight(each.severity) for each in self.asked)
        lost = sum(_weight(o.severity) * (PARTLY if o.missing else 1.0) for o in self.omissions)
        return max(0.0, 1 - lost / whole) if whole else 1.0


def check_omissions(
    carried: Carried,
    records: Iterable[SourceRecord],
    rules: Iterable[MustCarry],
    sources: Iterable[Source] = (),
) -> Checked:
    """Every rule applied to the records and the texts; each thing is asked for once."""
    held = [r for r in records if r.text and _is_inside(r, carried.until)]
    asked = tuple(must_say(held, list(rules), sources))
    said = Said(carried.text)
    omissions = (_omission(each, said.missing(each)) for each in asked)
    return Checked(asked, tuple(each for each in omissions if each))


def must_say(
    records: list[SourceRecord], rules: list[MustCarry], sources: Iterable[Source] = ()
) -> list[MustSay]:
    """What a summary of these sources must carry, in the order of the rules."""
    sources = list(sources)
    told, shelf = told_in(sources, records), Shelf.of(records)
    found: dict[str, MustSay] = {}
    for rule in rules:
        for each in from_chart(rule, shelf):
            _add(found, each)
        listed = whatever_status(rule, shelf) if rule.kind in LISTED else []
        readable = lately(told, rule.told_within_days) if listed else told
        for each in _from_prose(rule, readable, records, found):
            if not _is_known(each, listed):
                _add(found, each)
        if rule.prose == "allergies":
            for each in read_allergies(sources, rule):
                found.setdefault(each.key, each)
    return list(found.values())


def _from_prose(
    rule: MustCarry, told: list[Told], records: list[SourceRecord], found: dict[str, MustSay]
) -> Iterable[MustSay]:
    if rule.prose == "monitoring":
        current = [each for each in found.values() if each.kind == "medication"]
        return monitoring(current, told, records, rule)
    return _READERS[rule.prose](told, rule) if rule.prose else ()


def _add(found: dict[str, MustSay], must: MustSay) -> None:
    """The newer of two sources of one thing is asked for; the other stands beside it. A medicine
    that is current was not stopped, whatever an order of another strength says."""
    if must.key.replace("stopped:", "medicine:", 1) in found and must.key not in found:
        return
    before = found.get(must.key)
    if before is None:
        found[must.key] = must
    elif must.day > before.day:
        found[must.key] = must.in_place_of(before)
    else:
        found[must.key] = before.told_by(must)


def _is_known(must: MustSay, listed: list[MustSay]) -> bool:
    """Does a list that somebody keeps speak of it already, whatever it says?"""
    if must.kind in ("problem", "goal") or must.key == "allergy:none":
        return bool(listed)
    return any(each.anchor.names_like(must.anchor) for each in listed)


def _omission(must: MustSay, missing: tuple[str, ...] | None) -> Omission | None:
    if missing == ():
        return None
    return Omission(must.kind, must.fact, must.severity, must.reason, must.spans, missing or ())


def _is_inside(record: SourceRecord, until: datetime | None) -> bool:
    return until is None or record.effective_at is None or record.effective_at <= until


def _weight(severity: Severity) -> int:
    return 3 if severity is Severity.MAJOR else 1
