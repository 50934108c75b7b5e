"""`python -m tests.benchmarks.mts_dialog`: do our scores agree with people's?

400 machine summaries of short doctor-patient dialogues, each judged by people for the share of its
facts that are right (precision) and of the reference's facts that it has (recall). Printed is
Spearman's rank correlation with them: ours, ROUGE-L (longest common subsequence of words) and
word overlap (multiset), each on the same rows and the same text. *dialogue*: the source is the
dialogue, as in use. *reference*: the source is the human summary, which a check never has.

`completeness` is that of check_text; `mean` and `least` are of its statements' scores, `doubt` is
minus the sum of what they lack to 1. `short source` and `short summary` are minus their number of
words: what is short has less to miss and less to err in, so a score that is no better than these
measures nothing. Both halves have been looked at in development; weights were chosen on the even
rows, so the odd rows estimate unseen ones better, but are not held out.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.verification.check import check_text

ROWS = Path(__file__).parents[3] / "shared/data/mts-dialog/correlation_study_joined.jsonl"
SOURCES = {"dialogue": "dialogue", "reference": "reference_summary"}


@dataclass(frozen=True)
class Scores:
    """The scores of one summary by name."""

    recall: dict[str, float]
    precision: dict[str, float]


def scores(source: str, summary: str) -> Scores:
    answer = check_text([{"id": "source", "text": source}], summary)
    stated = [each["score"] for each in answer["statements"]] or [0.0]
    lcs, words = _lcs(source, summary), _overlap(source, summary)
    return Scores(
        {
            "completeness": answer["completeness"],
            "short source": -float(len(_words(source))),
            "short summary": -float(len(_words(summary))),
            "ROUGE-L recall": lcs[0],
            "ROUGE-L F": lcs[2],
            "overlap recall": words[0],
            "overlap F": words[2],
        },
        {
            "mean": sum(stated) / len(stated),
            "least": min(stated),
            "doubt": sum(stated) - len(stated),
            "short source": -float(len(_words(source))),
            "short summary": -float(len(_words(summary))),
            "ROUGE-L precision": lcs[1],
            "ROUGE-L F": lcs[2],
            "overlap precision": words[1],
            "overlap F": words[2],
        },
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _lcs(source: str, summary: str) -> tuple[float, float, float]:
    """ROUGE-L's recall, precision and F1 (Lin 2004), without stemming."""
    a, b = _words(source), _words(summary)
    row = [0] * (len(b) + 1)
    for word in a:
        new = [0]
        for n, other in enumerate(b):
            new.append(row[n] + 1 if word == other else max(row[n + 1], new[n]))
        row = new
    return _rates(row[-1], len(a), len(b))


def _overlap(source: str, summary: str) -> tuple[float, float, float]:
    a, b = Counter(_words(source)), Counter(_words(summary))
    return _rates((a & b).total(), a.total(), b.total())


def _rates(common: int, source: int, summary: int) -> tuple[float, float, float]:
    recall, precision = common / max(1, source), common / max(1, summary)
    return recall, precision, 2 * recall * precision / ((recall + precision) or 1)


def spearman(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Rank correlation, ties at their mean rank; 0 where either does not vary."""
    a, b = _ranks(ours), _ranks(theirs)
    mean = (len(a) + 1) / 2
    spread = [sum((x - mean) ** 2 for x in ranks) for ranks in (a, b)]
    common = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    return float(common / (spread[0] * spread[1]) ** 0.5) if all(spread) else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    first = {value: order.index(value) for value in set(order)}
    counts = Counter(order)
    return [first[value] + (counts[value] + 1) / 2 for value in values]


def main() -> int:
    if not ROWS.is_file():
        print(f"Skipped: {ROWS.name} (third-party data beside the project) is not on this machine.")
        return 0
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    print("| source | agreement with | score | even rows | odd rows | all |")
    print("|---|---|---|---|---|---|")
    for name, key in SOURCES.items():
        found = [scores(row[key], row["automatic_summary"]) for row in rows]
        _print(name, "FactualRecall", rows, [each.recall for each in found])
        _print(name, "FactualPrecision", rows, [each.precision for each in found])
    return 0


def _print(
    source: str, human: str, rows: list[dict[str, Any]], found: list[dict[str, float]]
) -> None:
    for name in found[0]:
        parts: list[Callable[[int], bool]] = [
            lambda n: n % 2 == 0,
            lambda n: n % 2 == 1,
            lambda n: True,
        ]
        figures = [
            spearman(
                [each[name] for n, each in enumerate(found) if part(n)],
                [row[human] for n, row in enumerate(rows) if part(n)],
            )
            for part in parts
        ]
        print(f"| {source} | {human} | {name} | " + " | ".join(f"{f:.3f}" for f in figures) + " |")


if __name__ == "__main__":
    sys.exit(main())
