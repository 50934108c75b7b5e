"""One pair put to a chat model, as text that nobody obeys, and what is believed of its answer."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from service.drafting.model.asked_for import only_asked_for
from service.drafting.model.defusing import defused, without
from service.drafting.model.masking import Mask
from service.drafting.model.objects import BadAnswer, json_objects
from service.drafting.model.schema import words_of
from service.drafting.prompts import PACKAGED
from service.drafting.quotes import find
from service.reading.orders import left_out
from service.verification.entailment.scorer import Pair

LEAST_QUOTED = 4  # letters and figures: "no" and "the" stand everywhere
Answer = Literal["supported", "contradicted", "not stated"]


def _plain(value: object) -> object:
    """Models write "Not_stated." as well."""
    if not isinstance(value, str):
        return value
    return value.casefold().strip(" .").replace("_", " ").replace("-", " ")


class Verdict(BaseModel):
    """What a model must answer of one pair."""

    quote: str = Field(default="", description="Words copied exactly from the text of the chart")
    answer: Annotated[Answer, BeforeValidator(_plain)]


@dataclass(frozen=True)
class Asked:
    """A pair as the model sees it: masked, without marks of a conversation, without what speaks
    to a program. `messages` are empty where nothing is left to ask of."""

    evidence: str
    statement: str
    messages: tuple[BaseMessage, ...]

    @property
    def is_empty(self) -> bool:
        return not self.messages

    def believed(self, answer: Any) -> Answer:
        """The answer, if what it quotes is in the evidence and is not only an order to say so.

        Raises BadAnswer when there is none.
        """
        verdict = _read(answer)
        place = find(verdict.quote, self.evidence)
        if place is None or sum(map(str.isalnum, verdict.quote)) < LEAST_QUOTED:
            return "not stated"
        if only_asked_for(self.statement, self.evidence, place.start, place.end):
            return "not stated"
        return verdict.answer


def asked(pair: Pair, mask: Mask, fence: str) -> Asked:
    """`fence` is a line that nobody who writes a note can know."""
    evidence = mask.hide(defused(without(pair.evidence, left_out(pair.evidence))))
    statement = mask.hide(defused(" ".join(pair.statement.split())))
    if not (any(map(str.isalnum, evidence)) and any(map(str.isalnum, statement))):
        return Asked(evidence, statement, ())
    words = _words("question").format(fence=fence, evidence=evidence, statement=statement)
    return Asked(evidence, statement, (SystemMessage(_words("system")), HumanMessage(words)))


def _read(answer: Any) -> Verdict:
    said = words_of(answer) if isinstance(answer, BaseMessage) else answer
    try:
        return Verdict.model_validate(json_objects(said)[-1] if isinstance(said, str) else said)
    except ValidationError:
        raise BadAnswer("its answer is not one of the three") from None


@cache
def _words(name: str) -> str:
    return (PACKAGED / "judge" / f"{name}.md").read_text("utf-8").strip()
