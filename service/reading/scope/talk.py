"""What a turn of talk answers: the question's things, as the answer has them."""

from collections.abc import Iterator
from dataclasses import replace

from service.reading.assertions import Assertion, Certainty, Kind, Polarity
from service.reading.scope.phrases import listed
from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame
from service.reading.scope.tokens import tokens

_OPEN = ("how", "what", "which", "describe", "tell")  # ask for more than yes or no
_SOON = 3  # words before the yes or no ("well, uh, no")
_SHORT = 8  # words of an answer that is about nothing but the question


def answered(asked: str, said: str, frame: Frame, on: str) -> Iterator[Assertion]:
    """`asked` names the things, `said` says yes, no, perhaps, or how they are. The frame is the
    answer's."""
    verdict = _verdict(said)
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


def _verdict(said: str) -> str | None:
    marks = [token.mark for token in tokens(said[:200])]
    for kind in ("unknown", "possible", "negated", "affirmed"):
        found = listed("frames", "answers", kind).all(marks)
        if found and found[0].first < _SOON:
            return kind
    return None


def _meant(each: Assertion, verdict: str, told: frozenset[str]) -> Assertion:
    if verdict == "possible":
        return replace(each, certainty=Certainty.POSSIBLE, words=each.words | told)
    return replace(each, polarity=Polarity(verdict), words=each.words | told)
