"""Found passages on their way to becoming evidence: their order, their reasons, their budget."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.chart.models import SourceRecord
from service.retrieval.models import HeldPassage
from service.retrieval.ranking import estimated_tokens, weights_in_force


@dataclass(frozen=True)
class Hit:
    """A passage with its score and what made it rank."""

    passage: HeldPassage
    score: float
    why: str


@dataclass(frozen=True)
class AskedFor:
    """What one question lifts: passages under these headings, records of the period it names."""

    headings: set[str]
    records: set[str]

    def __bool__(self) -> bool:
        return bool(self.headings or self.records)

    def of(self, passage: HeldPassage) -> float:
        return math.prod(self.told(passage).values())

    def told(self, passage: HeldPassage) -> dict[str, float]:
        weights, told = weights_in_force(), {}
        if passage.heading in self.headings:
            told[f"under {passage.heading}"] = 1.0 + weights.under_heading
        if passage.record_id in self.records:
            told["of the period named"] = 1.0 + weights.named
        return told


def newest_first(record: SourceRecord) -> tuple[bool, float, str]:
    when = record.effective_at
    return when is None, -(when.timestamp() if when else 0.0), record.id


def fitted(
    hits: Sequence[Hit], limit_tokens: int, said: Callable[[HeldPassage], str]
) -> tuple[list[Hit], list[Hit]]:
    """Those that fit the budget, taken in order, and those that do not."""
    chosen: list[Hit] = []
    left: list[Hit] = []
    for hit in hits:
        size = estimated_tokens(said(hit.passage))
        (chosen if size <= limit_tokens else left).append(hit)
        limit_tokens -= size if size <= limit_tokens else 0
    return chosen, left


def ranks_told(lexical_rank: int, dense_rank: int, cosine: float) -> list[str]:
    """Both ranks, 0 where a ranking does not relate the passage."""
    said = []
    if lexical_rank:
        said.append(f"words: rank {lexical_rank}")
    if dense_rank:
        said.append(f"meaning: rank {dense_rank} (cosine {cosine:.2f})")
    return said


def factors_told(factors: Mapping[str, float]) -> list[str]:
    """The weights that counted; a factor of 1 changes nothing and is not told."""
    return [
        f"{name.strip()} ×{factor:.2f}"
        for name, factor in factors.items()
        if round(factor, 2) != 1.0
    ]
