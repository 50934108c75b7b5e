"""How the thing asked about stands by an answer in words, both read as one sentence."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time
from service.reading.lexicon.relations import opposite
from service.reading.read import read_text
from service.reading.resources.frame import Frame
from service.reading.resources.naming import lead
from service.reading.resources.tables import plain, table

_LONGEST = 80  # characters of an answer; what is longer is prose
_ASKED = frozenset(
    (Kind.PROBLEM, Kind.SYMPTOM, Kind.SUBSTANCE, Kind.LEGAL, Kind.SETTING, Kind.RISK)
)
# Of these an answer that is no yes, no degree and not the thing itself says nothing.
_CLAIMED = frozenset((Kind.SUBSTANCE, Kind.LEGAL))
_EXCLUDING = frozenset((*_CLAIMED, Kind.SETTING))
_TOPICS = frozenset(("code-status", "housing", "employment"))  # whatever is answered is of them


class Verdict(NamedTuple):
    polarity: Polarity
    time: Time = Time.NOW


def judged(frame: Frame, question: str, said: str, concept: Concept) -> Frame:
    """The frame with what an answer, that is no plain yes or no, says of the thing."""
    found = verdict(question[:500], said, concept) if 0 < len(said) <= _LONGEST else None
    if found is None or concept.key in _TOPICS or concept.key.endswith(("risk", "level")):
        return frame
    time = found.time if found.time in (Time.PAST, Time.EVER) else frame.time
    return replace(frame.said(found.polarity), time=time)


@lru_cache(4096)
def verdict(question: str, said: str, concept: Concept) -> Verdict | None:
    """None where the answer leaves the thing as it was asked."""
    if concept.kind not in _ASKED:
        return None
    given = _read(question, said)
    told = [a for a in _read(question, said, after=False) if a.concept.key == concept.key]
    if _excludes(given, concept):
        return Verdict(Polarity.NEGATED)
    itself = [a for a in given if a.concept.key == concept.key]
    last = next(iter((*itself[::-1], *told[::-1])), None)
    if last and (last.polarity is not Polarity.AFFIRMED or last.time is Time.PAST):
        return Verdict(last.polarity, last.time)
    return None if itself else _unnamed(question, said, concept, given)


def _unnamed(
    question: str, said: str, concept: Concept, given: Sequence[Assertion]
) -> Verdict | None:
    """Of an answer that does not name the thing: "former user", "abstinent", "intact"."""
    first, spoken = lead(said), set(plain(said).split())
    known = table("statuses.toml")["answers"]
    if concept.kind is Kind.PROBLEM and plain(question).endswith(" status"):
        return Verdict(Polarity.UNKNOWN)
    if concept.kind not in _CLAIMED:
        return None
    if plain(first.rest) in known["users"]:
        return Verdict(first.polarity, first.time)
    if concept.kind is Kind.LEGAL and not spoken.isdisjoint(known["lost"]):
        return Verdict(Polarity.NEGATED)
    if given and all(a.polarity is Polarity.NEGATED for a in given):
        return Verdict(Polarity.NEGATED)
    is_so = not spoken.isdisjoint(known["some"]) or any(c.isdecimal() for c in said)
    return None if is_so else Verdict(Polarity.UNKNOWN)


def _excludes(given: Sequence[Assertion], concept: Concept) -> bool:
    affirmed = (a.concept for a in given if a.polarity is Polarity.AFFIRMED)
    return concept.kind in _EXCLUDING and any(opposite(other, concept) for other in affirmed)


@lru_cache(4096)
def _read(question: str, said: str, after: bool = True) -> tuple[Assertion, ...]:
    """All of the sentence, or what stands in the answer."""
    asked = question.rstrip(" :?.")
    read = read_text(f"{asked}: {said}.", on="").assertions
    return tuple(a for a in read if not after or a.start > len(asked))
