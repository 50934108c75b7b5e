"""How a sentence means a thing that it names: what context/ reads at the place of a hit."""

import re
from collections.abc import Callable
from functools import lru_cache

from service.verification.context.cues import POLARITY, find
from service.verification.context.headings import kind_of
from service.verification.context.read import read
from service.verification.context.tokens import tokens
from service.verification.context.vocabulary import PATIENT, Polarity, Reading, Time
from service.verification.omission.cues import cue
from service.verification.omission.lexicon import Hit

_END = re.compile(r"[;!?\n]|\.(?=\s|$)|\b(?:but|however|although|except)\b", re.IGNORECASE)


def clause(text: str, hit: Hit) -> tuple[int, int]:
    """Where the clause round the hit begins and ends."""
    before = [m.end() for m in _END.finditer(text, 0, hit.start)]
    after = _END.search(text, hit.end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


@lru_cache(maxsize=20_000)
def _readings(text: str, section: str) -> tuple[Reading, ...]:
    return tuple(read(text, section))


def _is_all(text: str, hit: Hit, heading: str, is_so: Callable[[Reading], bool]) -> bool:
    """Are the words of the hit all read so? Words that are nothing but cues have no reading."""
    line = _readings(text, kind_of(heading))
    inside = [each for each in line if hit.start <= each.start < hit.end]
    return bool(inside) and all(is_so(each) for each in inside)


def is_denied(text: str, hit: Hit, heading: str = "") -> bool:
    """Does the text say that the thing is not there? "Not back yet" is itself what it says."""
    if find(POLARITY, tokens(text[hit.start : hit.end])):
        return False
    return _is_all(text, hit, heading, lambda each: each.polarity is Polarity.NEGATED)


def is_of_another(text: str, hit: Hit, heading: str = "") -> bool:
    """Is it told of a relative or of somebody else?"""
    return _is_all(text, hit, heading, lambda each: each.subject != PATIENT)


def is_supposed(text: str, hit: Hit, heading: str = "") -> bool:
    """Is it only supposed: "return if suicidal", "rule out bipolar", or an order's own name?"""
    start, end = clause(text, hit)
    if text[end : end + 1] == "?" or cue("orders", "names").search(text[start : end + 1]):
        return True
    return _is_all(
        text,
        hit,
        heading,
        lambda each: each.polarity is Polarity.POSSIBLE or each.time is Time.HYPOTHETICAL,
    )


def is_unanswered(text: str, hit: Hit, heading: str = "") -> bool:
    """Was it asked, or left, without an answer? That is neither said nor denied."""
    return _is_all(text, hit, heading, lambda each: each.polarity is Polarity.UNASSESSED)


def is_historical(text: str, hit: Hit, heading: str = "") -> bool:
    """Is it said to be over?"""
    return _is_all(text, hit, heading, lambda each: each.time is Time.HISTORICAL)
