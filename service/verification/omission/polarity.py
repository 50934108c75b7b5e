"""Whether a source or a summary denies a thing, tells it of somebody else, or only supposes it."""

import re
from functools import lru_cache

from service.drafting.words import mentions
from service.verification.context.read import read
from service.verification.context.vocabulary import Polarity
from service.verification.omission.cues import cue
from service.verification.omission.lexicon import Hit
from service.verification.words import stems

_END = re.compile(r"[;!?\n]|\.(?=\s|$)|\b(?:but|however|although|except)\b", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:[-–]|[^:;.,]{0,40}:)?\s*(?:denie[sd]\b|none\b|absent\b|negative\b|no\b"
    r"|nil\b|not (?:present|endorsed|reported|diagnosed|met)\b|refuted|ruled out|disputed)", re.I,
)  # fmt: skip
LONGEST_ITEM = 3  # words of an item of a list; a longer one is a clause of its own
FAMILY_HEADING = ("family history", "family hx", "fhx", "fh", "family psychiatric")


def clause(text: str, hit: Hit) -> tuple[int, int]:
    """Where the clause round the hit begins and ends."""
    before = [m.end() for m in _END.finditer(text, 0, hit.start)]
    after = _END.search(text, hit.end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


@lru_cache(maxsize=50_000)
def is_denied(text: str, hit: Hit) -> bool:
    """Does the text say that the thing is not there? A label counts: "SI: denied"."""
    start, end = clause(text, hit)
    if cue("polarity", "nothing").search(text[hit.start : hit.end]):
        return False  # "not back yet" is what it says
    if _DENIED_AFTER.match(text, hit.end, end):
        return True
    words = stems(text[hit.start : hit.end])
    if _denies(text[start:end], words):
        return True
    return any(_denies(each, words) for each in _list_items(text, start, hit))


def _denies(said: str, words: frozenset[str]) -> bool:
    told = [each.polarity for each in read(said) if each.stem in words]
    return bool(told) and all(each is Polarity.NEGATED for each in told)


def _list_items(text: str, start: int, hit: Hit) -> list[str]:
    """The item with the head of its list: "no alcohol, tobacco, drugs" denies all three."""
    *before, item = text[start : hit.end].split(",")
    last = item
    while before and len(last.split()) <= LONGEST_ITEM:
        last = before.pop()
        if cue("polarity", "nothing").search(last):
            return [f"{last} {item}"]
    return []


def is_familys(text: str, hit: Hit, heading: str = "") -> bool:
    """Is it told of a relative: under a heading of the family, or after one is named?"""
    start, _ = clause(text, hit)
    return mentions(heading, FAMILY_HEADING) or bool(
        cue("polarity", "family").search(text[start : hit.start])
    )


def is_supposed(text: str, hit: Hit) -> bool:
    """Is it only supposed: "return if suicidal", "rule out bipolar"?"""
    start, end = clause(text, hit)
    if text[end : end + 1] == "?" or cue("polarity", "ordered").search(text[start : end + 1]):
        return True
    return bool(cue("polarity", "supposed").search(text[start : hit.start]))


def is_unanswered(text: str, hit: Hit) -> bool:
    """Was it asked, or left, without an answer? That is neither said nor denied."""
    start, end = clause(text, hit)
    return bool(cue("polarity", "unanswered").search(text[start:end]))


def is_historical(text: str, hit: Hit) -> bool:
    """Is it said to be over?"""
    start, end = clause(text, hit)
    return bool(cue("polarity", "past").search(text[start:end]))
