"""What a current medicine obliges somebody to measure: the newest result, or that there is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.citing import day, headline
from service.drafting.facts import newest_first
from service.drafting.template import MustCarry
from service.verification.facts import Fact
from service.verification.models import Span
from service.verification.omission import measures
from service.verification.omission.chart import measured_value
from service.verification.omission.chart import measures as measures_of
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.omission.notes import Told
from service.verification.words import load


@dataclass(frozen=True)
class Result:
    """The newest value of one result, from a note or a record."""

    name: str
    values: tuple[Fact, ...]
    said: str
    span: Span
    day: str
    fact: str


def monitoring(
    medicines: Iterable[MustSay],
    told: Iterable[Told],
    records: Iterable[SourceRecord],
    rule: MustCarry,
) -> Iterator[MustSay]:
    """For each of the current medicines, the newest of the results that it obliges.

    Where the chart keeps results at all, one that is needed and missing, or too old, must be said
    to be so: the summary names the measurement.
    """
    drugs = {key for each in medicines for key in each.anchor.keys}
    results = _newest(told, records)
    keeps_results = any(each.span.record_id for each in results.values())
    today = max((each.day for each in results.values()), default="")
    for entry in load("monitoring.toml")["medicines"]:
        if drugs & {f"drug:{name}" for name in entry["drugs"]}:
            for names in entry["results"]:
                lately = [n for n in names.split("|") if not _is_due(n, entry, results, today)]
                if lately:
                    yield _must([results[n] for n in lately], entry, rule)
            for names in entry["needed"] if keeps_results else ():
                if all(_is_due(n, entry, results, today) for n in names.split("|")):
                    yield _missing(names.split("|"), entry, drugs, rule)


def _newest(told: Iterable[Told], records: Iterable[SourceRecord]) -> dict[str, Result]:
    found = {
        name: _of_note(each)
        for name, each in measures.newest(measures.measured(told, "result")).items()
    }
    for record in sorted(records, key=newest_first, reverse=True):
        for result in _of_record(record):
            before = found.get(result.name)
            if before is None or before.day <= result.day:
                found[result.name] = result
    return found


def _of_note(each: measures.Measured) -> Result:
    told = each.told
    value = Fact("number", float(f"{each.value:.6g}"), each.said)
    return Result(each.name, (value,), each.said, told.span, told.day, told.text)


def _of_record(record: SourceRecord) -> Iterator[Result]:
    if record.resource_type != "Observation" or record.is_note:
        return
    value = measured_value(record)
    if value is None:
        return
    line = headline(record)
    span = Span(record.resource_ref, 0, len(line), line, record.id)
    for key in (each for each in measures_of(record) if each.startswith("result:")):
        yield Result(key.partition(":")[2], value[1], value[0], span, day(record), line)


def _must(found: list[Result], entry: dict[str, Any], rule: MustCarry) -> MustSay:
    """The newest of the results of which one is enough; any of them carries it."""
    newest = max(found, key=lambda each: each.day)
    anchor = Anchor(keys=frozenset(f"result:{each.name}" for each in found))
    value = Part("value", newest.said, tuple(v for each in found for v in each.values))
    return MustSay(
        rule.kind,
        f"result:{newest.name}",
        newest.fact,
        rule.severity,
        entry["reason"],
        anchor,
        (value,),
        (newest.span,),
        newest.day,
    )


def _is_due(name: str, entry: dict[str, Any], results: dict[str, Result], today: str) -> bool:
    """Is there no such result, or is the newest older than the medicine allows?"""
    newest = results[name].day if name in results else ""
    if name not in results or len(newest) < 10 or len(today) < 10:
        return name not in results
    age = date.fromisoformat(today) - date.fromisoformat(newest)
    return age > timedelta(days=entry["within_days"])


def _missing(names: list[str], entry: dict[str, Any], drugs: set[str], rule: MustCarry) -> MustSay:
    drug = next(name for name in entry["drugs"] if f"drug:{name}" in drugs)
    fact = f"{drug} is current; no {' or '.join(names)} in the last {entry['within_days']} days"
    keys = frozenset(f"result:{name}" for name in names)
    return MustSay(
        rule.kind,
        f"missing:{'|'.join(names)}",
        fact,
        rule.severity,
        entry["reason"],
        Anchor(keys=keys),
    )
