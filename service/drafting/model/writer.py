"""The writer that asks a chat model, section by section, and trusts none of its citations."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.chart.identity import Identity
from service.drafting.model.asking import Asker, Question
from service.drafting.model.dialogue import Dialogue
from service.drafting.model.endpoint import Endpoint
from service.drafting.model.failures import ModelWaiting
from service.drafting.model.joining import join
from service.drafting.model.ledger import Known, Ledger, NoLedger
from service.drafting.model.life import PATIENCE_S
from service.drafting.model.limits import Limits, Spending
from service.drafting.model.masking import Mask, NoMask
from service.drafting.model.numbered import Numbers
from service.drafting.model.pieces import Pieces
from service.drafting.model.planning import Plan, plan
from service.drafting.model.schema import BadAnswer
from service.drafting.request import Drafted, DraftRequest, SectionRequest

MEASURED_IN = 4  # the first question alone takes at most one part in so many of a draft's time


class NotSent(Exception):
    """What names the patient cannot be hidden where nobody knows what that is."""


@dataclass(frozen=True)
class ModelWriter:
    """Any endpoint, within limits. What it cannot write is written without it, and says so."""

    endpoint: Endpoint
    limits: Limits = field(default_factory=Limits)
    ledger: Ledger = field(default_factory=NoLedger)
    masks: bool = True
    timeout_s: float = PATIENCE_S

    @property
    def name(self) -> str:
        return self.endpoint.name

    @property
    def is_measured(self) -> bool:
        return self.endpoint.pace is not None and self.endpoint.pace.is_fresh

    def plan(self) -> Plan:
        """How its endpoint is asked, so far as its pace is known."""
        return plan(self.limits, self.endpoint.pace, self.timeout_s)

    def recall_endpoint(self) -> None:
        """What a draft or `doctor` has found out about it in another process."""
        known = None if self.is_measured else self.ledger.known(self.endpoint.identity)
        if known is not None:
            self.endpoint.begin_with(known.way)
            self.endpoint.pace = known.pace

    def keep_endpoint(self) -> None:
        """What was found out, for other processes."""
        known = Known(self.endpoint.way.name, self.endpoint.pace)
        self.ledger.learn(self.endpoint.identity, known)

    def check_ready(self) -> None:
        """Raise ModelWaiting while the endpoint is left alone after many failures."""
        self.ledger.check_open(self.endpoint.identity)

    def write(self, request: DraftRequest) -> Drafted:
        """All sections. Raises ModelWaiting when the model answers nothing, and DraftCancelled."""
        return _Draft(self, request).written()


class _Draft:
    """One draft under way: asked, repaired, checked, redrafted, joined."""

    def __init__(self, writer: ModelWriter, request: DraftRequest) -> None:
        self.writer, self.request = writer, request
        numbers = Numbers(request, str)
        may_be = [s for s in request.sections if not s.prompt.extractive]
        self.asked = [s for s in may_be if s.evidence or numbers.of(s)]
        self.mask = _mask(self.asked, request) if writer.masks else NoMask()
        writer.recall_endpoint()
        self._plan()
        self.spending = Spending(writer.limits)
        self.dialogue = Dialogue(request, writer.endpoint, writer.ledger, self.spending)

    def _plan(self) -> None:
        """The questions, of the size and number that the endpoint keeps up with."""
        self.planned = self.writer.plan()
        parts = self.planned.parts
        self.asker = Asker(self.request, self.mask, self.planned.context_tokens, parts)
        self.questions = [
            q
            for section in self.request.watch.through(self.asked)
            for q in self.asker.questions(section)
        ]
        self.pieces = Pieces(self.request, self.questions, self.mask, self.writer.name)

    def written(self) -> Drafted:
        if self.writer.masks and self.request.who is None:
            self._send_nothing()
        else:
            self._converse()
        return join(self.request, self.pieces, self._details(), self.asker.not_asked)

    def _send_nothing(self) -> None:
        unnamed = NotSent("the patient's names are not known, so nothing was sent")
        for question in self.questions:
            self.pieces.take(question, unnamed)

    def _converse(self) -> None:
        with self._timed("measuring"):
            self._measure()
        with self._timed("asking"):
            bad = self._ask()
        with self._timed("repairing"):
            self._repair(bad)
        self._check_answered()
        with self._timed("redrafting"):
            self._redraft()
        self.writer.keep_endpoint()

    def _measure(self) -> None:
        """An endpoint of which nothing is known is put the shortest question alone; the others
        are then as long, as many at once, and waited for as long as its pace allows."""
        if not self.questions:
            return
        if not self.writer.is_measured:
            shortest = min(self.questions, key=lambda question: question.tokens)
            within_s = min(self.writer.timeout_s, self.writer.limits.seconds / MEASURED_IN)
            self.dialogue.measure(shortest, within_s=within_s)
            self.writer.keep_endpoint()
            self._plan()
        self.dialogue.at_once = self.planned.at_once
        self.writer.endpoint.life.patience_s = self.planned.patience_s

    def _ask(self) -> list[tuple[Question, BadAnswer]]:
        """Every question once; those whose answer could not be read come back."""
        bad = []
        open_parts = {question.part for question in self.questions}
        for question, answer in self.dialogue.answers(self.questions):
            self.pieces.take(question, answer)
            bad += [(question, answer)] if isinstance(answer, BadAnswer) else []
            open_parts.discard(question.part)
            self._tell(open_parts)
        return bad

    def _repair(self, bad: Sequence[tuple[Question, BadAnswer]]) -> None:
        again = [self.asker.repair(question, str(problem)) for question, problem in bad]
        self.spending.counted["repaired"] += len(again)
        for question, answer in self.dialogue.answers(again):
            self.pieces.take(question, answer)

    def _redraft(self) -> None:
        """What does not hold against its citations is written once more, or kept out."""
        self.request.watch.checking(0, self.pieces.count())
        doubted = self.pieces.doubted()
        self.spending.counted["redrafted"] += sum(len(piece.doubted) for piece in doubted)
        again = [
            self.asker.redraft(piece.question, [(s.text, why) for s, why in piece.doubted])
            for piece in doubted
        ]
        for question, answer in self.dialogue.answers(again):
            self.pieces.replace(question, answer)
        self.request.watch.checking(self.pieces.count(), self.pieces.count())

    def _check_answered(self) -> None:
        """A model that answers nothing is away: the draft waits instead of passing it over."""
        failures = self.dialogue.failures
        if not failures or self.pieces.answered():
            return
        wishes = [f.retry_after_s for f in failures if f.retry_after_s is not None]
        raise ModelWaiting(
            f"The model did not answer ({failures[-1].said}). This draft waits and tries again by "
            "itself; IT can switch the model off meanwhile.",
            retry_after_s=max(wishes, default=None),
        )

    def _tell(self, open_parts: set[str]) -> None:
        left = {part.rpartition("#")[0] for part in open_parts}
        self.request.watch.writing(len(self.asked) - len(left), len(self.asked))

    def _details(self) -> dict[str, Any]:
        endpoint = self.writer.endpoint
        return {
            "model": endpoint.name,
            "endpoint": endpoint.address,
            "way": endpoint.way.name,
            "at_once": self.planned.at_once,
            "parameters": dict(endpoint.parameters),
            "masked": self.mask.count,
            **self.spending.to_json(),
        }

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.spending.seconds[stage] = time.monotonic() - began


def _mask(sections: Sequence[SectionRequest], request: DraftRequest) -> Mask:
    """From the records of persons, and from how the notes speak of relatives: one who is named in
    a note that is not sent may be named without the relation in one that is."""
    sent = [e.text for section in sections for e in section.evidence]
    who = request.who or Identity()
    return Mask(who, [*sent, *(r.text for r in request.records if r.is_note)])
