"""The questions of one draft put to its endpoint: remembered, bounded, side by side."""

from collections.abc import Iterator, Sequence
from functools import partial

from service.drafting.model.asking import Question
from service.drafting.model.endpoint import Endpoint, Reply
from service.drafting.model.failures import NO_ANSWER, EndpointFailed, QuestionRefused
from service.drafting.model.ledger import Kept, Ledger
from service.drafting.model.limits import LimitReached, Spending, TimeUp
from service.drafting.model.pieces import Answer
from service.drafting.model.schema import BadAnswer, SectionAnswer, read_answer
from service.drafting.model.side_by_side import side_by_side
from service.drafting.models import ModelAnswer
from service.drafting.request import DraftRequest

NO_TIME = EndpointFailed(NO_ANSWER)


class Dialogue:
    """Keeps what is asked within the limits, and what is answered in the ledger."""

    def __init__(
        self, request: DraftRequest, endpoint: Endpoint, ledger: Ledger, spending: Spending
    ) -> None:
        self.request, self.endpoint = request, endpoint
        self.ledger, self.spending = ledger, spending
        self.failures: list[EndpointFailed] = []

    def answers(self, questions: Sequence[Question]) -> Iterator[tuple[Question, Answer]]:
        """Each question with its answer, or with what came instead: BadAnswer, EndpointFailed,
        QuestionRefused, LimitReached, TimeUp. In the order in which they come.

        Raises ModelWaiting when the endpoint has failed too often, and DraftCancelled.
        """
        keys = {q.part: q.key(self.endpoint.signature) for q in questions}
        known = self.ledger.recall(keys.values()) if questions else {}
        to_ask: list[Question] = []
        for question in questions:
            if kept := known.get(keys[question.part]):
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
        at_once = self.spending.limits.at_once
        waiting = dict(enumerate(questions))
        try:
            for number, came in side_by_side(jobs, at_once=at_once, watch=self._watch):
                question = waiting.pop(number)
                yield question, self._answer(question, came, keys[question.part])
        except TimeUp as over:
            for under_way in list(waiting.values())[:at_once]:  # they are asked in their order
                self.spending.write_off(under_way.tokens)
            self._failed(NO_TIME)
            yield from ((question, over) for question in waiting.values())

    def _watch(self) -> None:
        self.request.watch.check()
        self.spending.check_time()

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
