"""How likely a statement is borne: a logistic regression over named numbers (features.py), with
weights for copies and weights for retellings, and between the two a part of each. The weights are
data, fitted by `make scorer` on charts that the scorer was not trained on."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.verification.bearing.features import Numbers

RETOLD, COPIED = 0.3, 0.8  # how much of a copy a statement is that is wholly the one, or the other


@dataclass(frozen=True)
class Weighing:
    """`enough` is the probability from which a retelling and a copy pass."""

    copied: dict[str, float]
    retold: dict[str, float]
    enough: tuple[float, float]

    def score(self, numbers: Numbers) -> float:
        """0 to 1, and 0.5 where it is just enough."""
        share = share_copied(numbers)
        raised = share * _sum(self.copied, numbers) + (1 - share) * _sum(self.retold, numbers)
        likely = 1 / (1 + math.exp(-raised))
        enough = (1 - share) * self.enough[0] + share * self.enough[1]
        if likely < enough:
            return 0.5 * likely / enough
        return 0.5 + 0.5 * (likely - enough) / (1 - enough)


def share_copied(numbers: Numbers) -> float:
    return min(1.0, max(0.0, (numbers["copied"] - RETOLD) / (COPIED - RETOLD)))


def _sum(weights: dict[str, float], numbers: Numbers) -> float:
    told = {**numbers, "offset": 1.0}
    return sum(weight * told[name] for name, weight in weights.items())


@cache
def weighing(*, scored: bool) -> Weighing:
    """Fitted with a scorer's answers, or without."""
    told = json.loads(files("service.verification").joinpath("data/weights.json").read_text())
    kept = told["scored" if scored else "unscored"]
    return Weighing(kept["copied"], kept["retold"], tuple(kept["enough"]))
