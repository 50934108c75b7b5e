"""The weights of the weighing, fitted: `python -m tests.scorer.weigh`, the last step of `make
scorer`.

Each statement of the charts that the scorer was not trained on, true or false, with copies of the
chart's own sentences, reworded by rule, and with a planted error. Weights for copies and for
retellings are fitted at once, each row counting for both as far as it is a copy (weigh.py). Each
part is judged on charts apart from those it is fitted on (five parts in turn); `enough` are the
probabilities that hold up HELD_UP of the true statements. "unscored": the same of all charts,
without a scorer's answers.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from service.reading.read import read_statement, read_text
from service.retrieval.minilm import MiniLM
from service.verification.bearing import asked
from service.verification.bearing.altered import altered
from service.verification.bearing.closest import Closest
from service.verification.bearing.features import Numbers, numbers
from service.verification.bearing.judge import Judged, judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text
from service.verification.bearing.weigh import share_copied
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
ROUNDS = 5  # of copies of one chart
# Of what is retold all that tells in English: the scorer, what is refuted, values. Of a copy all.
RETOLD = ("refuted", "values placed", "values lost")
HELD_UP = (0.22, 0.01)  # of true retellings (the written charts are harder than use), of copies
PENALTY = 100.0  # keeps weights small that say the same


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
    scorer = OnnxScorer(SMALL)
    aside = [row for chart in known if chart.is_aside for row in rows(chart, scorer)]
    plain = [row for chart in known for row in rows(chart, None, rounds=1)]
    kept = {
        "fitted": datetime.now(UTC).date().isoformat(),
        "scored": fitted("scored", (*RETOLD, *asked.NAMES), aside),
        "unscored": fitted("unscored", tuple(plain[0].told), plain),
    }
    options.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def copies(chart: Chart, round_: int = 0) -> list[tuple[str, bool]]:
    """Its own sentences, reworded by rule, and with one planted error each."""
    rng = random.Random(f"{chart.name}{round_ or ''}")
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


def rows(chart: Chart, scorer: Scorer | None, rounds: int = ROUNDS) -> Iterator[Row]:
    made = dict.fromkeys(each for n in range(rounds) for each in copies(chart, n))
    stated = [*((said, label == 0) for said, label in chart.stated), *made]
    pool, found = read_beside(chart, [said for said, _ in stated])
    answers: list[dict[str, float]] = [{}] * len(stated)
    if scorer is not None:
        answers = asked.answers(found, Closest(pool, MINILM.embed), scorer)
    for one, each, (_, is_true) in zip(found, answers, stated, strict=True):
        yield Row(chart.name, numbers(one, altered(one), each), is_true)


def judged(chart: Chart) -> tuple[Pool, list[Judged]]:
    return read_beside(chart, [said for said, _ in chart.stated])


def read_beside(chart: Chart, statements: list[str]) -> tuple[Pool, list[Judged]]:
    pool = Pool([of_text(chart.name, chart.source, chart.date)])
    return pool, [judge(read_statement(said, on=chart.date), pool) for said in statements]


def fitted(name: str, retold: tuple[str, ...], rows: list[Row]) -> dict[str, object]:
    """The weights as they are kept, after printing how they do on charts apart."""
    copied = tuple(rows[0].told)
    share = np.array([share_copied(row.told) for row in rows])
    table = np.c_[
        _table(rows, copied) * share[:, None], share, _table(rows, retold) * (1 - share)[:, None]
    ]
    true = np.array([row.is_true for row in rows])
    apart = _apart(table, true, [row.chart for row in rows])
    enough = [
        round(float(np.quantile(apart[true & part], held)), 4)
        for part, held in zip((share == 0, share == 1), HELD_UP, strict=True)
    ]
    passes = (1 - share) * enough[0] + share * enough[1]
    for part, which in ((share < 0.5, "retold"), (share >= 0.5, "copied")):
        print(
            f"{name}, {which}: {part.sum()} statements, AUC "
            f"{auc(apart[true & part].tolist(), apart[~true & part].tolist()):.3f}, caught "
            f"{(apart < passes)[~true & part].mean():.3f}, "
            f"held up {(apart < passes)[true & part].mean():.3f}"
        )
    weights, offset = fit(table, true, PENALTY)
    cut = len(copied)
    return {
        "copied": _told((*copied, "offset"), [*weights[:cut], weights[cut] + offset]),
        "retold": _told((*retold, "offset"), [*weights[cut + 1 :], offset]),
        "enough": enough,
    }


def _table(rows: list[Row], names: Sequence[str]) -> np.ndarray:
    return np.array([[row.told[name] for name in names] for row in rows])


def _told(names: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def _apart(table: np.ndarray, true: np.ndarray, charts: list[str]) -> np.ndarray:
    """The probability of each row by weights fitted on other charts."""
    order = {name: n for n, name in enumerate(dict.fromkeys(charts))}
    part = np.array([order[name] % PARTS for name in charts])
    apart = np.zeros(len(true))
    for each in range(PARTS):
        weights, offset = fit(table[part != each], true[part != each], PENALTY)
        apart[part == each] = _probable(table[part == each] @ weights + offset)
    return apart


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
