"""`python -m tests.benchmarks.retold`: charts retold in sentences of a reader's own.

Ten sources (notes of different hands, conversations, records) with what a reader could write of
them, true and false, all written by hand before the engine was asked. *False flagged*, *true
flagged*: share of the false and of the true statements that are answered "contradicted" or
"not-found".
The misses of every part were read in the end. What unseen text would do is told by the first sight
of parts c and d, 125 false and 124 true: 0.768 and 0.532 were flagged. `--list` prints what a part
gets wrong.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.verification.check import check_text
from tests.benchmarks.rates import shipped

CHARTS = Path(__file__).parent / "data" / "retold.toml"
PARTS = ("a", "b", "c", "d")
FLAGGED = ("contradicted", "not-found")


def main() -> int:
    asked = argparse.ArgumentParser(description="Charts retold, true and false.")
    asked.add_argument("--list", choices=PARTS, help="print what this part gets wrong")
    options = asked.parse_args()
    charts = tomllib.loads(CHARTS.read_text(encoding="utf-8"))["charts"]
    print("| part | false | flagged | true | flagged |\n|---|---|---|---|---|")
    for part in PARTS:
        print(_row(part, [each for each in charts if each["part"] == part]))
    for chart in charts:
        if chart["part"] == options.list:
            print("", f"{chart['name']}:", *_wrong(chart), sep="\n")
    return 0


def _row(part: str, charts: list[dict[str, Any]]) -> str:
    counted = [
        (len(chart[side]), len(list(_flagged(chart, side))))
        for side in ("false", "true")
        for chart in charts
    ]
    cut = len(charts)
    cells = []
    for side in (counted[:cut], counted[cut:]):
        told, flagged = (sum(column) for column in zip(*side, strict=True))
        cells += [str(told), f"{flagged / told:.3f}"]
    return f"| {part} | {' | '.join(cells)} |"


def _flagged(chart: dict[str, Any], side: str) -> Iterator[dict[str, Any]]:
    yield from (each for each in map(_answer, *_told(chart, side)) if each["support"] in FLAGGED)


def _told(chart: dict[str, Any], side: str) -> tuple[list[dict[str, Any]], list[str]]:
    return [chart] * len(chart[side]), chart[side]


def _answer(chart: dict[str, Any], statement: str) -> dict[str, Any]:
    """The lowest of the statements that the sentence is read as."""
    source = {"id": chart["name"], "text": chart["source"], "date": chart["date"]}
    return min(
        check_text([source], statement, **shipped())["statements"],
        key=lambda each: each["score"],
    )


def _wrong(chart: dict[str, Any]) -> Iterator[str]:
    for each in _flagged(chart, "true"):
        yield f"- true, {each['support']}: {each['text']} {_reasons(each)}"
    for statement in chart["false"]:
        answer = _answer(chart, statement)
        if answer["support"] not in FLAGGED:
            yield f"- false, {answer['support']}: {statement}"


def _reasons(answer: dict[str, Any]) -> str:
    return "; ".join(f"{r['check']}: {r['said']} / {r['source']}" for r in answer["reasons"])


if __name__ == "__main__":
    sys.exit(main())
