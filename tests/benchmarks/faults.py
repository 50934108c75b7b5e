"""`python -m tests.benchmarks.faults`: small cases after public faults of tools of this kind.

Each has sources, a summary and what every statement must get. `public` lies beside the project and
may be read; `own` was written by somebody who had not seen the rules and may be read once counted;
`kept` and `third` to `sixth`, by five others, are only counted. *Caught*: share of the
wrong statements flagged; *held up*: of the right ones. `--list PART` prints what is answered
wrongly.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.verification.check import check_text
from tests.benchmarks.rates import FLAGGED, HEAD, Rates, shipped

DATA = Path(__file__).parent / "data"
FILES = {
    "public": Path(__file__).parents[3] / "shared" / "data" / "public-faults" / "cases.jsonl",
    "own": DATA / "fault_cases.jsonl",
    "kept": DATA / "fault_cases_kept.jsonl",
    "third": DATA / "fault_cases_third.jsonl",
    "fourth": DATA / "fault_cases_fourth.jsonl",
    "fifth": DATA / "fault_cases_fifth.jsonl",
    "sixth": DATA / "fault_cases_sixth.jsonl",
}


def main() -> int:
    asked = argparse.ArgumentParser(description="Small cases after public faults.")
    asked.add_argument("--list", choices=("public", "own"), help="print what is answered wrongly")
    asked.add_argument("--part", choices=tuple(FILES), help="only this part")
    options = asked.parse_args()
    print(f"| part | {HEAD} |\n|---|---|---|---|---|---|")
    wrong: list[str] = []
    for part in (options.part,) if options.part else FILES:
        if not FILES[part].exists():
            print(f"| {part} | its file is not here | | | | |")
            continue
        rates, found = rated(part)
        wrong += found if part == options.list else []
        print(f"| {part} | {rates.cells()} |")
    print(*sorted(wrong), sep="\n")
    return 0


def rated(part: str) -> tuple[Rates, list[str]]:
    rates, wrong = Rates(), []
    for case in cases(part):
        for want, got in answers(case):
            (rates.true if want == "supported" else rates.false).append(got)
            if (got["support"] in FLAGGED) != (want == "flagged"):
                wrong.append(_told(case, want, got))
    return rates, wrong


def cases(part: str) -> Iterator[dict[str, Any]]:
    for line in FILES[part].read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if "statements" in case:
            yield case
        elif case["kind"] == "check" and "statements" in case["expected"]:
            inside = {"summary_type": case["input"].get("type")}
            yield case | case["input"] | inside | {"statements": case["expected"]["statements"]}


def answers(case: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each statement must get, with the lowest answer to the sentences it was read as."""
    found = check_text(case["sources"], case["summary"], **shipped())["statements"]
    at = 0
    for wanted in case["statements"]:
        start = case["summary"].find(wanted["text"], at)
        at = start + len(wanted["text"]) if start >= 0 else at
        here = [a for a in found if start <= a["start"] < at]
        if here:
            yield wanted["want"], min(here, key=lambda each: each["score"])


def _told(case: dict[str, Any], want: str, got: dict[str, Any]) -> str:
    reasons = "; ".join(f"{r['check']}: {r['said']} / {r['source']}" for r in got["reasons"])
    sources = " || ".join(s["text"] for s in case["sources"])
    return (
        f"{case['category']} | {case['id']} | want {want}, got {got['support']} "
        f"{got['score']:.2f}: {got['text']} [{reasons}] << {sources!r}"
    )


if __name__ == "__main__":
    sys.exit(main())
