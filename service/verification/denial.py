"""A denial that was put in or left out where the words are otherwise the source's own."""

import re

from service.verification.compare import Place, compare
from service.verification.models import Reason
from service.verification.terms import Reading
from service.verification.words import words_and_values

COPIED = 0.85  # both ways: all but this share of the words are the same
_CUE = re.compile(
    r"(?<![\w-])(?:no|not|non|den(?:y|ies|ied|ying)|never|none|without|w/o|cannot|negative|neither"
    r"|nor|absent|absence|free of|lacks?|ruled out|ran out|stopped|quit|declin\w+|refus\w+)(?!\w)"
    r"|n['’]t\b", re.IGNORECASE,
)  # fmt: skip

_NOTS = frozenset({"no", "not", "never", "without"})


def denial(claim: Reading, place: Place) -> list[Reason]:
    """One of the two denies and the other does not, though they say the same otherwise."""
    if not (_denies_otherwise(claim, place) or _has_other_nots(claim.text, place.meant)):
        return []
    said, held = claim.text.strip()[:160], place.meant.strip()[:160]
    return [Reason("polarity", said, held, True)]


def _denies_otherwise(claim: Reading, place: Place) -> bool:
    if bool(_CUE.search(claim.text)) == bool(_CUE.search(place.reading.text)):
        return False
    back = compare(place.reading, Place(claim, place.dated))
    return min(compare(claim, place).coverage, back.coverage) >= COPIED


def _has_other_nots(claim: str, source: str) -> bool:
    """Are the claim's words the source's own, in its order, but for a "not" put in or left out
    among them? The first word's denial may stand in other words ("no SI", "denies SI").

    Other denials beside it do not settle that: "not more than 3 nights; no refills".
    """
    said, mine = _apart(claim)
    held, theirs = _apart(source)
    places = [at for at in range(len(held) - len(said) + 1) if held[at : at + len(said)] == said]
    within = [{n - at: theirs[n] for n in theirs if at < n < at + len(said)} for at in places]
    mine.pop(0, None)
    return bool(said and within) and all(_differ(mine, each) for each in within)


def _differ(mine: dict[int, str], theirs: dict[int, str]) -> bool:
    """A "no" of one of the two counts unless both have one before it: "SI, no HI, AVH"."""
    both = mine.keys() & theirs.keys()
    return any(word != "no" or not any(at < n for at in both)
               for n, word in (*mine.items(), *theirs.items()) if n not in both)  # fmt: skip


def _apart(text: str) -> tuple[list[str], dict[int, str]]:
    """The words without their "not"s, and by the number of a word the "not" before it."""
    rest: list[str] = []
    before: dict[int, str] = {}
    for word in words_and_values(text).split():
        if word in _NOTS:
            before[len(rest)] = word
        else:
            rest.append(word)
    return rest, before
