"""How passages are ordered: two rankings fused, then explicit weights. Values in, values out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from service.chart.models import SourceRecord

_WORD = re.compile(r"[^\W_]+")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Weights:
    """Every number that decides an order, and what it protects against."""

    # Reciprocal rank fusion: 60 is the constant of the method's authors; it keeps one first
    # place in one ranking from outweighing a good place in both.
    fusion: float = 60.0
    dense: float = 1.0
    lexical: float = 1.0
    # Below this cosine MiniLM relates a passage to the question no better than any other.
    dense_floor: float = 0.25
    # A passage of the newest day counts a fifth more than one of long ago, half of that after
    # half a year: recent care first, without hiding history.
    recency: float = 0.2
    recency_half_life_days: float = 182.0
    # What stands under the heading that a section asks for is usually about it.
    heading: float = 0.3
    # A coded record states a fact once and exactly; prose mentions it.
    structured: float = 1.1
    # Whose words they are. A part of the author's role, lower case, to its factor; the first
    # that fits counts. Patients' own words are evidence of what they said, so only slightly less.
    roles: Mapping[str, float] = field(
        default_factory=lambda: {
            "psychiatr": 1.1, "physician": 1.1, "psycholog": 1.1, "nurse practitioner": 1.1,
            "nurse": 1.0, "patient": 0.9, "related": 0.9,
        }
    )  # fmt: skip
    # What ranks below this many others is not called a match, nor counted as left out.
    longest: int = 60

    def record(self, record: SourceRecord, newest: datetime | None) -> float:
        """What a record's author, age and kind make of its passages' scores."""
        kind = 1.0 if record.is_note else self.structured
        return kind * self.role(record.author_role) * self.age(record.effective_at, newest)

    def role(self, author_role: str) -> float:
        said = author_role.casefold()
        return next((weight for part, weight in self.roles.items() if part in said), 1.0)

    def age(self, when: datetime | None, newest: datetime | None) -> float:
        """1 for an unknown date, else up to 1 + recency for the newest day of the chart."""
        if when is None or newest is None:
            return 1.0
        days = max(0.0, (newest - when).total_seconds() / 86400)
        return 1.0 + self.recency * float(0.5 ** (days / self.recency_half_life_days))


@dataclass(frozen=True)
class Fused:
    """One item's place: its position, fused score (1 = first in both), and both ranks."""

    position: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    cosine: float


def fused(dense: np.ndarray, lexical: np.ndarray, weights: Weights) -> list[Fused]:
    """Fuse two score arrays, both (n,). Items that neither ranking relates are left out."""
    dense_rank = _ranks(dense, weights.dense_floor)
    lexical_rank = _ranks(lexical, 0.0)
    best = (weights.dense + weights.lexical) / (weights.fusion + 1)
    found = []
    for position in sorted(dense_rank.keys() | lexical_rank.keys()):
        by_dense, by_words = dense_rank.get(position), lexical_rank.get(position)
        score = weights.dense / (weights.fusion + by_dense) if by_dense else 0.0
        score += weights.lexical / (weights.fusion + by_words) if by_words else 0.0
        cosine = float(dense[position])
        found.append(Fused(position, score / best, by_dense, by_words, cosine))
    return found


def search_words(text: str) -> list[str]:
    """Words for lexical search: lower case, without plural s; "PHQ-9" also as "phq9"."""
    plain = text.casefold()
    words = [w[:-1] if len(w) > 3 and w[-1] == "s" != w[-2] else w for w in _WORD.findall(plain)]
    joined = (each.strip(".,;:()") for each in plain.split() if not each.isalnum())
    return words + [_NOT_WORD.sub("", each) for each in joined if _is_compound(each)]


def estimated_tokens(text: str) -> int:
    """About what a model counts: four characters a token, and never less than the words."""
    return max(-(-len(text) // 4), len(text.split()))


def _is_compound(word: str) -> bool:
    return "-" in word or "." in word or "/" in word


def _ranks(scores: np.ndarray, floor: float) -> dict[int, int]:
    """Position -> rank from 1, for scores above the floor; equal scores in order of position."""
    order: Sequence[int] = np.argsort(-scores, kind="stable").tolist()
    above = (position for position in order if scores[position] > floor)
    return {position: rank for rank, position in enumerate(above, start=1)}
