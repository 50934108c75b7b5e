"""How passages are ordered: two rankings fused, then explicit weights. Values in, values out."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from service.chart.models import SourceRecord

# Words of a question that any passage has; never a negation.
_ASIDE = """
a about again all also am an and any are as asked at be because been being both but by can could did
do does each for from further had has have he her hers him his how i in into is it its me more most
my of on once or other our out over own s same she should so some something such t than that the
their them then there these they this those through to told too under up very was we were what when
where which while who whom why will with would you your
"""
ASIDE = frozenset(_ASIDE.split())
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ing", "ed", "es", "s", "ly", "e")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Weights:
    """The numbers of `ranking.toml`, where each has its reason."""

    fusion: float
    dense: float
    lexical: float
    least_cosine: float
    other_words: float
    newest: float
    half_life_days: float
    under_heading: float
    named: float
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
        fusion=fusion["constant"],
        dense=fusion["meaning"],
        lexical=fusion["words"],
        least_cosine=fusion["least_cosine"],
        other_words=fusion["other_words"],
        newest=told["recency"]["newest"],
        half_life_days=told["recency"]["half_life_days"],
        roles=told["author"],
        **told["section"],
        **told["period"],
        **told["record"],
        **told["answer"],
    )


@dataclass(frozen=True)
class Fused:
    """Each item's fused score (1 = first in both), and both ranks; 0 where there is none."""

    score: np.ndarray
    dense_rank: np.ndarray
    lexical_rank: np.ndarray


def fused(dense: np.ndarray, lexical: np.ndarray, weights: Weights) -> Fused:
    """Fuse two score arrays, both (n,). What neither ranking relates has the score 0."""
    dense_rank, lexical_rank = ranks(dense, weights.least_cosine), ranks(lexical, 0.0)
    best = (weights.dense + weights.lexical) / (weights.fusion + 1)
    by_dense = np.where(dense_rank > 0, weights.dense / (weights.fusion + dense_rank), 0.0)
    by_words = np.where(lexical_rank > 0, weights.lexical / (weights.fusion + lexical_rank), 0.0)
    return Fused((by_dense + by_words) / best, dense_rank, lexical_rank)


def ranks(scores: np.ndarray, floor: float) -> np.ndarray:
    """(n,) ranks from 1 for scores above the floor, else 0; equal scores share a rank."""
    found = np.zeros(len(scores), np.int64)
    above = scores > floor
    _, places = np.unique(-np.round(scores[above], 6), return_inverse=True)
    found[above] = places + 1
    return found


def search_words(text: str) -> list[str]:
    """Words for lexical search: lower case, without endings; "PHQ-9" also as "phq9"."""
    plain = text.casefold()
    words = [_stem(word) for word in _WORD.findall(plain)]
    joined = (each.strip(".,;:()") for each in plain.split() if not each.isalnum())
    return words + [_NOT_WORD.sub("", each) for each in joined if _is_compound(each)]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Without the common endings, so that "stopped" finds "stop" and "cuts" finds "cutting"."""
    if len(word) <= 3 or word.isdigit() or word in ASIDE:
        return word
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
    bare = word[: len(word) - len(ending)]
    if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "lsz":
        bare = bare[:-1]
    return bare[:-1] + "i" if bare[-1] == "y" else bare


def estimated_tokens(text: str) -> int:
    """About what a model counts: four characters a token, and never less than the words."""
    return max(-(-len(text) // 4), len(text.split()))


def _is_compound(word: str) -> bool:
    return "-" in word or "." in word or "/" in word
