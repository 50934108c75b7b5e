"""Found passages on their way to becoming evidence: their order, their reasons, their budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.chart.models import SourceRecord
from service.retrieval.models import Passage
from service.retrieval.ranking import Fused, estimated_tokens


@dataclass(frozen=True)
class Hit:
    """A passage with its score and what made it rank."""

    passage: Passage
    score: float
    why: str


def root(passage: Passage) -> str:
    """The name that all copies of one text share."""
    return passage.copy_of or passage.id


def best_first(hit: Hit) -> tuple[float, str]:
    """Sorts hits; the id makes one order of equals."""
    return -hit.score, hit.passage.id


def newest_first(record: SourceRecord) -> tuple[bool, float, str]:
    when = record.effective_at
    return when is None, -(when.timestamp() if when else 0.0), record.id


def fitted(
    hits: Sequence[Hit], limit_tokens: int, said: Callable[[Passage], str]
) -> tuple[list[Hit], list[Hit]]:
    """Those that fit the budget, taken in order, and those that do not."""
    chosen: list[Hit] = []
    left: list[Hit] = []
    for hit in hits:
        size = estimated_tokens(said(hit.passage))
        (chosen if size <= limit_tokens else left).append(hit)
        limit_tokens -= size if size <= limit_tokens else 0
    return chosen, left


def ranks_told(place: Fused) -> list[str]:
    said = []
    if place.lexical_rank:
        said.append(f"words: rank {place.lexical_rank}")
    if place.dense_rank:
        said.append(f"meaning: rank {place.dense_rank} (cosine {place.cosine:.2f})")
    return said


def factors_told(factors: Mapping[str, float]) -> list[str]:
    """The weights that counted; a factor of 1 changes nothing and is not told."""
    return [f"{name.strip()} ×{factor:.2f}" for name, factor in factors.items()
            if round(factor, 2) != 1.0]  # fmt: skip
