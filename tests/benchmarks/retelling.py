"""`python -m tests.benchmarks.retelling`: a model that tells facts in its own words.

Of each story a draft of each type is made twice: by a model that retells the numbered facts
(fhir_fixtures/scripted_model/retelling.py), and by one whose every sentence has one error. *Held
up*: a true sentence that is not in the draft as it was told, or has an open major finding there.
*Caught*: a false one that was kept out with a reason, or has one. The documents have room for all,
so that none counts for being left out for length.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from fhir_fixtures.stories import names, story
from service.drafting.template import Prompt
from service.summary.vocabulary import SummaryType
from tests.benchmarks.bad_answers import fate_of, majors
from tests.benchmarks.model_runs import Bench, Run, bench

SHOWN = 40
MISSED = ("slipped", "cited wrongly", "lost from sight")
HELD_UP, CAUGHT = 0.05, 0.97


def main(arguments: Sequence[str] = ()) -> int:
    options = _parser().parse_args(arguments)
    chosen = options.stories or names()
    with bench() as runs:
        for name in chosen:
            runs.add_chart(story(name).resources, story(name).patient_ref)
        runs.runtime.__dict__["prompts"] = {t: _roomy(p) for t, p in runs.runtime.prompts.items()}
        held_up = _tell_true(runs, chosen, options)
        caught = _tell_false(runs, chosen, options)
    return 0 if held_up <= HELD_UP and caught >= CAUGHT else 1


def _roomy(prompt: Prompt) -> Prompt:
    """With room for all that is told: what a budget leaves out is not held up."""
    meta = prompt.meta.model_copy(update={"words": 5_000})
    return prompt.model_copy(update={"meta": meta})


def _tell_true(runs: Bench, chosen: Sequence[str], options: argparse.Namespace) -> float:
    told, lost = 0, list[str]()
    for run in _runs(runs, "retelling", chosen, options):
        kept_out = [each["said"] for each in run.version.coverage["dropped"]]
        stated = [
            p.statement.text for p in run.version.content.placed() if _is_model(p.statement.writer)
        ]
        told += len(set(stated)) + len(kept_out)
        lost += [f"{d['said']} [{d['reason']}]" for d in run.version.coverage["dropped"]]
        lost += [_found(s, run) for s in set(stated) if fate_of(s, run.version) == "finding"]
    share = len(lost) / told if told else 1.0
    print(f"true statements told {told}, held up {len(lost)}: {share:.1%}")
    _show(lost)
    return share


def _tell_false(runs: Bench, chosen: Sequence[str], options: argparse.Namespace) -> float:
    fates: dict[str, Counter[str]] = {}
    slipped: list[str] = []
    for run in _runs(runs, "mistelling", chosen, options):
        kept_out = {each["said"] for each in run.version.coverage["dropped"]}
        lies = {lie.said: lie for asked in run.asked for lie in asked.lies}
        for said, lie in lies.items():
            fate = _fate(said, kept_out, run)
            fates.setdefault(lie.kind, Counter())[fate] += 1
            slipped += [f"{lie.kind}: {said} (true: {lie.truth})"] if fate in MISSED else []
    for kind, found in sorted(fates.items()):
        print(f"{kind}: {dict(found)}")
    every = sum(each.total() for each in fates.values())
    passed = sum(each[fate] for each in fates.values() for fate in MISSED)
    share = 1 - passed / every if every else 0.0
    print(f"errors planted {every}, caught {every - passed}: {share:.1%}")
    _show(slipped)
    return share


def _fate(said: str, kept_out: set[str], run: Run) -> str:
    if said in kept_out:
        return "kept out"
    fate = fate_of(said, run.version)
    return "lost from sight" if fate == "kept out" else fate


def _runs(runs: Bench, kind: str, chosen: Sequence[str], options: argparse.Namespace) -> list[Run]:
    return [
        runs.run(f"scripted:{kind}:{seed}", story(name).patient_ref, summary_type)
        for seed in options.seeds
        for name in chosen
        for summary_type in options.types or SummaryType
    ]


def _found(said: str, run: Run) -> str:
    """With what the finding on it says."""
    at = {p.index for p in run.version.content.placed() if p.statement.text == said}
    told = (f.message for f in majors(run.version) if f.statement_index in at)
    return f"{said} [{next(told, '')}]"


def _is_model(writer: str) -> bool:
    return "scripted" in writer


def _show(lines: Sequence[str]) -> None:
    for each in lines[:SHOWN]:
        print(f"- {each[:300]}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retelling")
    parser.add_argument("stories", nargs="*")
    parser.add_argument("--types", nargs="*", type=SummaryType)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
