"""One patient's facts out of everything that the records say: the stage's pure verb."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from service.facts.allergies import NONE_KNOWN, allergy_facts
from service.facts.circumstances import circumstance_facts
from service.facts.conflicts import conflicts_of
from service.facts.corrections import correction_facts
from service.facts.events import event_facts
from service.facts.fact import (
    Conflict,
    ConflictKind,
    Fact,
    FactKind,
    Facts,
    ReadRecord,
    Standing,
)
from service.facts.loops import loop_facts
from service.facts.measurements import measurement_facts
from service.facts.medicines import medicine_facts
from service.facts.owed import told_facts
from service.facts.problems import problem_facts
from service.facts.risks import risk_facts
from service.facts.said import Chart, chart_of, in_order
from service.reading.lexicon.relations import wider

# Conflicts that leave it open how the thing itself stands, and whose.
_DISPUTES = {
    ConflictKind.DOSE: FactKind.MEDICINE,
    ConflictKind.FORBIDDEN: FactKind.MEDICINE,
    ConflictKind.STOPPED: FactKind.MEDICINE,
    ConflictKind.REFUTED: FactKind.PROBLEM,
    ConflictKind.DIRECTIVE: FactKind.DIRECTIVE,
}
_ORDER = {kind: number for number, kind in enumerate(FactKind)}
_STANDING = {standing: number for number, standing in enumerate(Standing)}


def facts_of(sources: Sequence[ReadRecord], *, on: str) -> Facts:
    """Reconciled as of the local day `on` (ISO). The newer word corrects the older. Their order
    hangs on no id and on no order of the sources."""
    records = in_order(sources)
    chart = chart_of(records, on=on)
    told = list(_all(chart, on))
    conflicts = tuple(c for c in conflicts_of(chart) if not _is_over(c, told))
    known = list(_denied_since(list(_disputed(told, conflicts))))
    further = (*told_facts(records, known), *correction_facts(records))
    found = sorted((*known, *further), key=_place)
    return Facts(on, tuple(found), conflicts)


def _all(chart: Chart, on: str) -> Iterator[Fact]:
    yield from medicine_facts(chart)
    yield from problem_facts(chart)
    yield from allergy_facts(chart)
    yield from measurement_facts(chart)
    yield from risk_facts(chart)
    yield from event_facts(chart)
    yield from loop_facts(chart, on=on)
    yield from circumstance_facts(chart, on=on)


def _is_over(conflict: Conflict, facts: Sequence[Fact]) -> bool:
    """Allergic to what was taken once, and is taken no more."""
    of = [f for f in facts if f.kind is FactKind.MEDICINE and f.key == conflict.key]
    is_past = bool(of) and all(f.standing in (Standing.PAST, Standing.REFUTED) for f in of)
    return conflict.kind is ConflictKind.ALLERGIC and is_past


def _disputed(facts: Iterable[Fact], conflicts: Sequence[Conflict]) -> Iterator[Fact]:
    """With the standing that a conflict leaves to what it is about."""
    why: dict[tuple[FactKind, str], Conflict] = {}
    for conflict in conflicts:
        if kind := _DISPUTES.get(conflict.kind):
            why.setdefault((kind, conflict.key), conflict)
        if conflict.kind is ConflictKind.NO_ALLERGY:
            why[FactKind.ALLERGY, NONE_KNOWN] = conflict
    for fact in facts:
        found = why.get((fact.kind, fact.key))
        if found is None or fact.status == "not to be given":
            yield fact
        else:
            yield replace(fact, standing=Standing.DISPUTED, why=found.why)


def _denied_since(facts: Sequence[Fact]) -> Iterator[Fact]:
    """A problem of which a later word denies the whole kind: "type 2 diabetes", then "not
    diabetic"."""
    denied = {f.key: f for f in facts if f.kind is FactKind.PROBLEM and _is_denied(f)}
    for fact in facts:
        later = [denied[key] for key in wider(fact.key) if key in denied]
        newest = max(later, key=lambda each: each.on, default=None)
        is_open = fact.kind is FactKind.PROBLEM and fact.standing is Standing.CURRENT
        if is_open and newest is not None and newest.on > fact.on:
            why = f"{fact.why}; {newest.name}: {newest.why}"
            yield replace(fact, standing=Standing.DISPUTED, why=why)
        else:
            yield fact


def _is_denied(fact: Fact) -> bool:
    return fact.standing is Standing.REFUTED


def _place(fact: Fact) -> tuple[int, int, str, str]:
    return _ORDER[fact.kind], _STANDING[fact.standing], fact.name, fact.since
