"""What a scorer is asked about a statement, and its answers as numbers for the weighing."""

from collections.abc import Iterator, Sequence

import numpy as np

from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import Judged
from service.verification.bearing.pool import Held
from service.verification.entailment.scorer import Pair, Scorer

FEW, MORE = 2, 4  # units beside a statement: a clause is asked with few, the whole with both
LONGEST = 600  # characters of one unit: of a table's row or a long sentence the beginning
MOST_CLAUSES = 3
NAMES = ("borne by few", "borne by more", "contradicted", "least borne clause")


def questions(judged: Judged, units: Sequence[Held]) -> list[Pair]:
    """The whole statement beside few and more units, then its clauses; [] with nothing near."""
    if not units:
        return []
    text = judged.reading.text
    asked = [Pair(evidence(units[:FEW]), text), Pair(evidence(units[:MORE]), text)]
    return asked + [Pair(evidence(units[:FEW]), clause) for clause in clauses(judged)]


def evidence(units: Sequence[Held]) -> str:
    """The units in the order of their sources, each as one phrase under its header."""
    ordered = sorted(units, key=lambda unit: (unit.source.id, unit.number))
    return " | ".join(_told(unit) for unit in ordered)


def _told(held: Held) -> str:
    unit, text = held.source.reading.structure.units[held.number], held.source.text
    header = text[slice(*unit.header)].strip() if unit.header else ""
    told = held.text.strip()
    return f"{header} {told}"[:LONGEST] if header and header not in told else told[:LONGEST]


def clauses(judged: Judged) -> list[str]:
    """The statement's clauses by where its things stand; [] where it is one."""
    starts = list(_starts(judged))
    if len(starts) < 2 or len(starts) > MOST_CLAUSES:
        return []
    text = judged.reading.text
    ends = [*starts[1:], len(text)]
    return [text[a:b].strip(" ,;") for a, b in zip([0, *starts[1:]], ends, strict=True)]


def _starts(judged: Judged) -> Iterator[int]:
    last = -1
    for assertion in sorted(judged.reading.assertions, key=lambda a: a.start):
        if assertion.clause > last:
            last = assertion.clause
            yield assertion.start


def answers(judged: Sequence[Judged], closest: Closest, scorer: Scorer) -> list[dict[str, float]]:
    """By NAMES, for each statement; all are asked in one batch."""
    asked = [questions(*each) for each in zip(judged, closest.rank(judged), strict=True)]
    rows = scorer.score([pair for pairs in asked for pair in pairs])
    found, at = [], 0
    for pairs in asked:
        found.append(_numbers(rows[at : at + len(pairs)]))
        at += len(pairs)
    return found


def _numbers(rows: np.ndarray) -> dict[str, float]:
    """With nothing near, nothing is borne."""
    if not len(rows):
        return dict.fromkeys(NAMES, 0.0)
    whole, parts = rows[:2], rows[2:]
    least = parts[:, 0].min() if len(parts) else whole[:, 0].max()
    told = (whole[0, 0], whole[1, 0], whole[:, 1].mean(), least)
    return dict(zip(NAMES, map(float, told), strict=True))
