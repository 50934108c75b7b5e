"""What is asserted of one word of a phrase."""

from service.reading.assertions import Assertion
from service.reading.layout import Section, Stance
from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame


def said_of(
    word: str,
    phrase: str,
    *,
    section: Section = Section.OTHER,
    stance: Stance = Stance.PLAIN,
    speaker: str = "",
    on: str = "2026-03-14",
) -> Assertion:
    """The assertion whose place holds the last `word` of a phrase."""
    at = phrase.rindex(word)
    found = read_phrase(phrase, Frame(section, stance, speaker), on)
    return next(each for each in found if each.start <= at < each.end)
