"""The writer that asks a chat model, one section at a time, and trusts none of its citations."""

from dataclasses import dataclass, field
from typing import Any

import structlog
from langchain_core.messages import HumanMessage
from langchain_core.runnables import Runnable

from service.chart.models import SourceRecord
from service.drafting.asking import REPAIR, TEMPLATE, question
from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.extractive import Desk, absence
from service.drafting.grounding import ground
from service.drafting.request import Drafted, DraftRequest, Dropped, SectionRequest
from service.drafting.schema import BadAnswer, SectionAnswer, read_answer
from service.summary.document import Section

log = structlog.get_logger(__name__)

AT_ONCE = 4  # sections asked side by side: enough to hide latency, few enough for one GPU


@dataclass(frozen=True)
class ModelWriter:
    """Any Runnable that takes messages. `ask` may have structured output bound to it; `plain`
    answers in text and is asked when `ask` fails or for the one repair."""

    name: str
    ask: Runnable[Any, Any]
    plain: Runnable[Any, Any] | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def write(self, request: DraftRequest) -> Drafted:
        """All sections. One that the model could not write is written without it, and says so."""
        draft = _Draft(request)
        for section in (s for s in request.sections if s.prompt.extractive):
            draft.extract(section, EXTRACTIVE)
        asked = [s for s in request.sections if not s.prompt.extractive and s.evidence]
        for section, answer in zip(asked, self._answers(request, asked), strict=True):
            draft.take(section, answer, self.name)
        for section in request.sections:
            if section.prompt.key not in draft.sections:
                draft.extract(section, EXTRACTIVE)
        return draft.drafted({"model": self.name, **self.details})

    def _answers(
        self, request: DraftRequest, asked: list[SectionRequest]
    ) -> list[SectionAnswer | Exception]:
        prompts = [TEMPLATE.invoke(question(request, section)) for section in asked]
        first = self.ask.batch(prompts, config={"max_concurrency": AT_ONCE}, return_exceptions=True)
        return [self._read(prompt, answer) for prompt, answer in zip(prompts, first, strict=True)]

    def _read(self, prompt: Any, answer: Any) -> SectionAnswer | Exception:
        """The answer as a section, after one repair in plain text if need be."""
        try:
            if isinstance(answer, Exception):
                raise BadAnswer(type(answer).__name__) from answer
            return read_answer(answer)
        except BadAnswer as problem:
            return self._repair(prompt, problem)

    def _repair(self, prompt: Any, problem: BadAnswer) -> SectionAnswer | Exception:
        again = HumanMessage(REPAIR.format(problem=problem))
        try:
            return read_answer((self.plain or self.ask).invoke([*prompt.to_messages(), again]))
        except Exception as error:  # whatever an endpoint does, the section is written without it
            return error


class _Draft:
    """A draft under way: what the model wrote, and the extractive desk beside it."""

    def __init__(self, request: DraftRequest) -> None:
        self.request = request
        self.records: dict[str, SourceRecord] = {r.id: r for r in request.records}
        self.desk = Desk(request)
        self.sections: dict[str, Section] = {}
        self.writers: dict[str, str] = {}
        self.dropped: list[Dropped] = []

    def extract(self, section: SectionRequest, said: str) -> None:
        key = section.prompt.key
        self.sections[key], self.writers[key] = self.desk.section(section), said

    def take(self, section: SectionRequest, answer: SectionAnswer | Exception, name: str) -> None:
        key = section.prompt.key
        if isinstance(answer, Exception):
            log.warning("section.unwritten", section=key, error=type(answer).__name__)
            return self.extract(section, f"{EXTRACTIVE} ({name} gave no readable answer)")
        stated, dropped = ground(answer, section.evidence, self.records, section=key, writer=name)
        self.dropped += dropped
        kept = tuple(stated[: section.prompt.max_statements])
        if not kept and dropped:
            return self.extract(section, f"{EXTRACTIVE} ({name} cited nothing that is there)")
        closing = "" if kept else absence(section, self.request)
        self.sections[key] = Section(key, section.prompt.title, kept, closing)
        self.writers[key] = name
        return None

    def drafted(self, details: dict[str, Any]) -> Drafted:
        keys = [section.prompt.key for section in self.request.sections]
        return Drafted(
            sections=tuple(self.sections[key] for key in keys), dropped=tuple(self.dropped),
            writers={key: self.writers[key] for key in keys}, not_shown=self.desk.not_shown,
            details=details,
        )  # fmt: skip
