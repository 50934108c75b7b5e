"""A statement judged: each of its claims beside the places that may bear it out."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from service.verification.anchors import ABOUT
from service.verification.claims import claims, items
from service.verification.compare import ENOUGH, Compared, compare, is_retold
from service.verification.context.compare import context_reasons
from service.verification.denial import denial, is_same_denial
from service.verification.facts import agrees, days, values
from service.verification.models import Reason
from service.verification.owners import said_of_others
from service.verification.pairs import series, trend_reasons
from service.verification.place import Place, bears, is_telling, weight
from service.verification.terms import Reading, Term, read
from service.verification.words import written_out

COPY = 0.75  # with this share of its words in one place, a claim is that place with changes
NEAR = 0.5  # a sentence that has this share of a claim's words is about it


_TIMED = re.compile(
    r"histor|previous|former|\bpast\b(?! (?:\w+ )?(?:day|week|month|year))|current|\bplan"
    r"|\bto (?:start|begin|commence|follow)\b|waiting list|schedul|\bif\b|unless|family|remote"
    r"|no longer|used to|recommend|consider",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"possib|probab|likely|suspect|rule out|question|\bmay\b|\bmight\b|could be (?:an?|due|from)\b"
    r"|concern for|\?|differential|equivocal"
    r"|not (?:assessed|documented|recorded|known|asked|tested)|unknown"
    r"|un(?:documented|assessed|clear)",
    re.IGNORECASE,
)


_DECLINED = re.compile(r"\b(?:declin|refus)", re.IGNORECASE)
_TOLD = re.compile(
    r"report|\bstat(?:es|ed)|\bsa(?:ys|id)\b|\bper\b|according|den(?:y|ies|ied)|endors|\btold|claim"
    r"|describ|complain",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judged:
    """`coverage`: the share of what is said that some place says too. `places` bear it out."""

    coverage: float
    reasons: tuple[Reason, ...]
    places: tuple[Place, ...] = ()


def judge(body: str, places: Sequence[Place], near: Sequence[Place] = ()) -> Judged:
    """The whole statement in one place, else claim by claim.

    `places` are what it rests on; `near` may fill in what these do not say, never outvote them.
    """
    whole = read(body)
    if borne := _borne(whole, places):
        return borne
    best = _best(whole, places)
    if best is not None and best.coverage >= COPY and _is_turned(whole, best):
        return _doubted(whole, best, places, near)  # one place with a change, not a composition
    found = [_claim(claim, places, near) for claim in claims(body)]
    weights = [sum(weight(t) for t in read_claim.terms) or 1.0 for read_claim in claims(body)]
    coverage = sum(j.coverage * w for j, w in zip(found, weights, strict=True)) / sum(weights)
    apart = said_of_others(whole, [place.reading for place in (*places, *near)])
    reasons = dict.fromkeys(chain(*(each.reasons for each in found), apart))
    used = dict.fromkeys(place for each in found for place in each.places)
    return Judged(coverage, tuple(reasons), tuple(used))


def _is_turned(whole: Reading, best: Compared) -> bool:
    return best.contradicts or (len(claims(whole.text)) == 1 and bool(denial(whole, best.place)))


def _borne(claim: Reading, places: Iterable[Place]) -> Judged | None:
    """The first place, of those that say most of it, that says all and nothing against it.

    A place that says more of the claim than any other, but the opposite, is not outvoted.
    """
    compared = sorted((compare(claim, place) for place in places), key=lambda c: -c.coverage)
    floor = 0.0
    for each in compared:
        if each.coverage < floor or not each.coverage:
            return None
        if each.bears and not _against(claim, each.place):
            if denied := _denied_elsewhere(claim, each, compared):
                return Judged(denied.coverage, denied.doubts, (denied.place,))
            return Judged(each.coverage, (), (each.place,))
        if each.coverage >= COPY and (each.contradicts or each.bears):
            floor = max(floor, each.coverage)
    return None


def _denied_elsewhere(
    claim: Reading, bearing: Compared, compared: Sequence[Compared]
) -> Compared | None:
    """A place that says otherwise what the bearing one leaves open: a list has the drug, another
    sentence holds it."""
    left_open = {t.kind for t in claim.terms if t.kind in ABOUT and not bears(t, bearing.place)}
    deny = (
        each
        for each in compared
        if any(d.contradicts and d.check in left_open for d in each.doubts)
    )
    return next((each for each in deny if each.coverage >= ENOUGH), None)


def _against(claim: Reading, place: Place) -> tuple[Reason, ...]:
    """What turns the claim round although its words are all there."""
    return (
        *(_meant_otherwise(claim, place) or denial(claim, place)),
        *trend_reasons(claim.text, place.reading.text),
        *_unheard(claim, [place]),
    )


def _meant_otherwise(claim: Reading, place: Place) -> list[Reason]:
    """Whether, when, of whom and who says so; read with abbreviations in full: NKDA denies."""
    said, held = written_out(claim.text), written_out(place.meant)
    found = [
        each
        for each in context_reasons(said, held)
        if _is_plain(each, said, held) and not (each.check == "time" and _is_day_of(claim, place))
    ]
    if (said, held) == (claim.text, place.meant):
        return found
    shown, source = claim.text.strip()[:160], place.meant.strip()[:160]
    return [replace(each, said=shown, source=source) for each in found]


def _is_day_of(claim: Reading, place: Place) -> bool:
    """ "On 20 August" is "today" in the note of that day."""
    own = [each for each in values(place.day) if each.check == "date"]
    return bool(own) and any(agrees(f, own) for f in claim.facts if f.check == "date")


def _is_plain(reason: Reason, said: str, held: str) -> bool:
    """In a retelling tense alone tells no time, "could" no doubt and "saw" no teller: one text must
    say so. What it denies is compared by the names of things (denial.py), not by where they stand.
    """
    if reason.check == "polarity" and (
        is_same_denial(said, held) or _is_prefix(reason, said, held)
    ):
        return False
    if reason.check == "certainty" and _DECLINED.search(said) and _DECLINED.search(held):
        return False
    if not is_retold(said, held):
        return True
    if reason.check == "subject":
        return _people(said) != _people(held)
    cue = {"time": _TIMED, "certainty": _UNSURE, "attribution": _TOLD}.get(reason.check)
    return cue is not None and bool(cue.search(said)) != bool(cue.search(held))


def _people(text: str) -> set[Hashable]:
    return read(text).scales.get("person", set()) - {"patient"}


def _is_prefix(reason: Reason, said: str, held: str) -> bool:
    """ "Non-contrast" beside "without contrast"."""
    return any(
        re.search(rf"\b(?:no|not|without)\s+{re.escape(word)}\b", text, re.IGNORECASE)
        for word in (reason.said, reason.source)
        if " " not in word
        for text in (said, held)
    )


def _unheard(claim: Reading, places: Sequence[Place]) -> list[Reason]:
    """Clauses and items that are about something no place says a word of."""
    pieces = [piece for whole in claims(claim.text) for piece in items(whole.text)]
    listed = [[t for t in piece.terms if is_telling(t)] for piece in pieces]
    return [
        Reason("words", " ".join(t.said for t in telling))
        for telling in (listed if len(listed) > 1 else ())
        if telling and not any(bears(t, place) for t in telling for place in places)
    ]


def _claim(claim: Reading, places: Sequence[Place], near: Sequence[Place]) -> Judged:
    if borne := _borne(claim, places):
        return borne
    best = _best(claim, places)
    if best is None:
        return Judged(0.0, (Reason("words", claim.text.strip()[:160]),))
    if series := _series(claim, places):
        return series
    if not (best.contradicts and best.coverage >= COPY):
        together = _together(claim, places)
        if together is not None:
            return together
    return _doubted(claim, best, places, near)


def _series(claim: Reading, places: Sequence[Place]) -> Judged | None:
    """ "PHQ-9 fell from 21 to 14", each value in a record of its own, the days in their order."""
    found = [_borne(read(text), places) for text in series(claim.text)]
    held = [place for each in found if each for place in each.places]
    told = [days(place.facts) for place in held]
    if len(held) != 2 or not all(told) or max(told[0]) == max(told[1]):
        return None
    said, shown = claim.text.strip()[:160], held[1].reading.text.strip()[:160]
    is_turned = max(told[0]) > max(told[1])
    return Judged(1.0, (Reason("trend", said, shown, True),) if is_turned else (), tuple(held))


def _best(claim: Reading, places: Sequence[Place]) -> Compared | None:
    """The place that says most of the claim and, of several, denies least."""
    compared = [compare(claim, place) for place in places]
    return max(
        compared, key=lambda c: (c.coverage, not c.contradicts, -len(c.doubts)), default=None
    )


def _together(claim: Reading, places: Sequence[Place]) -> Judged | None:
    """Each item of a list in a place of its own."""
    listed = items(claim.text)
    if len(listed) < 2:
        return None
    found = [_borne(item, places) for item in listed]
    if any(each is None for each in found):
        return None
    kept = [each for each in found if each is not None]
    coverage = sum(each.coverage for each in kept) / len(kept)
    return Judged(coverage, (), tuple(place for each in kept for place in each.places))


def _doubted(
    claim: Reading, best: Compared, places: Sequence[Place], near: Sequence[Place]
) -> Judged:
    """The doubts of the place that says most, without those that its neighbours settle.

    Neighbours say nothing of a claim that is about something else than what it rests on.
    """
    if not any(bears(t, place) for t in claim.terms if is_telling(t) for place in places):
        near = ()
    others = [p for p in (*places, *_about(claim, near)) if p is not best.place]
    doubts = [
        _dated(d, best.place)
        for d in best.doubts
        if d.contradicts or not any(_settles(d, claim, p) for p in others)
    ]
    everywhere = [best.place, *places, *(n for n in near if n.of == best.place.of)]
    if best.coverage >= NEAR:
        doubts += [r for r in _against(claim, best.place) if r.contradicts]
    doubts += _unheard(claim, everywhere)
    missing = [t for t in claim.terms if not any(bears(t, place) for place in everywhere)]
    coverage = 1 - sum(map(weight, missing)) / (sum(map(weight, claim.terms)) or 1.0)
    if coverage < ENOUGH and not doubts:
        doubts = [Reason("words", ", ".join(_words(missing)))]
    return Judged(coverage, tuple(doubts), (best.place,))


def _words(missing: Iterable[Term]) -> list[str]:
    return list(dict.fromkeys(term.said for term in missing))[:5]


def _about(claim: Reading, near: Sequence[Place]) -> list[Place]:
    """The sentences near by that speak of the same thing."""
    total = sum(map(weight, claim.terms)) or 1.0
    return [
        place
        for place in near
        if sum(weight(t) for t in claim.terms if bears(t, place)) >= NEAR * total
    ]


def _settles(doubt: Reason, claim: Reading, place: Place) -> bool:
    """Does the place say the doubted words?"""
    said = [term for term in claim.terms if term.said and term.said.strip() in doubt.said]
    return bool(said) and all(bears(term, place) for term in said)


def _dated(doubt: Reason, place: Place) -> Reason:
    return replace(doubt, on=place.day) if doubt.contradicts and place.day else doubt
