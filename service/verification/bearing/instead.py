"""What a source names in the place of what a statement names: another of its sort."""

import re
from collections.abc import Sequence
from functools import lru_cache

from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time
from service.reading.lexicon import implies, kind_of, opposite, sort_of
from service.reading.values import same
from service.verification.bearing.valued import EXACT

NEARLY_ALL = 0.6  # of the rest of the statement
_MORE = 4  # words of a sentence that is the statement's but for a name
_TERM = 5  # letters of a word that no list has, from which it is taken for a term
_WORD = re.compile(r"[^\W_]+")
_CHECKS = {Kind.MEDICINE: "drug", Kind.MEASUREMENT: "measurement", Kind.SCORE: "measurement"}


def instead(
    said: Assertion, held: Assertion, rest: Sequence[Concept], share: float, *, in_frame: bool
) -> str:
    """The check that they differ in, "" where the source says nothing in its place. `rest` is
    all else that the statement speaks of, `share` how much of that the source's unit has.
    `in_frame`: its words but for the name are the statement's: what stands there is said instead.
    """
    if said.concept.kind is not Kind.WORD and _excludes(said, held):
        return "scale"
    is_alone = not rest and bool(said.values) and _has_its_values(said, held)
    if not (in_frame or is_alone) and share < NEARLY_ALL:
        return ""
    if held.concept in rest or not _is_told_alike(said, held):
        return ""
    if any(implies(held.concept, c) or implies(c, held.concept) for c in (*rest, said.concept)):
        return ""
    if said.concept.kind is Kind.WORD:
        if _excludes(said, held):
            return "scale"
        return "name" if in_frame and _are_terms(said, held) else _of_sort(said, held)
    if held.concept.kind is said.concept.kind and said.concept.kind in _CHECKS:
        return _CHECKS[said.concept.kind] if _has_its_values(said, held) else ""
    return "name" if in_frame and sort_of(said.concept) else _of_sort(said, held)


def _are_terms(said: Assertion, held: Assertion) -> bool:
    """Two words that no list has, so that neither is a common word for the other: terms."""
    both = (said.concept.key, held.concept.key)
    return held.concept.kind is Kind.WORD and all(
        kind_of(each) is None and len(each) >= _TERM for each in both
    )


def is_in_frame(said: Assertion, statement: str, unit: str) -> bool:
    """Is the unit's sentence the statement's, but for the name? "Has rubella", "has measles"."""
    frame = _words(statement[: said.start] + " " + statement[said.end :])
    held = _words(unit)
    return bool(frame) and frame <= held and len(held - frame) <= _MORE


def is_written(said: Assertion, statement: str, unit: str) -> bool:
    """Stand the words of the name in the unit, though it was read as another thing?"""
    return _words(statement[said.start : said.end]) <= _words(unit)


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _of_sort(said: Assertion, held: Assertion) -> str:
    """Two organisms, two places of the body, two diagnoses."""
    sort = sort_of(said.concept)
    return "name" if sort and sort == sort_of(held.concept) else ""


def _is_told_alike(said: Assertion, held: Assertion) -> bool:
    """Both affirmed, of one person; what may be or will be is neither."""
    both = (said, held)
    is_so = all(each.polarity is Polarity.AFFIRMED and each.time is not Time.IF for each in both)
    return is_so and said.subject == held.subject and held.is_current


def _has_its_values(said: Assertion, held: Assertion) -> bool:
    """A result is known by its value, a medicine also by the rest of the sentence."""
    values = [v for v in said.values if v.what in EXACT]
    is_enough = bool(values) or said.concept.kind is Kind.MEDICINE
    return is_enough and all(any(same(v, h) for h in held.values) for v in values)


def _excludes(said: Assertion, held: Assertion) -> bool:
    """Of one scale, both affirmed, of the same person at the same time."""
    is_alike = (said.polarity, said.subject) == (held.polarity, held.subject)
    is_then = said.time is held.time or {said.time, held.time} == {Time.NOW, Time.EVER}
    return is_alike and is_then and opposite(said.concept, held.concept)
