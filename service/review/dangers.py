"""Changes of a chart that harm where they are missed: a new allergy, a stopped medicine, a risk, a
directive that binds who treats."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from service.facts.allergies import NONE_KNOWN
from service.facts.fact import Fact, FactKind, FactSource, ReadRecord, Standing
from service.facts.patient import read_record_of
from service.facts.reconcile import facts_of
from service.reading.assertions import Kind
from service.reading.keep import read_chart, reading_of
from service.review.changes import ChangeKind, RecordChange, says
from service.review.readable import readable_chart
from service.summary.models import Summary
from service.summary.people import Person
from service.verification.cited import Chart as SnapshotChart

MAY_HARM = frozenset({Kind.ALLERGY, Kind.MEDICINE, Kind.RISK, Kind.LEGAL})
# What may not be done, or only under the law. "Full code" and "voluntary" stand in every other
# note and bind nobody to anything new.
BINDS = frozenset(
    (
        *("do-not-resuscitate", "do-not-intubate", "comfort-care", "advance-directive"),
        *("involuntary-hold", "section-2", "section-3", "community-treatment-order"),
        *("lacks-capacity", "guardianship"),
    )
)
ALIVE = frozenset({Standing.CURRENT, Standing.DISPUTED, Standing.UNKNOWN})
TAKEN = frozenset({Standing.CURRENT, Standing.PLANNED})
IN_FORCE = frozenset({Standing.CURRENT, Standing.DISPUTED})
LOST_HARMS = frozenset({FactKind.MEDICINE, FactKind.DIRECTIVE})


@dataclass(frozen=True)
class Danger:
    """A sentence on what is so now and was not when the draft was made; which of the changed
    records says so (an id of the version held now, None where that is not known), and where."""

    sentence: str
    record_id: str | None
    source: FactSource | None


def dangers(
    session: Session,
    summary: Summary,
    changes: Sequence[RecordChange],
    person: Person,
    *,
    zone: tzinfo,
) -> list[Danger]:
    """The facts of the chart as it is held now against those of the snapshot.

    Reads the chart only where a changed record speaks of such a thing at all, and the same changes
    of the same snapshot once a day: every look at the desk and every edit asks.
    """
    changed = [c for c in changes if c.kind is not ChangeKind.RESTRICTED]
    if not any(_may_harm(session, change, zone) for change in changed):
        return []
    chart, day = readable_chart(session, summary, person), datetime.now(zone).date().isoformat()
    key = (day, str(zone), *map(_likeness, changed))
    told: list[Danger] = chart.once.get(
        key, lambda: _compared(session, summary, chart, changed, day, zone)
    )
    return told


def _likeness(change: RecordChange) -> tuple[str, ...]:
    """What of a change the dangers hang on; not who is told of it."""
    before = change.before.id if change.before else ""
    return change.kind.value, before, change.after.id, change.after.standing, *says(change.after)


def _compared(
    session: Session,
    summary: Summary,
    chart: SnapshotChart,
    changed: Sequence[RecordChange],
    day: str,
    zone: tzinfo,
) -> list[Danger]:
    read_chart(session, summary.patient_ref, zone=zone)
    gone = {c.before.id for c in changed if c.before}
    came = [c.after for c in changed if c.after.standing == "evidence"]
    became = {c.before.id: c.after.id for c in changed if c.before}
    became |= {c.after.id: c.after.id for c in changed}
    before = [read_record_of(r, chart.kept[r.id], zone) for r in chart.records.values()]
    now = [read for read in before if read.id not in gone]
    now += [read_record_of(r, reading_of(session, r, zone=zone).assertions, zone) for r in came]
    was = chart.once.get((day, str(zone)), lambda: _facts(before, day))
    return list(_told(was, _facts(now, day), became))


def _may_harm(session: Session, change: RecordChange, zone: tzinfo) -> bool:
    versions = [v for v in (change.before, change.after) if v is not None]
    said = (a for v in versions for a in reading_of(session, v, zone=zone).assertions)
    return any(a.concept.kind in MAY_HARM for a in said)


def _facts(read: Sequence[ReadRecord], day: str) -> tuple[Fact, ...]:
    kinds = (FactKind.ALLERGY, FactKind.MEDICINE, FactKind.RISK, FactKind.DIRECTIVE)
    found = facts_of(read, on=day).of(*kinds)
    return tuple(f for f in found if f.kind is not FactKind.DIRECTIVE or f.key in BINDS)


def _told(
    before: Iterable[Fact], after: Iterable[Fact], became: Mapping[str, str]
) -> Iterable[Danger]:
    """`became` maps the versions that changed to the one that is held now."""
    was, now = _by_key(before), _by_key(after)
    for key in was.keys() | now.keys():
        old, new = was.get(key, []), now.get(key, [])
        if new:
            sentence = _sentence(old, new)
        else:
            lost = old[0].kind in LOST_HARMS and _any(old, TAKEN)
            sentence = f"{_name(old[0])} is not in the chart any more." if lost else ""
        if sentence:
            yield _danger(sentence, (*new, *old), became)


def _danger(sentence: str, facts: Iterable[Fact], became: Mapping[str, str]) -> Danger:
    """With the newest place, in a record that changed, that speaks of it."""
    for source in (each for fact in facts for each in fact.sources):
        if source.record_id in became:
            held = became[source.record_id]
            return Danger(sentence, held, source if held == source.record_id else None)
    return Danger(sentence, None, None)


def _by_key(facts: Iterable[Fact]) -> dict[tuple[FactKind, str], list[Fact]]:
    found: dict[tuple[FactKind, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.kind, fact.key].append(fact)
    return found


def _sentence(was: Sequence[Fact], now: Sequence[Fact]) -> str:
    """What of one thing is new and may harm; "" where nothing is."""
    newest = now[0]
    if newest.kind is FactKind.ALLERGY:
        is_new = not _any(was, ALIVE) and _any(now, ALIVE) and newest.key != NONE_KNOWN
        return f"New allergy: {_name(newest)}." if is_new else ""
    if newest.kind is FactKind.MEDICINE:
        stopped = _any(was, TAKEN) and not _any(now, TAKEN)
        how = newest.status or newest.standing.value
        return f"{_name(newest)} is no longer taken as it was: {how}." if stopped else ""
    if newest.kind is FactKind.DIRECTIVE:
        return _directive(_any(was, IN_FORCE), _any(now, IN_FORCE), _name(newest))
    return f"Risk: {_name(newest)}, {newest.why}." if _worst(was) < _worst(now) else ""


def _directive(was: bool, now: bool, name: str) -> str:
    if was is now:
        return ""
    return f"New directive or legal status: {name}." if now else f"{name} is no longer in force."


def _any(facts: Iterable[Fact], standings: frozenset[Standing]) -> bool:
    return any(fact.standing in standings for fact in facts)


# Of a risk: not there, told of the past, there today.
_STANDS = {
    Standing.CURRENT: 2,
    Standing.DISPUTED: 2,
    Standing.UNKNOWN: 1,
    Standing.ON_HOLD: 1,
    Standing.PAST: 1,
}
# What stands beside a risk and is none.
_BESIDE = ("protective-factor", "safety-plan", "safety-contract", "warning-sign", "risk-factor")
_JUDGED = ("suicide-risk", "violence-risk", "risk-level")  # a level: "low" is no news of harm
_HIGH = {"moderate": 2, "medium": 2, "intermediate": 2, "high": 3, "severe": 3, "imminent": 4}


def _worst(facts: Iterable[Fact]) -> int:
    return max((_how_bad(f) for f in facts if not f.key.startswith(_BESIDE)), default=0)


def _how_bad(fact: Fact) -> int:
    stands = _STANDS.get(fact.standing, 0)
    if fact.key.endswith(_JUDGED):
        return _HIGH.get(fact.status, 0) if stands == 2 else 0
    return stands


def _name(fact: Fact) -> str:
    return fact.name[:1].upper() + fact.name[1:]
