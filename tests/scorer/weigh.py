"""The weights of the weighing, fitted: `python -m tests.scorer.weigh`, the last step of `make
scorer`.

"typed" is fitted on all written charts; "scored" on those that the scorer was not trained on. Both
are judged on charts apart from those they are fitted on (five parts in turn); `enough` is the
probability that holds up HELD_UP of the true statements.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from service.reading.read import read_statement, read_text
from service.retrieval.minilm import MiniLM
from service.verification.bearing import asked, features
from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import Judged, judge
from service.verification.bearing.pool import Pool, Source
from service.verification.entailment import SMALL
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Scorer
from tests.benchmarks.rates import auc
from tests.scorer.charts import Chart, charts

OUT = Path(__file__).parents[2] / "service" / "verification" / "data" / "weights.json"
HELD_UP = 0.10
PARTS = 5
MINILM = MiniLM()
PENALTY = 3.0  # keeps weights of features that say the same small


def main() -> int:
    asked_for = argparse.ArgumentParser(description="Fit the weighing.")
    asked_for.add_argument("--out", type=Path, default=OUT)
    options = asked_for.parse_args()
    known = list(charts())
    kept = {
        "reason": "Logistic regression over the features of bearing/; fitted by `make scorer`.",
        "fitted": date.today().isoformat(),  # noqa: DTZ011
        "typed": fitted("typed", features.NAMES, known, None),
    }
    if (SMALL / "model.onnx").is_file():
        names = (*features.NAMES, *asked.NAMES)
        aside = [chart for chart in known if chart.is_aside]
        kept["scored"] = fitted("scored", names, aside, OnnxScorer(SMALL))
    options.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def fitted(
    kind: str, names: Iterable[str], known: list[Chart], scorer: Scorer | None
) -> dict[str, object]:
    """The weights as they are kept, after printing how they do on charts apart."""
    tables = [rows(chart, scorer) for chart in known]
    answers = [np.array([label == 0 for _, label in chart.stated], float) for chart in known]
    apart = np.concatenate([_apart(tables, answers, part) for part in range(PARTS)])
    true = np.concatenate([np.concatenate(answers[part::PARTS]) for part in range(PARTS)]) > 0
    enough = float(np.quantile(apart[true], HELD_UP))
    print(
        f"{kind}: {len(true)} statements of {len(known)} charts, AUC "
        f"{auc(apart[true].tolist(), apart[~true].tolist()):.3f}, caught "
        f"{(apart[~true] < enough).mean():.3f} at {HELD_UP} held up"
    )
    weights, offset = fit(np.concatenate(tables), np.concatenate(answers))
    return {
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
        "offset": round(float(offset), 4),
        "enough": round(enough, 4),
    }


def rows(chart: Chart, scorer: Scorer | None) -> np.ndarray:
    pool, found = judged(chart)
    table = np.array([features.features(each) for each in found])
    if scorer is None:
        return table
    return np.concatenate(
        [table, np.array(asked.answers(found, Closest(pool, MINILM.embed), scorer))], axis=1
    )


def judged(chart: Chart) -> tuple[Pool, list[Judged]]:
    source = Source(chart.name, chart.source, read_text(chart.source, on=chart.date), chart.date)
    pool = Pool([source])
    return pool, [judge(read_statement(said, on=chart.date), pool) for said, _ in chart.stated]


def _apart(tables: list[np.ndarray], answers: list[np.ndarray], part: int) -> np.ndarray:
    """The probabilities of every PARTS-th chart by weights fitted on the others."""
    others = [n for n in range(len(tables)) if n % PARTS != part]
    weights, offset = fit(
        np.concatenate([tables[n] for n in others]), np.concatenate([answers[n] for n in others])
    )
    return _probable(np.concatenate(tables[part::PARTS]) @ weights + offset)


def fit(table: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, float]:
    """Penalised logistic regression by Newton's method, over standardised columns."""
    mean, width = table.mean(axis=0), table.std(axis=0) + 1e-6
    rows = np.c_[(table - mean) / width, np.ones(len(table))]
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        likely = _probable(rows @ found)
        slope = rows.T @ (likely - answers) + PENALTY * found
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows
        found -= np.linalg.solve(curve + PENALTY * np.eye(len(found)), slope)
    weights = found[:-1] / width
    return weights, float(found[-1] - weights @ mean)


def _probable(raised: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-raised))


if __name__ == "__main__":
    sys.exit(main())
