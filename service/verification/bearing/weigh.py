"""How likely a statement is borne: a logistic regression over its features, calibrated on charts
that nothing was trained on (`make scorer`). The weights are data, so that they can be read."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np


@dataclass(frozen=True)
class Weights:
    """`enough` is the probability from which a statement passes."""

    names: tuple[str, ...]
    weights: np.ndarray
    offset: float
    enough: float

    def probability(self, row: np.ndarray) -> float:
        return float(1 / (1 + np.exp(-(row @ self.weights + self.offset))))


@cache
def weights(kind: str) -> Weights:
    """`kind`: "typed" for features alone, "scored" with a scorer's answers behind them."""
    told = json.loads(files("service.verification").joinpath("data/weights.json").read_text())[kind]
    values = told["weights"]
    return Weights(tuple(values), np.array(list(values.values())), told["offset"], told["enough"])
