"""Is all of a statement said in one place, thing by thing and word by word?"""

from collections.abc import Iterator

from service.reading.assertions import Assertion
from service.reading.layout import Stance
from service.reading.lexicon import implies
from service.verification.bearing.apart import is_apart
from service.verification.bearing.judge import Judged
from service.verification.bearing.match import differences
from service.verification.bearing.pool import Held


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


def is_laid_out(unit: Held) -> bool:
    """Is what it says told by the layout: a tick, an answer behind its label, an item of a list?
    Of these a scorer, which reads sentences, knows nothing."""
    told = unit.source.reading.structure.units[unit.number]
    return told.stance in (Stance.YES, Stance.NO)


def _saying(said: Assertion, unit: Held) -> Iterator[Assertion]:
    for held in unit.assertions:
        if not implies(held.concept, said.concept) or is_apart(said, held):
            continue
        if not any(differences(said, held, unit.assertions)):
            yield held
