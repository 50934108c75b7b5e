"""Whether a record may be used, for what, and why not. Default-deny for restricted records."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.access.labels import labels_of, names_of, resource_of
from service.access.rules import Kind, Where, rules_in_force, visible
from service.chart.models import SourceRecord
from service.summary.vocabulary import Role


class Purpose(StrEnum):
    """What somebody wants to do with a record."""

    INDEX = "index"
    PROMPT = "prompt"
    SHOW = "show"
    LOG = "log"
    EXPORT = "export"


_FOUND = {
    Where.TITLE: "its title names",
    Where.HEADING: "a heading in it names",
    Where.OPENING: "its first lines name",
    Where.ANYWHERE: "its words claim the protection of",
}


@dataclass(frozen=True)
class Decision:
    """`reason` is for those who may know that something is withheld; it quotes no chart text.

    `labels` are the security codes that count for the record, its own and inherited.
    """

    allowed: bool
    labels: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    reason: str = ""


def may_use(
    record: SourceRecord,
    *,
    purpose: Purpose,
    role: Role | None = None,  # noqa: ARG001 - no role or consent opens these yet
    inherited: Iterable[str] = (),
) -> Decision:
    """Decide for one record. `inherited` are the labels of its encounter or episode.

    Psychotherapy notes, records under 42 CFR Part 2 and confidentiality V are refused for
    every purpose and role: nobody's consent is known here yet. Nothing is ever logged.
    """
    if purpose is Purpose.LOG:
        return Decision(False, reason="chart text is never logged")
    resource = resource_of(record)
    labels = labels_of(record, resource) | frozenset(inherited)
    found = [*_by_label(labels), *_by_words(record, names_of(record, resource))]
    kinds = tuple(dict.fromkeys(kind for kind, _ in found))
    reason = "; ".join(dict.fromkeys(why for _, why in found))
    return Decision(not found, tuple(sorted(labels)), kinds, reason)


def decide_chart(
    records: Iterable[SourceRecord], *, purpose: Purpose, role: Role | None = None
) -> dict[str, Decision]:
    """Record id -> decision, with the labels of encounters and episodes handed down."""
    chart = list(records)
    handed = _handed_down(chart)
    return {
        r.id: may_use(r, purpose=purpose, role=role, inherited=handed.get(r.encounter_ref, ()))
        for r in chart
    }


def _handed_down(chart: list[SourceRecord]) -> dict[str | None, frozenset[str]]:
    """Encounter reference -> its labels and those of the episodes it belongs to."""
    episodes = {r.resource_ref: labels_of(r) for r in chart if r.resource_type == "EpisodeOfCare"}
    handed: dict[str | None, frozenset[str]] = {}
    for encounter in (r for r in chart if r.resource_type == "Encounter"):
        resource = resource_of(encounter)
        written = (e.get("reference", "") for e in resource.get("episodeOfCare") or ())
        meant = ((encounter.refers_to or {}).get(ref, ref) for ref in written)
        theirs = (episodes.get(ref, frozenset()) for ref in meant)
        handed[encounter.resource_ref] = labels_of(encounter, resource).union(*theirs)
    return handed


def _by_label(labels: Iterable[str]) -> Iterable[tuple[Kind, str]]:
    rules = rules_in_force()
    for label in sorted(labels):
        for rule in rules.labels:
            if rule.matches(label):
                yield rule.kind, f"labelled {label} ({rules.sentences[rule.kind]})"


def _by_words(record: SourceRecord, names: list[str]) -> Iterable[tuple[Kind, str]]:
    rules = rules_in_force()
    names, body = [visible(name) for name in names], visible(record.text or "")
    for rule in () if rules.is_quiet(names, body) else rules.phrases:
        if place := rule.place(names, body):
            yield rule.kind, f"{_FOUND[place]} {rules.sentences[rule.kind]}"
