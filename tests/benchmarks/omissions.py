"""`python -m tests.benchmarks.omissions`: is a fact that a summary lost noticed, and named?

A clean summary carries every planted fact. From it one fact at a time is left out; a pair is the
clean summary beside one that lacks a fact.

- *ordered*: completeness of the clean summary is higher than that of the one that lacks the fact.
- *named*: an omission that the clean summary does not have names the fact: half of its words, or
  its source, stand in it.
- *false a summary*: omissions reported of a clean summary, whatever they are (what the clean
  summary leaves out by itself counts too, so for charts it is an upper bound).

Sources: notes made from the phrases of data/omission_phrases.toml (with headings, and without);
structured facts of the stories and of Synthea, told from the raw FHIR in words of the benchmark's
own, with whatever else the rules ask of the chart told word for word; and the stories whole, where
the clean summary is what expected.toml lists, so that what it says twice is not missed and what it
does not list counts as false. Seeded; `--show` lists what was not named
and what was false.
"""

import argparse
import json
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fhir_fixtures import stories
from service.chart.models import SourceRecord
from service.drafting.prompts import packaged_prompts
from service.reading.lexicon import stem, tokens
from service.summary.vocabulary import SummaryType
from service.verification.charts import records_of
from service.verification.models import Source
from service.verification.omission.answer import left_out
from service.verification.omission.check import Carried, check_omissions
from service.verification.omission.choose import must_say
from service.verification.omission.completeness import completeness
from service.verification.omission.sources import Sources

PHRASES = Path(__file__).parent / "data" / "omission_phrases.toml"
SYNTHEA = Path(__file__).parents[3] / "shared" / "data"
RULES = packaged_prompts()[SummaryType.PRE_VISIT].must_carry
AS_EXPECTED = "stories, as expected"
SEED = 20261123
NOTES = 24  # of each half and form
FACTS = 9  # planted in one note


SHORTEST = 2  # characters; what is not longer joins words and tells nothing


@dataclass(frozen=True)
class Planted:
    """A fact of the sources: how a summary says it, and where it comes from."""

    kind: str
    said: str
    source: str
    quote: str = ""


@dataclass(frozen=True)
class Case:
    """Sources and the facts that a clean summary of them carries."""

    group: str
    facts: tuple[Planted, ...]
    sources: tuple[Source, ...] = ()
    records: Sequence[SourceRecord] = ()
    beside: tuple[str, ...] = ()  # what the clean summary says as well, never left out


@dataclass
class Counted:
    """What was found over the cases of a group."""

    pairs: int = 0
    ordered: int = 0
    named: int = 0
    summaries: int = 0
    false: int = 0
    lost: Counter[str] = field(default_factory=Counter)


def note_cases(half: str, *, headed: bool) -> Iterator[Case]:
    table = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    chance = random.Random(f"{SEED}{half}{headed}")
    pairs = [each for each in table["pairs"] if each["half"] == half]
    for number in range(NOTES):
        chosen = _of_different_kinds(chance, pairs)
        planted = [_planted(chance, each, table["slots"]) for each in chosen]
        beside = chance.sample(table["distractors"]["sentences"], 5)
        text = _headed(chosen, planted, beside) if headed else _plain(chance, planted, beside)
        source = Source(f"note-{number}", text)
        yield Case(f"notes {half}, {'headed' if headed else 'plain'}", tuple(planted), (source,))


def _of_different_kinds(chance: random.Random, pairs: list[dict[str, str]]) -> list[dict[str, str]]:
    """At most one pair of a kind, so that two drugs or scores never meet by chance."""
    kinds = chance.sample(sorted({each["kind"] for each in pairs}), FACTS)
    return [chance.choice([p for p in pairs if p["kind"] == kind]) for kind in kinds]


def _planted(chance: random.Random, pair: dict[str, str], slots: dict[str, list[str]]) -> Planted:
    values = {name: chance.choice(options) for name, options in slots.items()}
    said = " ".join(filter(None, (pair["summary"], pair.get("also"))))
    return Planted(pair["kind"], said.format(**values), "", pair["note"].format(**values))


def _headed(pairs: list[dict[str, str]], planted: list[Planted], beside: list[str]) -> str:
    sections: dict[str, list[str]] = {"MSE": beside[:3], "FAMILY AND OTHER": beside[3:]}
    for pair, fact in zip(pairs, planted, strict=True):
        sections.setdefault(pair["section"], []).append(fact.quote)
    return "\n\n".join(f"{name}\n" + "\n".join(lines) for name, lines in sections.items())


def _plain(chance: random.Random, planted: list[Planted], beside: list[str]) -> str:
    lines = [*(each.quote for each in planted), *beside]
    chance.shuffle(lines)
    return " ".join(line if line[-1] in ".!?" else f"{line}." for line in lines)


def story_cases() -> Iterator[Case]:
    """What expected.toml lists, each as its author put it, beside the whole chart."""
    for name in stories.names():
        story = stories.story(name)
        facts = tuple(
            Planted(f["kind"], f"{f['fact'].rstrip('.')}.", f["source"], f["quote"])
            for f in story.expected["carries"]
        )
        yield Case(AS_EXPECTED, facts, (), _readable(story))


def _readable(story: stories.Story) -> list[SourceRecord]:
    barred = {*story.expected["withheld"], *story.expected["not_evidence"]}
    return [r for r in records_of(story.bundle) if r.resource_ref not in barred]


def structured_cases() -> Iterator[Case]:
    """Structured records alone: the summary says what raw FHIR has, in its own sentences."""
    for name in stories.names():
        story = stories.story(name)
        held = [r for r in _readable(story) if not r.is_note]
        yield from _structured("stories, structured", held)
    for path in sorted(SYNTHEA.glob("synthea-r4-*/*.json")):
        held = records_of(json.loads(path.read_text(encoding="utf-8")))
        # Its own notes list every medicine again: what is left out would still be told by them.
        yield from _structured("Synthea", [r for r in held if not r.is_note])


def _structured(group: str, records: list[SourceRecord]) -> Iterator[Case]:
    resources = [json.loads(r.raw) for r in records if not r.is_note and r.raw]
    planted = tuple(_raw_facts(resources))
    about = {fact.source for fact in planted}
    asked = must_say(Sources.of((), records), RULES)
    beside = tuple(m.fact for m in asked if about.isdisjoint(s.source for s in m.spans))
    told = _stems(" ".join(beside))
    planted = tuple(f for f in planted if f.kind != "problem" or not _stems(_name(f)) <= told)
    if planted:
        yield Case(group, planted, (), records, beside)


def _name(problem: Planted) -> str:
    """A problem told as what a medicine or an order is for is told already."""
    return problem.said.removeprefix("Active problem: ")


def _stems(text: str) -> set[str]:
    return {stem(token.key) for token in tokens(text) if len(token.key) > SHORTEST}


def _raw_facts(resources: list[dict[str, Any]]) -> Iterator[Planted]:
    """The newest of each allergy, medicine, problem, score, plan and goal, if it is current; a
    score with the one before it."""
    found: dict[tuple[str, str], list[tuple[str, str, dict[str, Any]]]] = {}
    for each in resources:
        for kind, about, said, at in _raw(each):
            found.setdefault((kind, about), []).append((at, said, each))
    for (kind, _), held in found.items():
        *before, (_, said, each) = sorted(held, key=lambda one: one[0])
        if kind == "score" and before:
            said = f"{said.rstrip('.')}, before that {_value(before[-1][2]):g}."
        if kind == "score" or _status(each) in ("active", "on-hold", "accepted"):
            yield Planted(kind, said, _ref(each))


def _raw(each: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """(kind, what it is about, how the summary says it, when)."""
    name = _display(each.get("code") or each.get("medicationCodeableConcept") or {})
    match each["resourceType"]:
        case "AllergyIntolerance" if name:
            yield "allergy", name, f"Allergic to {name.lower()}{_reaction(each)}.", "-"
        case "MedicationRequest" | "MedicationStatement" if name:
            dose = (each.get("dosageInstruction") or each.get("dosage") or [{}])[0].get("text", "")
            at = str(each.get("authoredOn") or each.get("effectiveDateTime") or "-")
            yield "medication", name, f"Prescribed {name.lower()}: {dose.lower()}.", at
        case "Condition" if _is_illness(each, name):
            said = f"Active problem: {name.removesuffix(' (disorder)')}."
            yield "problem", name, said, str(each.get("onsetDateTime", "-"))
        case "Observation" if _is_score(name) and _value(each) is not None:
            said = f"{name} was {_value(each):g}."
            yield "score", name, said, str(each.get("effectiveDateTime", "-"))
        case "Goal" if "expressedBy" in each:
            said = str(each["description"].get("text", ""))
            yield "goal", said, f"The patient hopes for this: {said}.", "-"


def _value(each: dict[str, Any]) -> float | None:
    value = each.get("valueInteger", (each.get("valueQuantity") or {}).get("value"))
    return None if value is None else float(value)


def _is_illness(each: dict[str, Any], name: str) -> bool:
    verified = _first_code(each.get("verificationStatus"))
    return "(finding)" not in name and "(situation)" not in name and verified == "confirmed"


def _is_score(name: str) -> bool:
    return any(word in name for word in ("PHQ-9", "GAD-7", "PCL-5", "EPDS", "AUDIT-C"))


def _reaction(each: dict[str, Any]) -> str:
    told = [_display(m) for r in each.get("reaction", ()) for m in r.get("manifestation", ())]
    return f" ({', '.join(told).lower()})" if told else ""


def _status(each: dict[str, Any]) -> str:
    return str(
        each.get("status")
        or each.get("lifecycleStatus")
        or _first_code(each.get("clinicalStatus"))
        or "active"
    )


def _first_code(concept: dict[str, Any] | None) -> str:
    return str(((concept or {}).get("coding") or [{}])[0].get("code", ""))


def _ref(resource: dict[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource.get('id')}"


def _display(concept: dict[str, Any]) -> str:
    return str(concept.get("text") or (concept.get("coding") or [{}])[0].get("display") or "")


def count(case: Case, counted: Counted, *, show: bool) -> None:
    omissions, complete = _checked(case, [fact.said for fact in case.facts])
    known = {_identity(each) for each in omissions}
    counted.summaries += 1
    counted.false += len(known)
    for each in omissions if show else ():
        print(f"   false {case.group}: {each['kind']} {each['missing']} {each['fact']!r}")
    for number, fact in enumerate(case.facts):
        less, lower = _checked(case, [f.said for n, f in enumerate(case.facts) if n != number])
        new = [each for each in less if _identity(each) not in known]
        counted.pairs += 1
        counted.ordered += complete > lower
        if any(_names(each, fact) for each in new):
            counted.named += 1
        else:
            counted.lost[fact.kind] += 1
            if show:
                print(f"   lost  {case.group}: {fact.kind} {fact.said!r} <- {fact.quote!r}")


def _checked(case: Case, said: list[str]) -> tuple[list[dict[str, Any]], float]:
    carried = Carried("\n".join((*said, *case.beside)))
    checked = check_omissions(carried, case.records, RULES, case.sources)
    return left_out(checked), completeness(checked)


def _identity(omission: dict[str, Any]) -> tuple[str, str, str]:
    return omission["kind"], omission["fact"], ",".join(omission["missing"])


def _names(omission: dict[str, Any], fact: Planted) -> bool:
    told = _stems(" ".join((omission["fact"], *(e["quote"] for e in omission["evidence"]))))
    if fact.source and any(fact.source == e["source"] for e in omission["evidence"]):
        return len(told & (_stems(fact.said) | _stems(fact.quote))) >= 1
    wanted = _stems(fact.quote or fact.said)
    return len(told & wanted) >= len(wanted) / 2


def all_cases() -> Iterator[Case]:
    for half in ("a", "b"):
        yield from note_cases(half, headed=True)
        yield from note_cases(half, headed=False)
    yield from story_cases()
    yield from structured_cases()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--show", action="store_true", help="list what was lost and what was false")
    asked.add_argument("--only", default="", help="a group whose cases alone are counted")
    options = asked.parse_args()
    found: dict[str, Counted] = {}
    for case in all_cases():
        if case.group.startswith(options.only):
            count(case, found.setdefault(case.group, Counted()), show=options.show)
    _print(found)
    return 0


def _print(found: dict[str, Counted]) -> None:
    print("| sources | summaries | pairs | ordered | named | false a summary | not named |")
    print("|---|---|---|---|---|---|---|")
    counted = {group: each for group, each in found.items() if group != AS_EXPECTED}
    for group, each in [*found.items(), (f"all but {AS_EXPECTED}", _total(counted))]:
        lost = ", ".join(f"{kind} {n}" for kind, n in each.lost.most_common(6))
        shares = (each.ordered / each.pairs, each.named / each.pairs)
        print(
            f"| {group} | {each.summaries} | {each.pairs} | {shares[0]:.3f} | {shares[1]:.3f} "
            f"| {each.false / each.summaries:.2f} | {lost} |"
        )


def _total(found: dict[str, Counted]) -> Counted:
    total = Counted()
    for each in found.values():
        for name in ("pairs", "ordered", "named", "summaries", "false"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        total.lost += each.lost
    return total


if __name__ == "__main__":
    sys.exit(main())
