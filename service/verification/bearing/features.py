"""A judged statement as numbers, for the weighing: shares of it, and what speaks against it."""

from collections.abc import Sequence

import numpy as np

from service.reading.assertions import Kind
from service.verification.bearing.judge import Compared, Judged

CHECKS = ("polarity", "subject", "certainty", "time", "act", "attribution", "scale", "value")
# A name of one of these that no source has, by any of its names, is seldom a retelling.
SPECIFIC = (Kind.MEDICINE, Kind.PROBLEM, Kind.PROCEDURE, Kind.SCORE, Kind.MEASUREMENT, Kind.RISK)
NAMES = (
    "covered by one",
    "covered by two",
    "covered by all",
    "borne",
    "absent",
    "refuted",
    *(f"against: {check}" for check in CHECKS),
    *(f"absent: {kind}" for kind in SPECIFIC),
    "values placed",
    "values elsewhere",
    "values lost",
)


def features(judged: Judged) -> np.ndarray:
    """(len(NAMES),) float64, each about 0 to 1."""
    known = [c for c in judged.compared if c.said.concept.kind is not Kind.PERSON]
    total = len(known) or 1
    said = sum(judged.values) or 1
    return np.array(
        [
            *judged.covered,
            sum(c.is_borne for c in known) / total,
            sum(_is_absent(c) for c in known) / total,
            sum(c.is_refuted for c in known) / total,
            *(_against(judged.compared, check) for check in CHECKS),
            *(
                float(any(_is_absent(c) for c in known if c.said.concept.kind is k))
                for k in SPECIFIC
            ),
            *(count / said for count in judged.values),
        ]
    )


def _is_absent(compared: Compared) -> bool:
    return compared.borne_by is None and compared.against is None


def _against(compared: Sequence[Compared], check: str) -> float:
    """How near the nearest is that refutes something in this, 0 where none does."""
    return max(
        (0.3 + 0.7 * c.near_against for c in compared if c.is_refuted and check in _checks(c)),
        default=0.0,
    )


def _checks(compared: Compared) -> set[str]:
    """With one name for all that differs in a value."""
    return {check if check in CHECKS else "value" for check in compared.checks}
