"""The questions of one draft put to its endpoint: remembered, bounded, side by side."""

import time
from collections.abc import Iterator, Sequence
from functools import partial

from service.drafting.model.asking import Question
from service.drafting.model.endpoint import Endpoint, Reply
from service.drafting.model.failures import NO_ANSWER, EndpointFailed, QuestionRefused
from service.drafting.model.ledger import Kept, Ledger
from service.drafting.model.limits import LimitReached, Spending, TimeUp
from service.drafting.model.pace import measured, no_faster
from service.drafting.model.pieces import Answer
from service.drafting.model.schema import BadAnswer, SectionAnswer, read_answer
from service.drafting.model.side_by_side import side_by_side
from service.drafting.models import ModelAnswer
from service.drafting.request import DraftRequest

NO_TIME = EndpointFailed(NO_ANSWER)


class _Late(Exception):
    """The first question has not been answered in the time for it."""


class Dialogue:
    """Keeps what is asked within the limits, and what is answered in the ledger."""

    def __init__(
        self, request: DraftRequest, endpoint: Endpoint, ledger: Ledger, spending: Spending
    ) -> None:
        self.request, self.endpoint = request, endpoint
        self.ledger, self.spending = ledger, spending
        self.failures: list[EndpointFailed] = []
        self.at_once = spending.limits.at_once
        self._heard: dict[str, Answer] = {}
        self._late_at: float | None = None

    def measure(self, question: Question, *, within_s: float) -> None:
        """Put one question alone, to learn the endpoint's pace. Its answer is given when it is
        asked for with the others; where none came in time it is put again with them."""
        before, self._late_at = self.at_once, time.monotonic() + within_s
        self.at_once = 1
        try:
            for asked, answer in self.answers([question]):
                self._heard[asked.key(self.endpoint.signature)] = answer
        except _Late:
            self.spending.write_off(question.tokens)
            self.endpoint.pace = no_faster(question.tokens, within_s)
        finally:
            self.at_once, self._late_at = before, None

    def answers(self, questions: Sequence[Question]) -> Iterator[tuple[Question, Answer]]:
        """Each question with its answer, or with what came instead: BadAnswer, EndpointFailed,
        QuestionRefused, LimitReached, TimeUp. In the order in which they come.

        Raises ModelWaiting when the endpoint has failed too often, and DraftCancelled.
        """
        keys = {q.part: q.key(self.endpoint.signature) for q in questions}
        known = self.ledger.recall(keys.values()) if questions else {}
        to_ask: list[Question] = []
        for question in questions:
            if heard := self._heard.pop(keys[question.part], None):
                yield question, heard
            elif kept := known.get(keys[question.part]):
                yield question, self._remembered(kept)
            elif reached := self._over_limit(question):
                yield question, reached
            else:
                to_ask.append(question)
        yield from self._asked(to_ask, keys)

    def _remembered(self, kept: Kept) -> SectionAnswer:
        self.spending.counted["remembered"] += 1
        self.spending.add(kept.tokens_in, kept.tokens_out)
        return kept.answer

    def _over_limit(self, question: Question) -> LimitReached | TimeUp | None:
        try:
            self.spending.check_time()
            self.spending.set_aside(question.tokens)
        except (LimitReached, TimeUp) as reached:
            return reached
        return None

    def _asked(
        self, questions: Sequence[Question], keys: dict[str, str]
    ) -> Iterator[tuple[Question, Answer]]:
        jobs = [partial(self.endpoint.ask, question.messages) for question in questions]
        waiting = dict(enumerate(questions))
        try:
            for number, came in side_by_side(jobs, at_once=self.at_once, watch=self._watch):
                question = waiting.pop(number)
                yield question, self._answer(question, came, keys[question.part])
        except TimeUp as over:
            for under_way in list(waiting.values())[
                : self.at_once
            ]:  # they are asked in their order
                self.spending.write_off(under_way.tokens)
            self._failed(NO_TIME)
            yield from ((question, over) for question in waiting.values())

    def _watch(self) -> None:
        self.request.watch.check()
        self.spending.check_time()
        if self._late_at is not None and time.monotonic() > self._late_at:
            raise _Late

    def _answer(self, question: Question, came: Reply | Exception, key: str) -> Answer:
        if isinstance(came, BadAnswer) or (isinstance(came, EndpointFailed) and came.is_charged):
            self.spending.write_off(question.tokens)
        else:
            self.spending.settle(question.tokens, came if isinstance(came, Reply) else None)
        if isinstance(came, EndpointFailed):
            self._failed(came)
        if isinstance(came, QuestionRefused | BadAnswer):
            self.ledger.answered(self.endpoint.identity)  # badly, but it is not away
        if not isinstance(came, Reply):
            return came
        if self._late_at is not None:
            told = came.tokens_in, came.tokens_out, came.first_s, came.seconds
            self.endpoint.pace = measured(*told)
        return self._read(came, key)

    def _read(self, reply: Reply, key: str) -> Answer:
        try:
            answer = read_answer(reply.answer)
        except BadAnswer as bad:
            self.ledger.answered(self.endpoint.identity)
            return bad
        kept = ModelAnswer(
            key=key,
            summary_id=self.request.summary_id,
            patient_ref=self.request.patient_ref,
            answer=answer.model_dump(),
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
        )
        self.ledger.answered(self.endpoint.identity, kept)
        return answer

    def _failed(self, failure: EndpointFailed) -> None:
        self.failures.append(failure)
        self.ledger.failed(self.endpoint.identity, failure)
