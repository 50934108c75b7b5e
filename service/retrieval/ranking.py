"""How passages are ordered: two rankings fused, then explicit weights. Values in, values out."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from service.chart.models import SourceRecord

_WORD = re.compile(r"[^\W_]+")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Weights:
    """The numbers of `ranking.toml`, where each has its reason."""

    fusion: float
    dense: float
    lexical: float
    least_cosine: float
    newest: float
    half_life_days: float
    under_heading: float
    coded: float
    repeated: float
    least_repeated: float
    longest: int
    roles: Mapping[str, float]

    def factors(self, record: SourceRecord, newest: datetime | None) -> dict[str, float]:
        """What a record's kind, author and age make of its passages' scores, by name."""
        return {
            "coded record": 1.0 if record.is_note else self.coded,
            f"author {record.author_role}": self.role(record.author_role),
            "recency": self.age(record.effective_at, newest),
        }

    def role(self, author_role: str) -> float:
        said = author_role.casefold()
        return next((weight for part, weight in self.roles.items() if part in said), 1.0)

    def age(self, when: datetime | None, newest: datetime | None) -> float:
        """1 for an unknown date, else up to 1 + newest for the newest day of the chart."""
        if when is None or newest is None:
            return 1.0
        days = max(0.0, (newest - when).total_seconds() / 86400)
        return 1.0 + self.newest * float(0.5 ** (days / self.half_life_days))

    def repetition(self, before: int) -> float:
        """The factor of a result of a series that so many better ones stand before."""
        return max(self.least_repeated, self.repeated**before)


@cache
def weights_in_force() -> Weights:
    told = tomllib.loads(files("service.retrieval").joinpath("ranking.toml").read_text("utf-8"))
    fusion: dict[str, Any] = told["fusion"]
    return Weights(
        fusion=fusion["constant"], dense=fusion["meaning"], lexical=fusion["words"],
        least_cosine=fusion["least_cosine"], newest=told["recency"]["newest"],
        half_life_days=told["recency"]["half_life_days"], roles=told["author"],
        **told["section"], **told["record"], **told["answer"],
    )  # fmt: skip


@dataclass(frozen=True)
class Fused:
    """One passage's place: its position, fused score (1 = first in both), and both ranks."""

    position: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    cosine: float


def fused(dense: np.ndarray, lexical: np.ndarray, weights: Weights) -> list[Fused]:
    """Fuse two score arrays, both (n,). Items that neither ranking relates are left out."""
    dense_rank = _ranks(dense, weights.least_cosine)
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
    """Position -> rank from 1, for scores above the floor; equal scores share a rank."""
    above = np.flatnonzero(scores > floor)
    if not len(above):
        return {}
    _, places = np.unique(-np.round(scores[above], 6), return_inverse=True)
    ranks: Sequence[int] = (places + 1).tolist()
    return dict(zip(above.tolist(), ranks, strict=True))
