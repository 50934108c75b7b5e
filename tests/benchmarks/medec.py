"""`python -m tests.benchmarks.medec`: pairs of a right and a wrong sentence for one text.

Reads the minimal pairs of MEDEC's validation set where that data lies beside the project. *Order*:
share of pairs whose right sentence has the higher score. *Wrong flagged*, *right flagged*: share of
wrong and of right sentences that are not answered "supported". The right sentences are the text's
own words, so the table gives them also reworded, by rules that know nothing of the engine: `loose`
drops articles and auxiliaries and lower-cases, `turned` moves the last phrase to the front,
`written` trades abbreviations, numbers and spelling. `--list` prints the pairs it gets wrong.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from service.verification.check import check_text
from tests.benchmarks.paraphrase import loose, turned, written
from tests.benchmarks.rates import shipped

PAIRS = Path(__file__).parents[3] / "shared/data/medec-validation/minimal_pairs_validation.jsonl"
FORMS: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "loose": loose,
    "turned": turned,
    "written": written,
}


def main() -> int:
    asked = argparse.ArgumentParser(description="Right and wrong sentences of MEDEC.")
    asked.add_argument("--list", action="store_true", help="print the pairs that it gets wrong")
    asked.add_argument("--form", choices=FORMS, help="only this form")
    options = asked.parse_args()
    if not PAIRS.exists():
        print("The MEDEC pairs do not lie beside the project; nothing was measured.")
        return 0
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    print("| form | pairs | order | wrong flagged | right flagged |\n|---|---|---|---|---|")
    for name, form in FORMS.items():
        if options.form in (None, name):
            print(_row(name, [_answers(pair, form) for pair in pairs], listed=options.list))
    return 0


def _answers(pair: dict[str, Any], form: Callable[[str], str]) -> tuple[dict[str, Any], ...]:
    source = [{"id": pair["id"], "text": pair["source_text"]}]
    told = (form(pair["supported_statement"]), form(pair["contradicted_statement"]))
    return tuple(_worst(check_text(source, each, **shipped())["statements"]) for each in told)


def _worst(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """A sentence may be read as two: the lower score stands for it."""
    return min(statements, key=lambda each: each["score"])


def _row(name: str, answers: list[tuple[dict[str, Any], ...]], *, listed: bool) -> str:
    order = sum(right["score"] > wrong["score"] for right, wrong in answers)
    right_flagged = [right for right, _ in answers if right["support"] != "supported"]
    missed = [wrong for _, wrong in answers if wrong["support"] == "supported"]
    for line in _lines(right_flagged, missed) if listed else ():
        print(line)
    count = len(answers)
    return (
        f"| {name} | {count} | {order / count:.3f} | {1 - len(missed) / count:.3f} "
        f"| {len(right_flagged) / count:.3f} |"
    )


def _lines(alarms: list[dict[str, Any]], missed: list[dict[str, Any]]) -> Iterator[str]:
    for each in missed:
        source = each["evidence"][0]["quote"] if each["evidence"] else ""
        yield f"MISSED {each['text']} | {source}"
    for each in alarms:
        yield f"ALARM {each['text']} | {each['reasons']} | {[e['quote'] for e in each['evidence']]}"


if __name__ == "__main__":
    sys.exit(main())
