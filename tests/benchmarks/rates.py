"""What several benchmarks count: shares caught and held up, and the area under the curve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypedDict

from service.retrieval.minilm import MiniLM
from service.verification.bearing.closest import Embed
from service.verification.check import check_text
from service.verification.entailment import SMALL
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Scorer

FLAGGED = ("contradicted", "not-found")


@dataclass
class Rates:
    """Answers to true and to false statements. `caught`: share of the false that are flagged;
    `held_up`: of the true; `auc`: how often a true one scores above a false one (ties half)."""

    true: list[dict[str, Any]] = field(default_factory=list)
    false: list[dict[str, Any]] = field(default_factory=list)

    @property
    def caught(self) -> float:
        return _share(self.false)

    @property
    def held_up(self) -> float:
        return _share(self.true)

    @property
    def auc(self) -> float:
        return auc([a["score"] for a in self.true], [a["score"] for a in self.false])

    def cells(self) -> str:
        return (
            f"{len(self.false)} | {self.caught:.3f} | {len(self.true)} | {self.held_up:.3f} "
            f"| {self.auc:.3f}"
        )


HEAD = "false | caught | true | held up | AUC"


def _share(answers: Sequence[dict[str, Any]]) -> float:
    return sum(a["support"] in FLAGGED for a in answers) / len(answers) if answers else 0.0


def auc(true: Sequence[float], false: Sequence[float]) -> float:
    """Of all pairs, the share in which the true one scores higher (Mann-Whitney)."""
    if not true or not false:
        return 0.0
    won = sum((t > f) + 0.5 * (t == f) for t in true for f in false)
    return won / (len(true) * len(false))


class Shipped(TypedDict):
    """As `check_text` takes them."""

    scorer: Scorer
    embed: Embed


@cache
def shipped() -> Shipped:
    """What is in force unless a setting says otherwise."""
    return {"scorer": OnnxScorer(SMALL), "embed": MiniLM().embed}


def answer(sources: Iterable[dict[str, str]], statement: str) -> dict[str, Any]:
    """The lowest of the statements that a sentence is read as."""
    found = check_text(list(sources), statement, **shipped())["statements"]
    return min(found, key=lambda each: each["score"])
