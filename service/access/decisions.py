"""Whether a record may be used, for what, and why not. Default-deny for restricted records."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from service.access.consent import NO_CONSENTS, Consents, consents_of
from service.access.labels import labels_of, labels_within, names_of, resource_of
from service.access.policy import LABEL_OF, Kind, Use, Verdict, policy_in_force
from service.access.rules import Where, rules_in_force, visible
from service.access.rulings import is_released
from service.access.tagger import tagger_in_force, tags_of
from service.access.wording import TREATING
from service.chart.inheritance import spread
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

    `labels` are the security codes that count for the record: its own, inherited, and those that
    its words say it should have. `inside` says that it is allowed, and may never be sent to a
    model outside the institution.
    """

    allowed: bool
    labels: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    reason: str = ""
    inside: bool = False


def use_of(purpose: Purpose, role: Role | None) -> Use:
    """What the policy calls this purpose of this reader. What is filed is for treatment."""
    if purpose in (Purpose.INDEX, Purpose.PROMPT):
        return Use.AI
    if purpose is Purpose.EXPORT or role in TREATING:
        return Use.TREATMENT
    return Use.QUALITY if role is Role.QA else Use.OPERATIONS


def basis_of(consents: Consents) -> int:
    """A number for what decisions rest on: another one where they must be taken again."""
    versions = (rules_in_force().version, tagger_in_force().version)
    told = (*versions, policy_in_force().fingerprint, consents.fingerprint())
    return zlib.crc32(repr(told).encode()) & 0x7FFFFFFF


def may_use(
    record: SourceRecord,
    *,
    purpose: Purpose,
    role: Role | None = None,
    inherited: Iterable[str] = (),
    consents: Consents = NO_CONSENTS,
) -> Decision:
    """Decide for one record by the site's policy and the patient's `consents`.

    `inherited` are labels that are not kept with the record. Nothing is ever logged.
    """
    if purpose is Purpose.LOG:
        return Decision(False, reason="chart text is never logged")
    resource = resource_of(record)
    labels = labels_of(record) | frozenset(inherited)
    use = use_of(purpose, role)
    refused: list[tuple[Kind, str]] = []
    inside = False
    by_words = list(_by_words(record, names_of(record, resource)))
    for label, why in (*_said(labels), *by_words):
        rule = policy_in_force().rule_of(label)
        verdict = rule.verdicts[use]
        if verdict is Verdict.CONSENT and consents.permits(record, label, use):
            verdict = Verdict.USE
        inside |= verdict is Verdict.INSIDE
        if verdict not in (Verdict.USE, Verdict.INSIDE):
            refused.append((rule.kind, why or _sentence(label, rule.kind)))
    refused += [(Kind.SENSITIVE, why) for why in consents.denials(record, labels, use)]
    kinds = tuple(dict.fromkeys(kind for kind, _ in refused))
    reason = "; ".join(dict.fromkeys(why for _, why in refused))
    every = tuple(sorted(labels | {label for label, _ in by_words}))
    return Decision(not refused, every, kinds, reason, inside and not refused)


def decide_chart(
    records: Iterable[SourceRecord],
    *,
    purpose: Purpose,
    role: Role | None = None,
    reader: str | None = None,
) -> dict[str, Decision]:
    """Record id -> decision, with labels handed on between the records given.

    The Consents among the records decide. `reader` is the practitioner who asks, "Type/id".
    """
    chart = list(records)
    consents = consents_of(chart).read_by(reader)
    written = {r.id: found for r in chart if (found := labels_within(r))}
    handed = spread(chart, written=written) if written or any(r.labels for r in chart) else {}
    return {
        r.id: may_use(
            r, purpose=purpose, role=role, inherited=handed.get(r.id, ()), consents=consents
        )
        for r in chart
    }


def _said(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    for label in sorted(labels):
        yield label, ""


def _sentence(label: str, kind: Kind) -> str:
    return f"labelled {label} ({rules_in_force().sentences[kind]})"


def _by_words(record: SourceRecord, names: list[str]) -> Iterator[tuple[str, str]]:
    """The label that the record should have had by its own words, and which words; none of a
    record that the site's policy names as released."""
    if record.resource_ref in policy_in_force().released:
        return
    rules = rules_in_force()
    names, body = [visible(name) for name in names], visible(record.text or "")
    for rule in () if rules.is_quiet(names, body) else rules.phrases:
        if place := rule.place(names, body):
            yield LABEL_OF[rule.kind], f"{_FOUND[place]} {rules.sentences[rule.kind]}"
    is_looked_at = record.is_note and not is_released(record)
    for kind, why in tags_of(names, record.author_role or "", body) if is_looked_at else ():
        yield LABEL_OF[kind], f"it looks like {rules.sentences[kind]}: {why}"
