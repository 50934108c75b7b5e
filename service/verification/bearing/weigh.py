"""How likely a statement is borne: logistic regressions over named numbers (features.py). The
weights are data, fitted by `make scorer` on charts that the scorer was not trained on."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.verification.bearing.features import Numbers

# With this share of its words in one unit a statement is a copy, perhaps with a change.
COPIED = 0.7


@dataclass(frozen=True)
class Weights:
    """`enough` is the probability from which a statement passes."""

    weights: dict[str, float]
    offset: float
    enough: float

    def score(self, numbers: Numbers) -> float:
        """0 to 1, and 0.5 where it is just enough, whichever weights are used."""
        raised = self.offset + sum(w * numbers[name] for name, w in self.weights.items())
        likely = 1 / (1 + math.exp(-raised))
        if likely < self.enough:
            return 0.5 * likely / self.enough
        return 0.5 + 0.5 * (likely - self.enough) / (1 - self.enough)


def kind_of(numbers: Numbers) -> str:
    """Which weights: a copy is compared, what is retold is weighed."""
    return "copied" if numbers["copied"] >= COPIED else "retold"


@cache
def weights(kind: str) -> Weights:
    told = json.loads(files("service.verification").joinpath("data/weights.json").read_text())
    return Weights(told[kind]["weights"], told[kind]["offset"], told[kind]["enough"])
