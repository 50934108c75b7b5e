"""The answer to a statement: one of four, a score, one reason in words, the places that say so.

What is compared decides where it can: an untouched quote, another value, something else in its
place, a short statement that the source has otherwise. The rest is weighed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.reading.assertions import Act, Assertion, Kind, Polarity
from service.reading.reading import Reading
from service.summary.vocabulary import Support
from service.verification.bearing import asked
from service.verification.bearing.agreed import (
    is_answered,
    is_denied_apart,
    is_laid_out,
    is_measured_out,
    reads_same,
    says_all,
    taken_back,
)
from service.verification.bearing.altered import NOTHING, Altered, Change, altered
from service.verification.bearing.closest import Closest
from service.verification.bearing.features import Numbers, is_absent, is_unborne_risk, numbers
from service.verification.bearing.judge import Compared, Judged
from service.verification.bearing.pool import Held
from service.verification.bearing.valued import EXACT
from service.verification.bearing.verbatim import is_robbed, is_verbatim
from service.verification.bearing.weigh import share_copied, weighing
from service.verification.entailment.scorer import Scorer
from service.verification.models import Assessment, Reason, Span

TAKEN = frozenset((Kind.MEDICINE, Kind.ALLERGY))
NAMES = TAKEN | {Kind.PROBLEM, Kind.PROCEDURE}
NOTHING_SAID = ("none", "unknown", "nil")
SHOWN = 160  # characters of a source in a reason
MOST_EVIDENCE = 3
ENOUGH, SURE, NEVER = 0.5, 0.7, 2.0  # of a score
# Of a statement's words: what its sources must have where nobody weighs the meaning, and enough.
MOST, ALL = 0.5, 0.99
FLAGGED = 0.49  # the most that a flagged statement scores
MOSTLY = 0.6  # of a copy: then what stands in another's place is an error and no other word for it
DECISIVE = EXACT | {"drug", "measurement"}
# Words of a statement in which nothing else can turn what typed comparison finds: of unseen
# retellings this short it refutes 29 false ones for a true one, of longer ones 2.
SHORT = 8


def assess(
    judged: Sequence[Judged],
    closest: Closest,
    scorer: Scorer | None = None,
    *,
    together: bool = False,
) -> list[Assessment]:
    """The answer for each statement in order; `together`: the units are what it cites."""
    answers = asked.answers(judged, closest, scorer) if scorer else [{}] * len(judged)
    found = [_altered(each, together=together) for each in judged]
    told = [numbers(*each) for each in zip(judged, found, answers, strict=True)]
    weights = weighing(scored=scorer is not None)
    is_strict = together or scorer is None
    return [
        _settled(n, each, change, numbers_, weights.score(numbers_), is_strict=is_strict)
        for n, (each, change, numbers_) in enumerate(zip(judged, found, told, strict=True))
    ]


def _altered(judged: Judged, *, together: bool) -> Altered:
    """What is changed in the words and not in what is read is no change: "D/C'd" for "stopped", a
    denial that reaches another thing ("no fever but has a cough"), or that the header has. Of what
    is cited (`together`) each word counts."""
    found = altered(judged, together=together)
    if together or found.unit is None or not says_all(found.unit, judged):
        return found
    is_asked = "?" in found.unit.text  # the denial behind a question is its answer
    is_headed, is_same = is_laid_out(found.unit), reads_same(found.unit, judged)
    kept = (
        change
        for change in found.changes
        if not (
            (change.is_lost_denial and not is_asked)
            or (is_headed and change.kind == "denial")
            or (is_same and change.is_told_as_read)
        )
    )
    return replace(found, changes=tuple(kept))


def says_nothing(statement: Reading) -> bool:
    """Is there nothing in it that a source could bear?"""
    return all(a.concept.key in NOTHING_SAID for a in statement.assertions)


def _settled(
    index: int, judged: Judged, found: Altered, told: Numbers, score: float, *, is_strict: bool
) -> Assessment:
    evidence = tuple(_span(unit) for unit in _evidence(judged))
    if says_nothing(judged.reading):
        return Assessment(index, Support.NOT_CHECKABLE, 0.5)
    refuted = _refuted(judged)
    if is_verbatim(judged) and not refuted:
        return Assessment(index, Support.SUPPORTED, 1.0, (), evidence[:1])
    if reasons := tuple(_decisive(judged, refuted, found, told, is_strict=is_strict)):
        places = _places(refuted, found)
        shown = tuple(dict.fromkeys((*places, *evidence)))[:MOST_EVIDENCE]
        return Assessment(index, Support.CONTRADICTED, min(score, FLAGGED), reasons[:1], shown)
    if score >= _least(judged, found, told, is_strict=is_strict):
        return Assessment(index, Support.SUPPORTED, max(score, ENOUGH), (), evidence)
    return _doubted(index, judged, refuted, min(score, FLAGGED), evidence)


def _decisive(
    judged: Judged,
    refuted: Sequence[Compared],
    found: Altered,
    told: Numbers,
    *,
    is_strict: bool,
) -> Iterator[Reason]:
    """What no likeness may lift: a value that the source has otherwise, a short statement that it
    has otherwise, another name or number in a copy, beside what is cited another standing."""
    is_short = len(judged.reading.text.split()) <= SHORT
    by_value = [each for each in refuted if DECISIVE & set(each.checks)]
    yield from _reasons(judged, refuted if is_short or is_strict else by_value)
    if gone := taken_back(judged):
        yield Reason("correction", judged.reading.text.strip()[:SHOWN], gone.text[:SHOWN], True)
    if is_robbed(judged):
        yield Reason("polarity", judged.reading.text.strip()[:SHOWN], judged.near[0][0].text, True)
    if told["copied"] >= MOSTLY:
        errors = (each for each in found.changes if each.is_error(is_strict=is_strict))
        yield from (_of_change(judged, each) for each in errors)
    elif is_strict:
        errors = (each for each in found.changes if each.is_of_status)
        yield from (_of_change(judged, each) for each in errors)


def _of_change(judged: Judged, change: Change) -> Reason:
    if change.kind == "denial":
        return Reason("polarity", judged.reading.text.strip()[:SHOWN], change.source, True)
    return Reason(change.kind, change.said, change.source, True)


def _places(refuted: Sequence[Compared], found: Altered) -> list[Span]:
    held = [each.against.held for each in refuted[:1] if each.against]
    return [_span(unit) for unit in (*held, *((found.unit,) if found.unit else ()))]


def _least(judged: Judged, found: Altered, told: Numbers, *, is_strict: bool) -> float:
    """The score from which it passes. A risk that typed comparison does not bear is not lifted by
    a likeness. Where nobody weighs the meaning, and beside what a statement cites (`is_strict`),
    all that it names must be there."""
    is_foreign = bool(_proper_names(judged))  # "Priya Raman: sertraline 50 mg" copies all but her
    is_clean = not (judged.lost or is_foreign or _refuted(judged))
    if is_clean and not found.changes and is_answered(judged):
        return 0.0
    # "900 mg at night" of "450 mg in the morning, 900 mg at night" leaves a part of the day out
    if is_clean and all(_is_left_out(c) for c in found.changes) and is_measured_out(judged):
        return 0.0
    if is_clean and is_denied_apart(judged):
        return 0.0
    if share_copied(told) == 1.0 and not is_foreign:
        return ENOUGH
    if any(is_unborne_risk(c) or _is_unborne_denial(c) for c in judged.compared):
        return NEVER
    if any(_is_only_allergy(c.said, judged) for c in judged.compared if is_absent(c)):
        return NEVER
    if not is_strict:
        return SURE if _absent(judged) & TAKEN else ENOUGH
    covered = told["covered by all"]
    if covered >= ALL and not (told["refuted"] or found.changes or judged.lost or is_foreign):
        return 0.0
    lacks = _absent(judged) & NAMES or judged.lost or is_foreign or covered < MOST
    return NEVER if lacks else ENOUGH


def _is_left_out(change: Change) -> bool:
    return change.kind == "turn" and not change.said


def _is_unborne_denial(compared: Compared) -> bool:
    """That there is no allergy is safe only where somebody says so."""
    said = compared.said
    is_denial = said.concept.kind is Kind.ALLERGY and said.polarity is Polarity.NEGATED
    return is_denial and not compared.is_borne


def _absent(judged: Judged) -> set[Kind]:
    """The kinds of the things that no unit near names, whatever it says of them."""
    there = frozenset().union(*(unit.keys for unit, _ in judged.near))
    lacking = (c.said.concept for c in judged.compared if is_absent(c))
    return {concept.kind for concept in lacking if concept.key not in there}


def _is_only_allergy(said: Assertion, judged: Judged) -> bool:
    """Is what is told as taken named only as what somebody is allergic to?"""
    named = [a for u, _ in judged.near for a in u.assertions if a.concept.key == said.concept.key]
    is_taken = said.act is not Act.NONE and said.polarity is Polarity.AFFIRMED
    return is_taken and bool(named) and all(a.concept.kind is Kind.ALLERGY for a in named)


def _proper_names(judged: Judged) -> list[str]:
    """Names, by their capitals, that no source near has: another patient's, a made-up doctor's."""
    text = judged.reading.text
    words = [text[a.start : a.end] for a in judged.reading.assertions if _may_name(a, text)]
    sources = {unit.source.id: unit.source.text for unit, _ in judged.near}
    held = " ".join(sources.values()).casefold()
    return [word for word in words if word.casefold() not in held]


def _may_name(assertion: Assertion, text: str) -> bool:
    is_word = assertion.concept.kind is Kind.WORD and assertion.start > 0
    return is_word and text[assertion.start].isupper()


def _doubted(
    index: int,
    judged: Judged,
    refuted: Sequence[Compared],
    score: float,
    evidence: tuple[Span, ...],
) -> Assessment:
    if refuted:
        reasons = tuple(_reasons(judged, refuted))
        shown = tuple(dict.fromkeys((*_places(refuted, NOTHING), *evidence)))[:MOST_EVIDENCE]
        return Assessment(index, Support.CONTRADICTED, score, reasons, shown)
    reasons = (Reason("words", _missing(judged)),)
    return Assessment(index, Support.NOT_FOUND, score, reasons, evidence)


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
