"""The answer to a statement: one of four, a score, reasons in words, the places that say so."""

from collections.abc import Iterator, Sequence

import numpy as np

from service.reading.assertions import Assertion, Kind
from service.summary.vocabulary import Support
from service.verification.bearing import asked
from service.verification.bearing.closest import Closest
from service.verification.bearing.features import features
from service.verification.bearing.judge import Compared, Judged
from service.verification.bearing.pool import Held
from service.verification.bearing.verbatim import is_verbatim
from service.verification.bearing.weigh import Weights, weights
from service.verification.entailment.scorer import Scorer
from service.verification.models import Assessment, Reason, Span

SHOWN = 160  # characters of a source in a reason
MOST_EVIDENCE = 3
DECISIVE = 0.45  # of the statement's other words beside what refutes it: no weighing lifts that
_STRICT = frozenset((Kind.RISK,))  # borne by typed agreement alone, never by a score


def assess(
    judged: Sequence[Judged], closest: Closest, scorer: Scorer | None = None
) -> list[Assessment]:
    """One assessment each, in order; their `index` counts from 0."""
    rows = [features(each) for each in judged]
    kind = "typed"
    if scorer is not None:
        kind = "scored"
        scored = asked.answers(judged, closest, scorer)
        rows = [np.concatenate(pair) for pair in zip(rows, scored, strict=True)]
    return [
        _assessment(number, each, row, weights(kind))
        for number, (each, row) in enumerate(zip(judged, rows, strict=True))
    ]


def _assessment(index: int, judged: Judged, row: np.ndarray, weigh: Weights) -> Assessment:
    spans = tuple(_span(unit) for unit in _evidence(judged))
    if not _is_checkable(judged):
        return Assessment(index, Support.NOT_CHECKABLE, 0.5, (), spans)
    if not judged.near:
        return Assessment(index, Support.NOT_FOUND, 0.02, (Reason("words", _start(judged)),))
    refuted = sorted(_refuted(judged), key=lambda c: -c.near_against)
    if not refuted and is_verbatim(judged):
        return Assessment(index, Support.SUPPORTED, 1.0, (), spans)
    score = weigh.probability(row)
    is_enough = score >= weigh.enough and not _is_decisive(judged, refuted)
    if is_enough and not any(_is_unborne_risk(c) for c in judged.compared):
        return Assessment(index, Support.SUPPORTED, max(score, weigh.enough), (), spans)
    score = min(score, weigh.enough - 0.01)
    if refuted:
        against = tuple(_span(c.against.held) for c in refuted if c.against)
        evidence = tuple(dict.fromkeys((*against, *spans)))[:MOST_EVIDENCE]
        return Assessment(
            index, Support.CONTRADICTED, score * 0.5, tuple(_reasons(judged, refuted)), evidence
        )
    return Assessment(index, Support.NOT_FOUND, score, (Reason("words", _missing(judged)),), spans)


def _is_checkable(judged: Judged) -> bool:
    """Does it say anything of the field: more than phrasing and whom it is about?"""
    return any(a.concept.kind is not Kind.PERSON for a in judged.reading.assertions)


def _refuted(judged: Judged) -> Iterator[Compared]:
    return (c for c in judged.compared if c.is_refuted)


def _is_decisive(judged: Judged, refuted: Sequence[Compared]) -> bool:
    """One thing said, or most of the rest beside what says otherwise."""
    is_short = len(judged.compared) == 1
    return any(is_short or c.near_against >= DECISIVE for c in refuted)


def _is_unborne_risk(compared: Compared) -> bool:
    return compared.said.concept.kind in _STRICT and not compared.is_borne


def _evidence(judged: Judged) -> list[Held]:
    """The places that bear its things, else the nearest."""
    bearing = [c.borne_by.held for c in judged.compared if c.borne_by is not None and c.is_borne]
    nearest = [unit for unit, _ in judged.near[:MOST_EVIDENCE]]
    best = [unit for unit in nearest if unit in bearing]
    return [*dict.fromkeys((*best, *nearest))][:MOST_EVIDENCE]


def _span(held: Held) -> Span:
    return Span(held.source.id, held.start, held.end, held.text, held.source.record_id)


def _reasons(judged: Judged, refuted: Sequence[Compared]) -> Iterator[Reason]:
    """One, the nearest: a reader needs the one thing that is wrong. Of a value the two values, of a
    name the two names, else the two sentences."""
    for each in refuted[:1]:
        assert each.against is not None
        held, check = each.against.held, each.checks[0]
        said, source = _both(judged, each, check)
        on = each.against.assertion.on or held.source.date
        yield Reason(check, said[:SHOWN], source[:SHOWN], True, on)


def _both(judged: Judged, refuted: Compared, check: str) -> tuple[str, str]:
    assert refuted.against is not None
    theirs, held = refuted.against.assertion, refuted.against.held
    if check in ("drug", "measurement", "scale"):
        return _words(judged.reading.text, refuted.said), _words(held.source.text, theirs)
    mine = [v.said for v in refuted.said.values if v.what == check]
    other = [v.said for v in theirs.values if v.what == check]
    if mine and other:
        return mine[0], other[0]
    return judged.reading.text.strip(), held.text.strip()


def _words(text: str, assertion: Assertion) -> str:
    return text[assertion.start : assertion.end]


def _missing(judged: Judged) -> str:
    """The words that no source near has, else the statement's beginning."""
    text = judged.reading.text
    known = frozenset().union(*(unit.keys for unit, _ in judged.near))
    words = [text[a.start : a.end] for a in judged.reading.assertions if a.concept.key not in known]
    return ", ".join(dict.fromkeys((*judged.lost, *words))) or _start(judged)


def _start(judged: Judged) -> str:
    return judged.reading.text.strip()[:SHOWN]
