"""A denial that was put in or left out where the words are otherwise the source's own."""

import re

from service.verification.compare import Place, compare
from service.verification.models import Reason
from service.verification.terms import Reading

COPIED = 0.85  # both ways: all but this share of the words are the same
_CUE = re.compile(
    r"(?<![\w-])(?:no|not|non|den(?:y|ies|ied|ying)|never|none|without|w/o|cannot|negative|neither"
    r"|nor|absent|absence|free of|lacks?|ruled out)(?!\w)|n['’]t\b", re.IGNORECASE,
)  # fmt: skip


def denial(claim: Reading, place: Place) -> list[Reason]:
    """One of the two denies and the other does not, though they say the same otherwise."""
    if bool(_CUE.search(claim.text)) == bool(_CUE.search(place.reading.text)):
        return []
    back = compare(place.reading, Place(claim, place.dated))
    if min(compare(claim, place).coverage, back.coverage) < COPIED:
        return []
    said, held = claim.text.strip()[:160], place.reading.text.strip()[:160]
    return [Reason("polarity", said, held, True)]
