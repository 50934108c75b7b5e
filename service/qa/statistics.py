"""Proportions with honest bounds, and how far two people agree. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964  # standard normal quantile of 0.975


@dataclass(frozen=True)
class Proportion:
    """`count` of `total`. Share and 95 % bounds are 0 to 1; None when nothing was counted."""

    count: int
    total: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Agreement:
    """Two people on the same items. `kappa` is None where it is not defined."""

    items: int
    agreed: Proportion
    kappa: float | None


def proportion(count: int, total: int, *, z: float = Z_95) -> Proportion:
    """A share with its Wilson score interval.

    Wilson, J Am Stat Assoc 1927;22:209-212; recommended for small samples and shares near 0
    or 1 by Brown, Cai and DasGupta, Stat Sci 2001;16:101-133. Never leaves 0 to 1.
    """
    if total == 0:
        return Proportion(count, total, None, None, None)
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    half /= 1 + z * z / total
    low = 0.0 if count == 0 else middle - half  # exactly, not 1e-17 beside it
    high = 1.0 if count == total else middle + half
    return Proportion(count, total, share, low, high)


def agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Per cent agreement and Cohen's kappa (Educ Psychol Meas 1960;20:37-46) of two raters.

    Kappa is not defined when both gave everything one and the same answer.
    """
    same = sum(one == other for one, other in pairs)
    return Agreement(len(pairs), proportion(same, len(pairs)), _kappa(pairs, same))


def _kappa(pairs: Sequence[tuple[bool, bool]], same: int) -> float | None:
    total = len(pairs)
    if not total:
        return None
    yes = [sum(pair[side] for pair in pairs) / total for side in (0, 1)]
    by_chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return (same / total - by_chance) / (1 - by_chance) if by_chance < 1 else None
