"""The one interface of all that can say whether a text bears a statement."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

BORNE, CONTRADICTED, NOT_SAID = range(3)  # columns of what a scorer answers


class Pair(NamedTuple):
    """A few sentences of the sources, and the statement (or clause) asked about."""

    evidence: str
    statement: str


class Scorer(Protocol):
    """`name` says in findings and in `doctor` who answered."""

    @property
    def name(self) -> str: ...

    def score(self, pairs: Sequence[Pair]) -> np.ndarray:
        """(pairs, 3) float32 probabilities: borne, contradicted, not said; rows sum to 1."""
        ...
