"""The weights of the weighing, fitted: `python -m tests.scorer.weigh`, the last step of `make
scorer`.

"copied": statements that have nearly all their words of one unit, of all charts, with copies and
planted errors. "retold": the others, of the charts that the scorer was not trained on. Each is
judged on charts apart from those it is fitted on (five parts in turn); `enough` is the probability
that holds up HELD_UP of the true statements.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from service.reading.read import read_statement, read_text
from service.retrieval.minilm import MiniLM
from service.verification import lexical
from service.verification.bearing import asked
from service.verification.bearing.closest import Closest
from service.verification.bearing.features import Numbers, numbers
from service.verification.bearing.judge import Judged, judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text
from service.verification.bearing.weigh import COPIED
from service.verification.check import compared_by_words
from service.verification.entailment import SMALL
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Scorer
from tests.benchmarks.errors import KINDS
from tests.benchmarks.paraphrase import loose, turned, written
from tests.benchmarks.rates import auc
from tests.scorer.charts import Chart, charts

OUT = Path(__file__).parents[2] / "service" / "verification" / "data" / "weights.json"
PARTS = 5
MINILM = MiniLM()
SHORTEST, LONGEST = 25, 220  # characters of a unit that is copied
COPIES, ERRORS, REWORDED = 4, 6, 3  # of a chart
# What each weighing weighs, the share of true statements that it may hold up on the written
# charts (they are harder than notes in use), and how small it keeps weights that say the same.
FIRST = ("first: supported", "first: contradicted", "copied")
VALUES = ("values placed", "values lost")
RETOLD = ("refuted", *VALUES, *FIRST)
HELD_UP = {"copied": 0.06, "retold": 0.25}
PENALTY = {"copied": 3.0, "retold": 100.0}


class Row(NamedTuple):
    """A statement of a chart as numbers, and whether it is true."""

    chart: str
    told: Numbers
    is_true: bool


def main() -> int:
    asked_for = argparse.ArgumentParser(description="Fit the weighing.")
    asked_for.add_argument("--out", type=Path, default=OUT)
    options = asked_for.parse_args()
    known = list(charts())
    plain = [row for chart in known for row in rows(chart, None, also=copies(chart))]
    near = [row for row in plain if row.told["copied"] >= COPIED]
    kept: dict[str, object] = {"fitted": datetime.now(UTC).date().isoformat()}
    kept["copied"] = fitted("copied", tuple(near[0].told), near)
    scorer = OnnxScorer(SMALL)
    aside = [row for chart in known if chart.is_aside for row in rows(chart, scorer)]
    retold = [row for row in aside if row.told["copied"] < COPIED]
    kept["retold"] = fitted("retold", (*RETOLD, *asked.NAMES), retold)
    options.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def copies(chart: Chart) -> list[tuple[str, bool]]:
    """Its own sentences, reworded by rule, and with one planted error each."""
    rng = random.Random(chart.name)
    source = read_text(chart.source, on=chart.date)
    found = [chart.source[u.place.start : u.place.end].strip() for u in source.structure.units]
    units = [each for each in found if SHORTEST <= len(each) <= LONGEST]
    forms = (loose, turned, written)
    true = [*_some(units, COPIES, rng)]
    true += [rng.choice(forms)(each) for each in _some(units, REWORDED, rng)]
    wrong = [
        (KINDS[rng.choice(list(KINDS))](each, rng), each) for each in _some(units, ERRORS, rng)
    ]
    altered = [(made, False) for made, each in wrong if made and made != each]
    return [*((each, True) for each in true), *altered]


def _some(units: list[str], most: int, rng: random.Random) -> list[str]:
    return rng.sample(units, min(most, len(units)))


def rows(
    chart: Chart, scorer: Scorer | None, also: list[tuple[str, bool]] | None = None
) -> Iterator[Row]:
    stated = [*((said, label == 0) for said, label in chart.stated), *(also or ())]
    pool, found = read_beside(chart, [said for said, _ in stated])
    index = lexical.Sentences([lexical.Source(chart.name, chart.source, chart.date)])
    first = [compared_by_words(0, said, index) for said, _ in stated]
    answers: list[dict[str, float]] = [{}] * len(stated)
    if scorer is not None:
        answers = asked.answers(found, Closest(pool, MINILM.embed), scorer)
    for one, before, each, (_, is_true) in zip(found, first, answers, stated, strict=True):
        yield Row(chart.name, numbers(one, before, each), is_true)


def judged(chart: Chart) -> tuple[Pool, list[Judged]]:
    return read_beside(chart, [said for said, _ in chart.stated])


def read_beside(chart: Chart, statements: list[str]) -> tuple[Pool, list[Judged]]:
    pool = Pool([of_text(chart.name, chart.source, chart.date)])
    return pool, [judge(read_statement(said, on=chart.date), pool) for said in statements]


def fitted(kind: str, names: tuple[str, ...], rows: list[Row]) -> dict[str, object]:
    """The weights as they are kept, after printing how they do on charts apart."""
    table = np.array([[row.told[name] for name in names] for row in rows])
    true = np.array([row.is_true for row in rows])
    order = {name: n for n, name in enumerate(dict.fromkeys(row.chart for row in rows))}
    part = np.array([order[row.chart] % PARTS for row in rows])
    apart = np.zeros(len(rows))
    for each in range(PARTS):
        weights, offset = fit(table[part != each], true[part != each], PENALTY[kind])
        apart[part == each] = _probable(table[part == each] @ weights + offset)
    enough = float(np.quantile(apart[true], HELD_UP[kind]))
    print(
        f"{kind}: {len(rows)} statements of {len(order)} charts, AUC "
        f"{auc(apart[true].tolist(), apart[~true].tolist()):.3f}, caught "
        f"{(apart[~true] < enough).mean():.3f} at {HELD_UP[kind]} held up"
    )
    weights, offset = fit(table, true, PENALTY[kind])
    return {
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
        "offset": round(float(offset), 4),
        "enough": round(enough, 4),
    }


def fit(table: np.ndarray, answers: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """Penalised logistic regression by Newton's method, over standardised columns."""
    mean, width = table.mean(axis=0), table.std(axis=0) + 1e-6
    rows = np.c_[(table - mean) / width, np.ones(len(table))]
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        likely = _probable(rows @ found)
        slope = rows.T @ (likely - answers) + penalty * found
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows
        found -= np.linalg.solve(curve + penalty * np.eye(len(found)), slope)
    weights = found[:-1] / width
    return weights, float(found[-1] - weights @ mean)


def _probable(raised: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-raised))


if __name__ == "__main__":
    sys.exit(main())
