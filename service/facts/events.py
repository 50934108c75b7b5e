"""Events and stays, procedures and therapies that took place: each on its day."""

from collections.abc import Iterable, Iterator, Sequence

from service.facts.fact import Fact, FactKind, Standing, newest_first
from service.facts.said import VACCINE, Chart, Said, dated, name_of
from service.reading.assertions import Act, Kind, Time

DEATH = "death"
_KINDS = {Kind.EVENT: FactKind.EVENT, Kind.PROCEDURE: FactKind.PROCEDURE}
_SHOWN = ("from", "until", "item", "reason", "indication", "outcome", "side", "site", "count")
_UNDONE = {
    Act.DECLINED: "refused",
    Act.MISSED: "missed",
    Act.STOPPED: "cancelled",
    Act.AVOID: "not to be done",
}
# What notes name all the time without that it took place on their day.
_MENTIONED = frozenset(("referral", "follow-up", "anniversary", "visit", "appointment", "birth"))
_UNDER_WAY = (Act.TAKEN, Act.STARTED, Act.CONTINUED)


def event_facts(chart: Chart) -> Iterator[Fact]:
    """What happened or goes on; what is only ordered or planned is an open loop."""
    given = [e for e in chart.of[Kind.MEDICINE] if e.record.type == VACCINE and is_event(e)]
    for said in _occasions(given).values():
        yield _event(FactKind.PROCEDURE, said)
    for kind, shown in _KINDS.items():
        told = [e for e in chart.of[kind] if is_event(e) and e.a.concept.key != DEATH]
        for said in _occasions(told).values():
            yield _event(shown, said)


def is_event(said: Said) -> bool:
    """Did it happen, or not happen though it was to? A mere mention of a procedure is neither."""
    a = said.a
    if not said.is_meant or said.is_unknown or not said.is_sure:
        return False
    if a.concept.kind is Kind.PROCEDURE and said.is_negated:
        return a.act is not Act.NONE
    if a.concept.kind is Kind.PROCEDURE:
        return a.act in (*_UNDONE, *_UNDER_WAY, Act.ONCE) or a.time is Time.PAST or bool(a.on)
    is_mentioned = said.record.is_note and a.concept.key in _MENTIONED and a.act not in _UNDER_WAY
    return a.act is not Act.PRESCRIBED and not is_mentioned


def _occasions(said: Iterable[Said]) -> dict[tuple[str, str], list[Said]]:
    """By what and when; without a day of its own it is the record's."""
    found: dict[tuple[str, str], list[Said]] = {}
    for each in said:
        day = each.told("from") or each.day
        found.setdefault((each.a.concept.key, day[:10]), []).append(each)
    return found


def _event(kind: FactKind, said: Sequence[Said]) -> Fact:
    last = said[-1]
    standing, status = _standing(said)
    values = {v.what: v for each in said for v in each.a.values if v.what in _SHOWN}
    since = last.told("from") or last.day
    until = values["until"].said if "until" in values else ""
    return Fact(
        kind,
        last.a.concept.key,
        name_of(last.a.concept.key),
        standing,
        dated(status or ("goes on" if standing is Standing.CURRENT else "took place"), last),
        status,
        last.a.certainty,
        since,
        until,
        last.day,
        tuple(values.values()),
        (),
        newest_first(each.source for each in said),
    )


def _standing(said: Sequence[Said]) -> tuple[Standing, str]:
    last = said[-1]
    if last.is_negated:
        return Standing.REFUTED, "did not take place"
    for each in reversed(said):
        if status := _UNDONE.get(each.a.act):
            return Standing.REFUTED, status
    if last.a.time in (Time.NOW, Time.EVER) and last.a.act in _UNDER_WAY:
        return Standing.CURRENT, ""
    return Standing.PAST, ""
