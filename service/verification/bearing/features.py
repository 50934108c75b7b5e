"""A judged statement as numbers, each with its name: what the weighing weighs."""

from collections.abc import Mapping, Sequence

import numpy as np

from service.reading.assertions import Kind
from service.verification.bearing.altered import KINDS, Altered
from service.verification.bearing.judge import Compared, Judged
from service.verification.bearing.verbatim import copied

CHECKS = ("polarity", "subject", "certainty", "time", "act", "attribution", "scale", "value")
# A name of one of these that no source has, by any of its names, is seldom a retelling.
SPECIFIC = (Kind.MEDICINE, Kind.PROBLEM, Kind.PROCEDURE, Kind.SCORE, Kind.MEASUREMENT, Kind.RISK)
NEAR = 0.7  # of the statement's other words beside what refutes it
FEW_THINGS = 2
Numbers = dict[str, float]


def numbers(judged: Judged, found: Altered, answers: Mapping[str, float]) -> Numbers:
    """Each about 0 to 1, a scorer's answers as log odds; {} without a scorer."""
    return {**_typed(judged), "copied": copied(judged), **_altered(found), **_odds(answers)}


def _altered(found: Altered) -> Numbers:
    """How near it comes to a source's own words, and what was changed in them."""
    near = max(0.0, 2 * found.share - 1)
    kinds = {change.kind for change in found.changes}
    return {
        "same words": float(found.share == 1 and not kinds),
        "alike": near,
        **{f"altered: {kind}": near * (kind in kinds) for kind in KINDS},
        "altered once": near * (len(found.changes) == 1),
        "altered more": near * (len(found.changes) > 1),
    }


def _typed(judged: Judged) -> Numbers:
    known = [c for c in judged.compared if c.said.concept.kind is not Kind.PERSON]
    refuted = [c for c in known if c.is_refuted]
    total, said = len(known) or 1, sum(judged.values) or 1
    one, two, everything = judged.covered
    placed, elsewhere, lost = judged.values
    return {
        "covered by one": one,
        "covered by two": two,
        "covered by all": everything,
        "borne": sum(c.is_borne for c in known) / total,
        "absent": sum(map(is_absent, known)) / total,
        "refuted": len(refuted) / total,
        "refuted near": float(any(c.near_against >= NEAR for c in refuted)),
        "refuted alone": float(bool(refuted) and len(known) == 1),
        "refuted of few": float(bool(refuted) and len(known) <= FEW_THINGS),
        "refuted by one": one * bool(refuted),
        **{f"against: {check}": _against(refuted, check) for check in CHECKS},
        **{f"absent: {kind}": _lacks(known, kind) for kind in SPECIFIC},
        "values placed": placed / said,
        "values elsewhere": elsewhere / said,
        "values lost": lost / said,
        "risk unborne": float(any(is_unborne_risk(c) for c in known)),
    }


def _odds(answers: Mapping[str, float]) -> Numbers:
    """As log odds, no surer than 99 in 100."""
    held = {name: min(max(share, 0.01), 0.99) for name, share in answers.items()}
    return {name: float(np.log(share / (1 - share))) for name, share in held.items()}


def is_unborne_risk(compared: Compared) -> bool:
    return compared.said.concept.kind is Kind.RISK and not compared.is_borne


def is_absent(compared: Compared) -> bool:
    return compared.borne_by is None and compared.against is None


def _lacks(known: Sequence[Compared], kind: Kind) -> float:
    return float(any(is_absent(c) for c in known if c.said.concept.kind is kind))


def _against(refuted: Sequence[Compared], check: str) -> float:
    """How near the nearest is that refutes something in this, 0 where none does."""
    return max((0.3 + 0.7 * c.near_against for c in refuted if check in _checks(c)), default=0.0)


def _checks(compared: Compared) -> set[str]:
    """With one name for all that differs in a value."""
    return {check if check in CHECKS else "value" for check in compared.checks}
