"""What a current medicine obliges somebody to measure: the newest result, or that there is none."""

from collections.abc import Iterator
from typing import Any

from service.drafting.template import MustCarry
from service.facts import Fact, FactKind
from service.facts.fact import Standing
from service.facts.said import days_between
from service.reading.lexicon.relations import wider
from service.verification.lists import load
from service.verification.omission.must import MustSay, Part
from service.verification.omission.sources import Sources

_TAKEN = (Standing.CURRENT, Standing.ON_HOLD, Standing.DISPUTED)


def obliged(rule: MustCarry, sources: Sources) -> Iterator[MustSay]:
    """For each of the current medicines, the newest of the results that it obliges.

    Where the chart keeps results at all, one that is needed and missing, or too old, must be said
    to be so: the summary names the measurement.
    """
    taken = {f.key for f in sources.facts.of(FactKind.MEDICINE) if f.standing in _TAKEN}
    taken |= {each for key in taken for each in wider(key)}
    results = {f.key: f for f in sources.facts.of(FactKind.MEASUREMENT)}
    keeps_results = any(
        not sources.records[f.sources[0].record_id].is_note for f in results.values()
    )
    today = max((f.on for f in results.values()), default="")
    for entry in load("monitoring.toml")["medicines"]:
        drug = next((name for name in entry["drugs"] if name in taken), "")
        for names in entry["results"] if drug else ():
            lately = [results[n] for n in names.split("|") if not _is_due(n, entry, results, today)]
            if lately:
                yield _newest(lately, entry, rule, sources)
        for names in entry["needed"] if drug and keeps_results else ():
            if all(_is_due(n, entry, results, today) for n in names.split("|")):
                yield _missing(names.split("|"), entry, drug, rule)


def _is_due(name: str, entry: dict[str, Any], results: dict[str, Fact], today: str) -> bool:
    """Is there no such result, or is the newest older than the medicine allows?"""
    if name not in results:
        return True
    age = days_between(results[name].on[:10], today[:10])
    return age is not None and age > entry["within_days"]


def _newest(found: list[Fact], entry: dict[str, Any], rule: MustCarry, sources: Sources) -> MustSay:
    """The newest of the results of which one is enough; any of them carries it."""
    newest = max(found, key=lambda fact: fact.on)
    span = sources.span(newest.sources[0])
    return MustSay(
        rule.kind,
        f"measurement:{newest.key}:",
        " ".join(span.quote.split()),
        rule.severity,
        entry["reason"],
        frozenset(fact.key for fact in found),
        parts=(Part("value", tuple(fact.values[0] for fact in found)),),
        spans=(span,),
    )


def _missing(names: list[str], entry: dict[str, Any], drug: str, rule: MustCarry) -> MustSay:
    fact = f"{drug} is current; no {' or '.join(names)} in the last {entry['within_days']} days"
    return MustSay(
        rule.kind,
        f"missing:{'|'.join(names)}",
        fact,
        rule.severity,
        entry["reason"],
        frozenset(names),
    )
