"""What a turn of talk answers: the question's things, as the answer has them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Kind,
    Polarity,
    Time,
)
from service.reading.scope.doing import TESTED
from service.reading.scope.persons import persons, same_person
from service.reading.scope.phrases import listed
from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame
from service.reading.scope.tokens import tokens

_OPEN = ("how", "what", "which", "describe", "tell")  # ask for more than yes or no
_SOON = 3  # words before the yes or no ("well, uh, no")
_OFFERS = (
    "would you",
    "do you want",
    "are you willing",
    "could we",
    "can we",
    "shall we",
    "how about",
)
_DONE = frozenset((Kind.MEDICINE, Kind.PROCEDURE, Kind.EVENT))
_FIRST = 4  # words of an answer in which somebody else is named ("my dad does")
_DOES = frozenset(("does", "did", "has", "had", "is", "was", "do", "have"))
_SHORT = 8  # words of an answer that is about nothing but the question


def answered(asked: str, said: str, frame: Frame, on: str) -> Iterator[Assertion]:
    """`asked` names the things, `said` says yes, no, perhaps, or how they are. The frame is the
    answer's."""
    if who := _another(said):
        yield from _of_another(asked, frame, on, who, "i not" in _plain(said))
        return
    is_offer = asked.casefold().lstrip().startswith(_OFFERS)
    verdict = "declined" if is_offer and _is_declined(said) else _verdict(said)
    told = frozenset(
        each.concept.key for each in read_phrase(said, frame, on) if each.concept.kind is Kind.WORD
    )
    is_open = asked.casefold().lstrip().startswith(_OPEN)
    if verdict is None and not (is_open and len(said.split()) <= _SHORT):
        return
    for each in read_phrase(asked, frame._replace(is_question=False), on):
        if each.concept.kind is Kind.WORD:
            continue
        yield _meant(each, "affirmed" if is_open or verdict is None else verdict, told)


def _plain(said: str) -> str:
    return " ".join(token.key for token in tokens(said[:200]))


def _another(said: str) -> str:
    """The relative who has it ("my dad does"), "" where the answer is the patient's own."""
    keys = _plain(said).split()[: _FIRST + 1]
    found = (who for who, does in pairwise(keys) if who in persons() and does in _DOES)
    return same_person(next(found, ""))


def _of_another(
    asked: str, frame: Frame, on: str, who: str, is_not_patient: bool
) -> Iterator[Assertion]:
    for each in read_phrase(asked, frame._replace(is_question=False), on):
        if each.concept.kind is not Kind.WORD:
            yield replace(each, subject=who)
            if is_not_patient:
                yield replace(each, subject=PATIENT, polarity=Polarity.NEGATED)


def _is_declined(said: str) -> bool:
    marks = [token.mark for token in tokens(said[:200])]
    kinds = ("negated", "declined")
    return any(
        f.first < _SOON for kind in kinds for f in listed("frames", "answers", kind).all(marks)
    )


def _verdict(said: str) -> str | None:
    marks = [token.mark for token in tokens(said[:200])]
    for kind in ("unknown", "possible", "negated", "affirmed"):
        found = listed("frames", "answers", kind).all(marks)
        if found and found[0].first < _SOON:
            is_yet = kind == "negated" and _plain(said).startswith("not yet")
            return "not-yet" if is_yet else kind
    return None


def _meant(each: Assertion, verdict: str, told: frozenset[str]) -> Assertion:
    if verdict == "declined":
        if each.concept.kind in _DONE:
            return replace(each, act=Act.DECLINED, polarity=Polarity.AFFIRMED, time=Time.NOW)
        verdict = "negated"
    if verdict == "possible":
        return replace(each, certainty=Certainty.POSSIBLE, words=each.words | told)
    if verdict == "not-yet":
        verdict = "unknown" if each.concept.kind in TESTED else "negated"
    return replace(each, polarity=Polarity(verdict), words=each.words | told)
