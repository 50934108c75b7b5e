"""The scripted model itself: a prompt in, a section out; it remembers what it was asked."""

import hashlib
import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from fhir_fixtures.scripted_model.behaviour import (
    MISTELLING,
    MIXED,
    OBEDIENT,
    RETELLING,
    Behaviour,
)
from fhir_fixtures.scripted_model.drafting import Said, faithful
from fhir_fixtures.scripted_model.evidence import Question, read_question
from fhir_fixtures.scripted_model.judging import AskedPair, judged
from fhir_fixtures.scripted_model.misretelling import misretold
from fhir_fixtures.scripted_model.mistakes import MISTAKES, Lie, Told
from fhir_fixtures.scripted_model.obeying import Order, obeyed
from fhir_fixtures.scripted_model.retelling import retell

JUDGED = "judge"  # what stands in `Asked.section` for a pair
PUT_RIGHT = 0.5  # how often a statement that did not hold is mended when it is asked for again


@dataclass(frozen=True)
class Asked:
    """One request: for which section, of which model, and what was false in the answer."""

    model: str
    section: str
    evidence: int
    lies: tuple[Lie, ...]
    words: str

    @property
    def digest(self) -> str:
        """The same for the same question."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:16]


@dataclass
class ScriptedModel:
    """What a server of it keeps. `orders` are what an obedient model obeys."""

    orders: list[Order] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    _faults: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def section(self, model: str, behaviour: Behaviour, words: str) -> dict[str, Any]:
        """The answer in our schema, as a value."""
        question = read_question(words)
        told = self._told(behaviour, question)
        if question.doubted:
            told = again(told, question.doubted)
        asked = Asked(model, question.section, len(question.shown), told.lies, words)
        with self._lock:
            self.asked.append(asked)
        return {"statements": [_statement(each) for each in told.statements]}

    def verdict(self, model: str, behaviour: Behaviour, pair: AskedPair) -> dict[str, object]:
        """What it answers a judge's question, as a value."""
        with self._lock:
            words = f"{pair.evidence}\n{pair.statement}"
            self.asked.append(Asked(model, JUDGED, 1, (), words))
        return judged(pair, behaviour, self.orders)

    def is_due(self, model: str, behaviour: Behaviour) -> bool:
        """Whether this request meets the fault: always, or the first `number` times."""
        with self._lock:
            self._faults[model] += 1
            return not behaviour.number or self._faults[model] <= behaviour.number

    def _told(self, behaviour: Behaviour, question: Question) -> Told:
        seed = 0 if behaviour.is_fault else behaviour.number
        if behaviour.kind == MISTELLING:
            return misretold(question, seed)
        if behaviour.kind == RETELLING:
            return Told(tuple(retell(question, seed)))
        said = tuple(faithful(question, seed))
        if behaviour.kind == OBEDIENT:
            pairs = list(obeyed(question, self.orders))
            return Told((*(s for s, _ in pairs), *said), tuple(lie for _, lie in pairs))
        # A string seeds Random alike in every process.
        chance = random.Random(f"{seed}\0{question.section}")  # noqa: S311
        kind = chance.choice(list(MISTAKES)) if behaviour.kind == MIXED else behaviour.kind
        return MISTAKES[kind](said, question, chance) if kind in MISTAKES else Told(said)


def again(told: Told, doubted: tuple[str, ...]) -> Told:
    """Only what was doubted, once more: some put right, with the words of its quote, some
    stubbornly the same."""
    kept = (each for each in told.statements if each.text in doubted)
    return Told(tuple(replace(e, text=e.quote) if _is_put_right(e) else e for e in kept))


def _is_put_right(said: Said) -> bool:
    return bool(said.quote) and random.Random(said.text).random() < PUT_RIGHT  # noqa: S311


def _statement(said: Said) -> dict[str, Any]:
    cited = [{"evidence_id": said.evidence_id, "quote": said.quote}] if said.cited else []
    return {"text": said.text, "citations": cited}


def as_json(section: dict[str, Any]) -> str:
    return json.dumps(section, ensure_ascii=False)
