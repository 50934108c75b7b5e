"""The words put to a model for one section: rules, task, evidence with ids."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from service.drafting.injection import Planted
from service.drafting.model.defusing import defused, without
from service.drafting.model.endpoint import ANSWER_TOKENS, tokens_of
from service.drafting.model.masking import Mask
from service.drafting.model.numbered import Numbered, Numbers
from service.drafting.model.schema import SectionAnswer
from service.drafting.request import DraftRequest, SectionRequest
from service.facts.said import is_brought
from service.retrieval.evidence import Evidence
from service.retrieval.ranking import estimated_tokens

AGAIN_TOKENS = 400  # for what is said when a question is put again: an error, or some doubts
LONGEST_WISH = 1_000  # characters of what a reader asked for
ID_LETTERS = 6  # 30 bits: nobody who writes a note can guess one


@dataclass(frozen=True)
class Question:
    """One call: a section, or a part of it where one call cannot hold its evidence.

    `part` names it within the draft, also when it is put again; `evidence` is by the id that the
    model sees, and so are `facts`.
    """

    part: str
    section: SectionRequest
    messages: tuple[BaseMessage, ...]
    evidence: Mapping[str, Evidence]
    facts: Mapping[str, Numbered] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        return tokens_of(self.messages)

    def key(self, name: str) -> str:
        """SHA-256 of what is asked and of whom: the same question has the same answer."""
        said = [name, *(str(message.content) for message in self.messages)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    def again(self, words: str) -> "Question":
        """The same question with more words at its end: many templates want one message of the
        user and then one of the model, never two of the user."""
        *before, last = self.messages
        asked = HumanMessage(f"{last.content}\n\n{words}")
        return replace(self, messages=(*before, asked))


class Asker:
    """Puts the questions of one draft into words."""

    def __init__(
        self, request: DraftRequest, mask: Mask, context_tokens: int, parts: int | None = None
    ) -> None:
        self.request, self.mask, self.context_tokens = request, mask, context_tokens
        self.parts = parts
        self.not_asked: dict[str, int] = {}
        self.numbers = Numbers(request, lambda name: f"F{self._secret(name)}")
        self.fence = f"=====EVIDENCE-{self._secret('fence')}====="

    def questions(self, section: SectionRequest) -> list[Question]:
        """As many as it takes to ask of all the evidence, or of the best of it where only so many
        parts may be asked; `not_asked` counts the rest. None where there is no evidence."""
        shown: list[_Shown] = [(f.id, f, self._line(f)) for f in self.numbers.of(section)]
        shown += [(self._id(each), each, self._shown(each)) for each in section.evidence]
        every = list(_parts([(i, e, s) for i, e, s in shown if s], self._room(section)))
        parts = every[: self.parts]
        if left := sum(map(len, every[len(parts) :])):
            self.not_asked[section.prompt.key] = left
        return [
            self._question(section, part, number, len(parts))
            for number, part in enumerate(parts, 1)
        ]

    def repair(self, question: Question, problem: str) -> Question:
        """The question again, with what was wrong. The bad answer itself is not shown: it may be
        endless, and a small model copies what it sees."""
        said = self.request.prompt.asking.repair.format(problem=problem)
        return question.again(said)

    def redraft(self, question: Question, doubted: Sequence[tuple[str, str]]) -> Question:
        """Statements that did not hold, each with the reason, to be written once more."""
        doubts = "\n".join(f"- {said}\n  {reason}" for said, reason in doubted)
        said = self.request.prompt.asking.redraft.format(doubts=self.mask.hide(doubts))
        return question.again(said)

    def _question(
        self, section: SectionRequest, part: Sequence["_Shown"], number: int, of: int
    ) -> Question:
        human = self.request.prompt.asking.question.format(
            title=section.prompt.title,
            period=section.window.says,
            most=section.prompt.max_statements,
            instruction=section.prompt.instruction,
            looked_for=section.looked_for or section.prompt.words or section.prompt.title,
            shown=sum(isinstance(each, Evidence) for _, each, _ in part),
            part=f" (part {number} of {of})" if of > 1 else "",
            not_fitted=section.not_fitted,
            fence=self.fence,
            evidence=_joined(part),
        )
        messages = (self._system, HumanMessage("\n\n".join(filter(None, (human, self._returned)))))
        name = f"{section.prompt.key}#{number}"
        evidence = {i: each for i, each, _ in part if isinstance(each, Evidence)}
        facts = {i: each for i, each, _ in part if isinstance(each, Numbered)}
        return Question(name, section, messages, evidence, facts)

    @cached_property
    def _returned(self) -> str:
        """What the reader of the draft before wrote; they may have named the patient."""
        if not (words := self.request.wished.words):
            return ""
        said = self.mask.hide(defused(" ".join(words.split())[:LONGEST_WISH]))
        return self.request.prompt.asking.returned.format(reason=said)

    @cached_property
    def _system(self) -> SystemMessage:
        """The same for every question, so that an endpoint with a prefix cache reads it once."""
        prompt = self.request.prompt
        form = prompt.asking.answer.format(schema=json.dumps(SectionAnswer.model_json_schema()))
        return SystemMessage("\n\n".join((prompt.system, prompt.rules, form)))

    def _room(self, section: SectionRequest) -> int:
        """Tokens of evidence that one call holds beside its words, twice put, and its answer."""
        bare = self._question(section, (), 1, 1).tokens
        return self.context_tokens - ANSWER_TOKENS - AGAIN_TOKENS - bare

    def _shown(self, evidence: Evidence) -> str:
        """The passage as the model sees it; empty where all of it speaks to a program."""
        planted = self.request.planted.get(evidence.record_id, ())
        text = _passage(evidence, planted)
        if not any(c.isalnum() for c in text):
            return ""
        said = f"[{self._id(evidence)}] {_about(evidence)}\n{defused(text)}"
        return self.mask.hide(said.replace(self.fence, ""))

    def _line(self, fact: Numbered) -> str:
        said = defused(f"[{fact.id}] {fact.line}").replace("\n", " ")
        return self.mask.hide(said.replace(self.fence, ""))

    def _id(self, evidence: Evidence) -> str:
        return f"E{self._secret(f'{evidence.record_id} {evidence.start} {evidence.end}')}"

    def _secret(self, name: str) -> str:
        """Letters and figures that only this draft knows: the same when its task is delivered
        again, and unknown to whoever wrote a note."""
        digest = hashlib.sha256(f"{self.request.seed}\0{name}".encode()).digest()
        return base64.b32encode(digest).decode()[:ID_LETTERS]


_Shown = tuple[str, Evidence | Numbered, str]


def _joined(part: Sequence[_Shown]) -> str:
    """The facts, a line each, then the passages."""
    facts = [shown for _, each, shown in part if isinstance(each, Numbered)]
    passages = [shown for _, each, shown in part if isinstance(each, Evidence)]
    return "\n\n".join(["\n".join(facts), *passages] if facts else passages)


def _passage(evidence: Evidence, planted: Iterable[Planted]) -> str:
    inside = [(each.start - evidence.start, each.end - evidence.start) for each in planted]
    return without(evidence.text, inside)


def _about(evidence: Evidence) -> str:
    """Where a passage is from, when, and who says it."""
    title = evidence.title or evidence.resource_type
    said = [title, evidence.effective[:10] or "undated"]
    said += [evidence.author_role] if evidence.author_role else []
    said += [f"under {evidence.heading}"] if evidence.heading else []
    said += [f"written {evidence.copies} times, the oldest shown"] if evidence.copies > 1 else []
    if is_brought(title):
        said.append("brought by the patient: nobody here has found what it claims")
    return defused(", ".join(said)).replace("\n", " ")


def _parts(shown: Sequence[_Shown], room: int) -> Iterable[list[_Shown]]:
    """The evidence in as few parts as hold it, in its order."""
    held: list[_Shown] = []
    left = room
    for each in shown:
        size = estimated_tokens(each[2]) + 1
        if held and size > left:
            yield held
            held, left = [], room
        held.append(each)
        left -= size
    if held:
        yield held
