"""`python -m tests.scorer.refuted`: what typed comparison holds against the written charts.

For each check: how many of the true, contradicted and unstated statements it refutes, and how many
times likelier a contradicted one is refuted than a true one. `--check NAME` lists true statements
that it refutes wrongly (a misread source or statement); `--missed` lists contradicted ones that
nothing refutes.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator

from service.verification.bearing.judge import Compared, Judged
from tests.scorer.charts import LABELS, charts
from tests.scorer.weigh import judged

Row = tuple[int, str, Judged]


def main() -> int:
    asked = argparse.ArgumentParser(description="What typed comparison refutes, and how rightly.")
    asked.add_argument("--check", help="list true statements that this check refutes")
    asked.add_argument("--missed", action="store_true", help="list contradicted, not refuted ones")
    asked.add_argument("--files", default="", help="only charts whose name has this in it")
    asked.add_argument("--most", type=int, default=40)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    rows = [row for row in _rows() if options.files in row[1]]
    print_shares(rows)
    random.Random(options.seed).shuffle(rows)
    listed = (
        _wrong(rows, options.check) if options.check else _missed(rows) if options.missed else ()
    )
    for _, line in zip(range(options.most), listed, strict=False):
        print(line)
    return 0


def _rows() -> Iterator[Row]:
    for chart in charts():
        for each, (_, label) in zip(judged(chart)[1], chart.stated, strict=True):
            yield label, chart.name, each


def print_shares(rows: list[Row]) -> None:
    total = Counter(label for label, *_ in rows)
    found: Counter[tuple[str, int]] = Counter()
    for label, _, each in rows:
        refuted = {check for c in each.compared if c.is_refuted for check in c.checks}
        for check in refuted | ({"any"} if refuted else set()):
            found[check, label] += 1
    print(f"| check | {' | '.join(LABELS)} | times likelier |\n|---|---|---|---|---|")
    for check in sorted({name for name, _ in found}):
        counts = [found[check, label] for label in range(len(LABELS))]
        times = (counts[1] / total[1]) / ((counts[0] + 0.5) / total[0])
        print(f"| {check} | {' | '.join(map(str, counts))} | {times:.2f} |")
    print(f"of {dict(total)}")


def _wrong(rows: list[Row], check: str) -> Iterator[str]:
    for label, name, each in rows:
        for c in each.compared:
            if label == 0 and c.is_refuted and check in c.checks:
                yield f"- {each.reading.text}\n    {_told(c)}  ({name})"
                break


def _told(c: Compared) -> str:
    assert c.against is not None
    mine, theirs = _sense(c.said), _sense(c.against.assertion)
    held = c.against.held.text[:160].replace("\n", " / ")
    return f"[{c.said.concept.key}] {c.checks}: said {mine}; held {theirs} << {held}"


def _sense(a) -> str:
    values = [(v.what, v.value) for v in a.values]
    return f"{a.polarity} {a.certainty} {a.time} {a.subject} {a.act or '-'} {values}"


def _missed(rows: list[Row]) -> Iterator[str]:
    for label, name, each in rows:
        if label == 1 and not any(c.is_refuted for c in each.compared):
            near = each.near[0][0].text[:160].replace("\n", " / ") if each.near else ""
            yield f"- {each.reading.text}\n    << {near}  ({name})"


if __name__ == "__main__":
    sys.exit(main())
