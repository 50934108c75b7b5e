"""`python -m tests.benchmarks.unseen`: notes retold by a reader who has not seen the rules.

Sentences that a careful clinician could write of a note, true and with one thing wrong, written
before the engine was asked. `a` may be read by developers once it was counted; `b` to `e` never
are: they are only counted. *Caught*: share of the false ones answered "contradicted" or
"not-found"; *held up*: of the true ones; *AUC*: how often a true one scores above a false one.
`--list a` prints what is answered wrongly.
"""

import argparse
import json
import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tests.benchmarks.rates import FLAGGED, HEAD, Rates, answer

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "mind-mh-cases" / "cases.json"
PARTS = ("a", "b", "c", "d", "e")
TOPICS = {
    "risk": r"suicid|harm|attempt|overdose|\bdie|dead|risk|violen|homicid|weapon|gun|firearm",
    "allergy": r"allerg|anaphyla|rash|hives|reaction",
    "medicine": r"\bmg\b|mcg|dose|medic|tablet|pill|started|stopped|takes|taking|increase|lithium"
    r"|sertraline|olanzapine|clozapine|quetiapine|injection|prescri",
}


def main() -> int:
    asked = argparse.ArgumentParser(description="Unseen notes retold, true and false.")
    asked.add_argument("--list", choices=("a",), help="print what this part gets wrong")
    asked.add_argument("--part", choices=PARTS, help="only this part")
    options = asked.parse_args()
    print(f"| part | {HEAD} |\n|---|---|---|---|---|---|")
    for part in (options.part,) if options.part else PARTS:
        answers = rated(part)
        print(f"| {part} | {answers.cells()} |")
        for topic, words in TOPICS.items():
            print(f"| {part}: {topic} | {about(answers, words).cells()} |")
        if part == options.list:
            print_wrong(answers)
    return 0


def rated(part: str) -> Rates:
    found = Rates()
    for chart in charts(part):
        source = {"id": chart["name"], "text": chart["source"], "date": chart["date"]}
        found.true += [answer([source], each) for each in chart["true"]]
        found.false += [answer([source], each) for each in chart["false"]]
    return found


def about(answers: Rates, words: str) -> Rates:
    said = re.compile(words, re.IGNORECASE)
    return Rates(
        [a for a in answers.true if said.search(a["text"])],
        [a for a in answers.false if said.search(a["text"])],
    )


def charts(part: str) -> list[dict[str, Any]]:
    told = tomllib.loads((DATA / f"unseen_{part}.toml").read_text(encoding="utf-8"))["charts"]
    return [found for each in told if (found := _with_source(each))]


def _with_source(chart: dict[str, Any]) -> dict[str, Any] | None:
    """The chart with its note; None where the note is third-party data that is not here."""
    if "shared" not in chart:
        return chart
    note = _shared().get(chart["shared"])
    return chart | {"source": note} if note else None


@cache
def _shared() -> dict[str, str]:
    if not SHARED.exists():
        print("(mind-mh-cases is not beside the project: its notes are left out)", file=sys.stderr)
        return {}
    cases = json.loads(SHARED.read_text(encoding="utf-8"))
    return {
        f"{case['case']}/{each['encounter_id']}": each["clinical_note"]
        for case in cases
        for each in case["encounters"]
        if each.get("clinical_note")
    }


def print_wrong(answers: Rates) -> None:
    for side, wrong in (("true", True), ("false", False)):
        for each in getattr(answers, side):
            if (each["support"] in FLAGGED) == wrong:
                told = "; ".join(
                    f"{r['check']}: {r['said']} / {r['source']}" for r in each["reasons"]
                )
                print(f"- {side}, {each['support']} {each['score']:.2f}: {each['text']} [{told}]")


if __name__ == "__main__":
    sys.exit(main())
