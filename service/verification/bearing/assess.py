"""The answer to a statement: one of four, a score, one reason in words, the places that say so.

Two opinions make it: comparing word by word (`first`), which is right of copies with a change, and
typed comparison of what is read with a scorer's answer, which is right of retellings. The readers
that the first one still has of its own go when the second wins on every set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.reading.assertions import Assertion, Kind
from service.summary.vocabulary import Support
from service.verification.bearing import asked
from service.verification.bearing.closest import Closest
from service.verification.bearing.features import Numbers, is_absent, is_unborne_risk, numbers
from service.verification.bearing.judge import Compared, Judged
from service.verification.bearing.pool import Held
from service.verification.bearing.weigh import kind_of, weights
from service.verification.entailment.scorer import Scorer
from service.verification.models import Assessment, Reason, Span

NAMES = (Kind.MEDICINE, Kind.PROBLEM, Kind.PROCEDURE, Kind.ALLERGY)
SHOWN = 160  # characters of a source in a reason
MOST_EVIDENCE = 3
ENOUGH, SURE, NEVER = 0.5, 0.7, 2.0  # of a score


def assess(
    judged: Sequence[Judged],
    first: Sequence[Assessment],
    closest: Closest,
    scorer: Scorer,
) -> list[Assessment]:
    """The answer of both opinions, for each statement in order."""
    answers = asked.answers(judged, closest, scorer)
    told = [numbers(*each) for each in zip(judged, first, answers, strict=True)]
    return [settled(*each) for each in zip(judged, first, told, strict=True)]


def settled(judged: Judged, first: Assessment, told: Numbers) -> Assessment:
    """What nothing could be checked of, and an untouched quote, stay as they were found."""
    if first.support is Support.NOT_CHECKABLE or (first.score == 1.0 and not _refuted(judged)):
        return first
    score = weights(kind_of(told)).score(told)
    least = _least(judged, first)
    evidence = first.evidence or tuple(_span(unit) for unit in _evidence(judged))
    if score >= least:
        return replace(first, support=Support.SUPPORTED, score=score, reasons=(), evidence=evidence)
    return _doubted(judged, replace(first, score=min(score, 0.49), evidence=evidence))


def _least(judged: Judged, first: Assessment) -> float:
    """The score from which it passes. What the words do not bear is not lifted by a likeness alone
    where it tells of a risk that typed comparison does not bear; a borne risk, and the name of
    something that is nowhere, must be likelier than others."""
    if first.support is Support.SUPPORTED:
        return ENOUGH
    if any(map(is_unborne_risk, judged.compared)):
        return NEVER
    return SURE if any(map(_needs_more, judged.compared)) else ENOUGH


def _needs_more(compared: Compared) -> bool:
    kind = compared.said.concept.kind
    return kind is Kind.RISK or (kind in NAMES and is_absent(compared))


def _doubted(judged: Judged, first: Assessment) -> Assessment:
    """With the reason of the opinion that has one: what says otherwise before what is missing."""
    if any(reason.contradicts for reason in first.reasons):
        return replace(first, support=Support.CONTRADICTED)
    if refuted := _refuted(judged):
        reasons = tuple(_reasons(judged, refuted))
        places = tuple(_span(c.against.held) for c in refuted[:1] if c.against)
        shown = tuple(dict.fromkeys((*places, *first.evidence)))[:MOST_EVIDENCE]
        return replace(first, support=Support.CONTRADICTED, reasons=reasons, evidence=shown)
    reasons = first.reasons or (Reason("words", _missing(judged)),)
    return replace(first, support=Support.NOT_FOUND, reasons=reasons)


def _refuted(judged: Judged) -> list[Compared]:
    """The nearest first."""
    return sorted((c for c in judged.compared if c.is_refuted), key=lambda c: -c.near_against)


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
    return ", ".join(dict.fromkeys((*judged.lost, *words))) or text.strip()[:SHOWN]
