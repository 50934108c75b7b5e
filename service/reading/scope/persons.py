"""Who can be spoken of and who can tell: the words for them, and what a phrase says of each."""

from functools import lru_cache
from typing import NamedTuple

from service.reading.assertions import Says
from service.reading.scope.phrases import load, words

FAMILY = "family"
ANOTHER = "another person"
VOICE = "voice"
STORY = "story"  # a dream, a song, a book
PER = ("per", "according")


class Told(NamedTuple):
    """tokens[first:last] are of `subject` (or said by `says`, whose name is `who`)."""

    first: int
    last: int
    subject: str = ""
    says: Says | None = None
    who: str = ""


class Person(NamedTuple):
    """Whose a token is, and who says so."""

    subject: str
    says: Says
    who: str = ""


def same_person(name: str) -> str:
    """One name for a relative who has several ("mom", "mother")."""
    known: dict[str, str] = load("people")["same"]
    return known.get(name, name)


@lru_cache(maxsize=1)
def persons() -> frozenset[str]:
    """The words for somebody other than the patient."""
    return words("people", "relatives") | words("people", "others")
