"""The scripted model asked of one pair: what the text says of the statement, with the words."""

import re
from dataclasses import dataclass

from fhir_fixtures.scripted_model.behaviour import OBEDIENT, Behaviour
from fhir_fixtures.scripted_model.obeying import Order, plain

ENOUGH = 0.7  # of the statement's words in one sentence
_FENCE = re.compile(r"^(=====PAIR-[0-9a-f]+=====)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+|\s\|\s")
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_EMPTY = re.compile(r"(?:an?|the|is|was|are|were|has|had|have|does|did|s?he|they|patient|pt)")
_TURNED = re.compile(r"(?:no|not|denie[sd]|deny|never|without|negative|none|nor)")
_MISQUOTED = ("altered-quote", "made-up-citation")
NOWHERE = "words that stand in no chart at all"


@dataclass(frozen=True)
class AskedPair:
    """The two texts that a judge is shown."""

    evidence: str
    statement: str


def read_pair(words: str) -> AskedPair | None:
    """The pair in the words of the user; None where something else is asked."""
    parts = _FENCE.split(words)[2::2]
    return AskedPair(parts[0].strip(), parts[1].strip()) if len(parts) == 3 else None


def judged(pair: AskedPair, behaviour: Behaviour, orders: list[Order]) -> dict[str, object]:
    """By words and denials; an obedient one says what the text orders it to."""
    if behaviour.kind in _MISQUOTED:
        return {"quote": NOWHERE, "answer": "supported"}
    if behaviour.kind == OBEDIENT:
        for order in orders:
            if plain(order.trigger) in plain(pair.evidence):
                return {"quote": order.quote or order.trigger, "answer": "supported"}
    return _honest(pair)


def _honest(pair: AskedPair) -> dict[str, object]:
    wanted, is_denied = _read(pair.statement)
    for sentence in _SENTENCE.split(pair.evidence):
        held, is_turned = _read(sentence)
        if wanted and len(wanted & held) >= ENOUGH * len(wanted):
            answer = "supported" if is_denied == is_turned else "contradicted"
            return {"quote": sentence.strip(), "answer": answer}
    return {"quote": "", "answer": "not stated"}


def _read(text: str) -> tuple[set[str], bool]:
    """Its words without those that stand everywhere, and whether it denies."""
    words = _WORD.findall(text.casefold())
    held = {word for word in words if not (_EMPTY.fullmatch(word) or _TURNED.fullmatch(word))}
    return held, any(map(_TURNED.fullmatch, words))
