"""`python -m tests.benchmarks.bad_answers`: what false answers of a model become, and true ones.

An *answer* is one section as the endpoint gave it. A bad one has one falsehood in it, made from a
true sentence by the seed (fhir_fixtures/scripted_model/mistakes.py). *Kept out*: the falsehood is
not in the text. *Finding*: it is, with an open major finding on its statement, so it cannot be
signed as it stands. *Cited wrongly*: it is, and it is true of the chart, but what it cites says
nothing of it; a minor finding on it says so and names the place. *Slipped*: it could be signed
unseen. A dropped allergy is slipped when the text
names no such allergen and no major finding says so. *Flagged*: of a faithful model's statements,
those that have a finding (of wording apart), and those that were held not to be in the chart
before they came into the text, so that the model was asked for them once more.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, cycle

from fhir_fixtures.scripted_model.mistakes import MISTAKES, Lie
from fhir_fixtures.stories import names, story
from service.summary.models import Finding, SummaryVersion
from service.summary.vocabulary import FindingKind, Severity, SummaryType
from tests.benchmarks.model_runs import Bench, Run, bench

BAD, GOOD = 500, 200
SHOWN = 3  # examples of each kind that slipped
_MASK = re.compile(r"\\\[[A-Z]+\\-\d+\\\]")


def main(arguments: Sequence[str] = ()) -> int:
    options = _parser().parse_args(arguments)
    with bench() as runs:
        _fill(runs)
        slipped = _tell_bad(runs, options.bad)
        flagged = _tell_good(runs, options.good)
    return 1 if slipped or flagged > 0.03 else 0


def _fill(runs: Bench) -> None:
    for name in names():
        told = story(name)
        runs.add_chart(told.resources, told.patient_ref)


def jobs() -> Iterator[tuple[str, SummaryType]]:
    """Patients and types, the same order in each run, without end."""
    pairs = [(story(n).patient_ref, t) for t in SummaryType for n in names()]
    yield from cycle(pairs)


def _tell_bad(runs: Bench, wanted: int) -> int:
    """Falsify until there are enough bad answers of every kind; the number that slipped."""
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    examples: dict[str, list[str]] = defaultdict(list)
    each_kind = -(-wanted // len(MISTAKES))
    for kind in MISTAKES:
        for seed, (patient_ref, summary_type) in zip(count(1), jobs(), strict=False):
            if fates[kind].total() >= each_kind or seed > 4 * each_kind:
                break
            run = runs.run(f"scripted:{kind}:{seed}", patient_ref, summary_type)
            for lie in _lies(run):
                if fates[kind].total() < each_kind:
                    fate = _fate(lie, run.version, patient_ref)
                    fates[kind][fate] += 1
                    examples[kind] += [_example(lie)] if fate == "slipped" else []
    _print_bad(fates, examples)
    return sum(each["slipped"] for each in fates.values())


def _lies(run: Run) -> list[Lie]:
    """One an answer; a draft that drops allergies drops them as a whole."""
    found = [lie for asked in run.asked for lie in asked.lies]
    dropped = [lie for lie in found if lie.kind == "dropped-allergy"]
    return [lie for lie in found if lie not in dropped] + dropped[:1]


def _fate(lie: Lie, version: SummaryVersion, patient_ref: str) -> str:
    if lie.kind == "dropped-allergy":
        return _fate_of_allergy(version, patient_ref)
    return fate_of(lie.said, version)


def fate_of(said: str, version: SummaryVersion) -> str:
    """What became of a statement: "kept out", "finding" (major, on it), "cited wrongly" (a finding
    on it that says where it is true) or "slipped"."""
    wanted = _pattern(said)
    at = [p.index for p in version.content.placed() if wanted.search(p.statement.text)]
    if not at:
        return "kept out"
    doubted = {f.statement_index for f in majors(version)}
    if set(at) <= doubted:
        return "finding"
    seen = doubted | {f.statement_index for f in version.findings if f.check == "citation"}
    return "cited wrongly" if set(at) <= seen else "slipped"


def majors(version: SummaryVersion) -> list[Finding]:
    return [f for f in version.findings if f.severity is Severity.MAJOR]


def _pattern(said: str) -> re.Pattern[str]:
    """The words, with anything where the endpoint saw a mask, whatever the space between; not
    behind the "no" that they were robbed of: there the truth stands."""
    words = (_MASK.sub(".+?", re.escape(word)) for word in said.split())
    return re.compile(r"(?<![Nn]o )(?<!not )" + r"\s+".join(words))


def _fate_of_allergy(version: SummaryVersion, patient_ref: str) -> str:
    (told,) = (story(n) for n in names() if story(n).patient_ref == patient_ref)
    text = version.text.casefold()
    named = [_allergen(a) for a in told.of_type("AllergyIntolerance") if _is_active(a)]
    if all(name in text for name in named):
        return "kept out"
    found = any(f.kind is FindingKind.OMITTED and f.check == "allergy" for f in majors(version))
    return "finding" if found else "slipped"


def _allergen(resource: dict) -> str:
    code = resource.get("code", {})
    name = code.get("text") or code.get("coding", [{}])[0].get("display", "")
    return name.casefold().split()[0] if name else ""


def _is_active(resource: dict) -> bool:
    codings = resource.get("clinicalStatus", {}).get("coding", [])
    wrong = [c.get("code") for c in resource.get("verificationStatus", {}).get("coding", [])]
    return any(c.get("code") == "active" for c in codings) and "entered-in-error" not in wrong


def _example(lie: Lie) -> str:
    return f"“{lie.said}” from “{lie.truth}”"


def _print_bad(fates: dict[str, Counter[str]], examples: dict[str, list[str]]) -> None:
    print(
        "| what was false | bad answers | kept out | major finding | cited wrongly | slipped |\n"
        "|---|---|---|---|---|---|"
    )
    for kind, found in fates.items():
        told = (
            found.total(),
            found["kept out"],
            found["finding"],
            found["cited wrongly"],
            found["slipped"],
        )
        print(f"| {kind} | " + " | ".join(map(str, told)) + " |")
    print(
        f"| all | {sum(f.total() for f in fates.values())} | | | | "
        f"{sum(f['slipped'] for f in fates.values())} |\n"
    )
    for kind, found in examples.items():
        for each in found[:SHOWN]:
            print(f"- {kind}: {each}")


def _tell_good(runs: Bench, wanted: int) -> float:
    """The share of statements of a faithful model that are flagged."""
    answers = stated = redrafted = 0
    flagged: list[Finding] = []
    for seed, (patient_ref, summary_type) in zip(count(1), jobs(), strict=False):
        if answers >= wanted:
            break
        run = runs.run(f"scripted:faithful:{seed}", patient_ref, summary_type)
        answers += len({each.section for each in run.asked})
        stated += len(_of_model(run.version))
        redrafted += run.version.writer.get("redrafted", 0)
        flagged += _flagged(run.version)
    wrong = len({(f.version_id, f.statement_index, f.said) for f in flagged}) + redrafted
    share = wrong / stated if stated else 0.0
    print(
        "\n| faithful answers | statements in the text | flagged | of these before they came "
        "into it | share |\n|---|---|---|---|---|"
    )
    print(f"| {answers} | {stated} | {wrong} | {redrafted} | {share:.1%} |\n")
    for check, number in Counter(f.check for f in flagged).most_common():
        example = next(f for f in flagged if f.check == check)
        print(f"- {check} ({number}): “{example.said[:160]}”: {example.message[:200]}")
    return share


def _of_model(version: SummaryVersion) -> set[int]:
    return {p.index for p in version.content.placed() if "scripted" in p.statement.writer}


def _flagged(version: SummaryVersion) -> list[Finding]:
    """Against a statement of the model, in the text or kept out of it."""
    own = _of_model(version)
    return [
        f
        for f in version.findings
        if (f.statement_index in own or f.check == "dropped") and f.kind is not FindingKind.LANGUAGE
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bad_answers")
    parser.add_argument("--bad", type=int, default=BAD, help="bad answers in all")
    parser.add_argument("--good", type=int, default=GOOD, help="faithful answers in all")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
