"""Is all of a statement said in one place, thing by thing and word by word?"""

from collections.abc import Iterator

from service.reading.assertions import Assertion, Kind, Polarity, Time
from service.reading.layout import Stance
from service.reading.lexicon import implies
from service.reading.values import same
from service.verification.bearing.apart import is_apart
from service.verification.bearing.judge import Judged
from service.verification.bearing.match import differences
from service.verification.bearing.pool import Held
from service.verification.bearing.valued import EXACT
from service.verification.bearing.words import words_in

FEWEST = 2  # things of a list
_AMOUNTS = frozenset(("dose", "level", "score", "frequency"))


def says_all(unit: Held, judged: Judged) -> bool:
    """Does the unit say each thing and word of the statement, and none of them otherwise?"""
    said = judged.reading.assertions
    return bool(said) and all(any(_saying(each, unit)) for each in said)


def taken_back(judged: Judged) -> Held | None:
    """What said all of it, and was struck or corrected, where nothing else says so."""
    gone = next((unit for unit in judged.taken_back if says_all(unit, judged)), None)
    return None if any(says_all(unit, judged) for unit, _ in judged.near) else gone


def is_answered(judged: Judged) -> bool:
    """Does a tick or an answer say it, and nothing else say otherwise?"""
    return any(is_laid_out(unit) and says_all(unit, judged) for unit, _ in judged.near)


def is_measured_out(judged: Judged) -> bool:
    """Does one place have all of it, and each thing its amount, written in whatever way?"""
    return bool(_measured(judged)) and any(reads_same(unit, judged) for unit, _ in judged.near)


def is_denied_apart(judged: Judged) -> bool:
    """Is it a list of what is denied, each of which one place or another denies? A scorer, which is
    asked of the whole list beside each, seldom sees that they come to it."""
    said = judged.reading.assertions
    if len(said) < FEWEST or not all(_is_denied_now(a) for a in said):
        return False
    units = [unit for unit, _ in judged.near]
    return _says_no_more(judged) and all(
        any(any(_saying(each, unit)) for unit in units) for each in said
    )


def _is_denied_now(said: Assertion) -> bool:
    return said.polarity is Polarity.NEGATED and said.time is Time.NOW


def _says_no_more(judged: Judged) -> bool:
    """Are its words those of its things and of their denial?"""
    text, said = judged.reading.text, judged.reading.assertions
    words = words_in(text, said, 0, len(text))
    return all(word.kind in ("name", "denial") or "current" in word.keys for word in words)


def reads_same(unit: Held, judged: Judged) -> bool:
    """Does the unit say all of it, and of each thing the same amount?"""
    return says_all(unit, judged) and all(_has_values(each, unit) for each in _measured(judged))


def _measured(judged: Judged) -> list[Assertion]:
    return [a for a in judged.reading.assertions if any(v.what in _AMOUNTS for v in a.values)]


def _has_values(said: Assertion, unit: Held) -> bool:
    told = [v for v in said.values if v.what in EXACT]
    return any(
        all(any(v.what == h.what and same(v, h) for h in held.values) for v in told)
        for held in _saying(said, unit)
    )


def is_laid_out(unit: Held) -> bool:
    """Is what it says told by the layout: a tick, an answer behind its label, an item of a list?
    Of these a scorer, which reads sentences, knows nothing."""
    told = unit.source.reading.structure.units[unit.number]
    return told.stance in (Stance.YES, Stance.NO)


def _saying(said: Assertion, unit: Held) -> Iterator[Assertion]:
    """The assertions that say it. Where the unit denies the thing by its own name, a narrower one
    that it affirms does not: "denies SI; a passive thought in May"."""
    is_denied = any(
        h.concept == said.concept and h.polarity != said.polarity for h in unit.assertions
    )
    for held in unit.assertions:
        is_named = held.concept == said.concept
        if not (is_named or (not is_denied and implies(held.concept, said.concept))):
            continue
        if held.concept.kind is Kind.SETTING and held.polarity is Polarity.UNKNOWN:
            yield held  # "firearm in home: no" says nothing of the home
            continue
        if is_apart(said, held):
            continue
        if not any(differences(said, held, unit.assertions)):
            yield held
