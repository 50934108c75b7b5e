"""The site's chat model as a scorer: asked pair by pair, believed only with a quote that stands."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import structlog

from service.chart.identity import Identity
from service.drafting.model.endpoint import ANSWER_TOKENS, Endpoint, Reply, Way, tokens_of
from service.drafting.model.failures import EndpointFailed, ModelWaiting, QuestionRefused
from service.drafting.model.ledger import Ledger
from service.drafting.model.limits import LimitReached, Limits, Spending, TimeUp
from service.drafting.model.masking import Mask, NoMask
from service.drafting.model.schema import BadAnswer
from service.drafting.model.side_by_side import side_by_side
from service.drafting.model.writer import ModelWriter
from service.verification.entailment.kept import Kept
from service.verification.entailment.question import Answer, Asked, Verdict, asked
from service.verification.entailment.scorer import Pair

log = structlog.get_logger(__name__)

# Of an answer in words: sure, but never so sure that nothing else could weigh against it.
PROBABILITIES: dict[Answer, tuple[float, float, float]] = {
    "supported": (0.95, 0.03, 0.02),
    "contradicted": (0.03, 0.95, 0.02),
    "not stated": (0.03, 0.02, 0.95),
}
LONGEST = 20_000  # characters of a pair; what looks for orders in it takes its time
NOT_NAMED = "the patient's names are not known, so nothing was sent"
LEFT_ALONE = "it has failed too often and is left alone for a while"
TAKEN = "it was busy with other checks all the while"
TOO_LONG = "the texts do not fit into one question"
_TOLD = (EndpointFailed, QuestionRefused, LimitReached, BadAnswer)  # none holds chart text
_ONE_AT_A_TIME = threading.Lock()  # all calls of a process share one event loop


@dataclass(frozen=True, eq=False)
class ModelJudge:
    """A Scorer that asks a model what each evidence says of its statement, nothing of both twice.

    What it cannot ask or does not understand is "not said", and `notes` tells how often and why.
    Whoever weighs its answers (bearing/assess.py) lets it lift no risk that typed comparison does
    not bear; elsewhere it is one weight among others.
    """

    endpoint: Endpoint
    limits: Limits
    ledger: Ledger
    masks: bool = True
    mask: Mask | None = None
    off: str | None = None
    kept: Kept = field(default_factory=Kept)
    fence: str = field(default_factory=lambda: f"=====PAIR-{secrets.token_hex(6)}=====")
    _missed: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, writer: ModelWriter) -> "ModelJudge":
        """Of the writer's model, within the writer's limits."""
        told = writer.endpoint
        endpoint = Endpoint(told.name, _ways(told), told.address, told.parameters, told.life)
        return cls(endpoint, writer.limits, writer.ledger, writer.masks)

    def about(
        self, who: Identity | None, texts: Iterable[str] = (), *, off: str | None = None
    ) -> "ModelJudge":
        """The judge for one chart: `who` is hidden, with relatives that `texts` (its notes) name;
        None sends nothing. `off` is the sentence of a switch that says to ask no model."""
        mask = Mask(who, texts) if self.masks and who is not None else None
        return replace(self, mask=mask, off=off, _missed=Counter())

    @property
    def name(self) -> str:
        return self.endpoint.name

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence a reason for which questions went without an answer."""
        return tuple(
            f"{self.name} did not answer {count} question(s), which count as not said: {why}"
            f"{'' if why.endswith('.') else '.'}"
            for why, count in self._missed.items()
        )

    def score(self, pairs: Sequence[Pair]) -> np.ndarray:
        asked_of = self.endpoint.signature
        answers = {} if self.off else self.kept.known(asked_of, pairs)
        unknown = [pair for pair in dict.fromkeys(pairs) if pair not in answers]
        found = self._asked(unknown)
        self.kept.keep(asked_of, found)
        if missed := len(unknown) - len(found):
            log.warning("entailment.unanswered", model=self.name, questions=missed)
        answers |= found
        rows = [PROBABILITIES[answers.get(pair, "not stated")] for pair in pairs]
        return np.array(rows, np.float32).reshape(-1, 3)

    def _asked(self, pairs: Sequence[Pair]) -> dict[Pair, Answer]:
        """The answers that came and could be read."""
        mask = self.mask if self.masks else NoMask()
        if self.off or mask is None:
            self._miss(self.off or NOT_NAMED, len(pairs))
            return {}
        fitting = [pair for pair in pairs if len(pair.evidence) + len(pair.statement) <= LONGEST]
        self._miss(TOO_LONG, len(pairs) - len(fitting))
        questions = {pair: asked(pair, mask, self.fence) for pair in fitting}
        found: dict[Pair, Answer] = {p: "not stated" for p, q in questions.items() if q.is_empty}
        to_ask = [(pair, question) for pair, question in questions.items() if pair not in found]
        if not _ONE_AT_A_TIME.acquire(timeout=self.limits.seconds):
            self._miss(TAKEN, len(to_ask))
            return found
        try:
            return found | dict(self._answers(to_ask))
        finally:
            _ONE_AT_A_TIME.release()

    def _answers(self, questions: Sequence[tuple[Pair, Asked]]) -> Iterator[tuple[Pair, Answer]]:
        """Side by side, until the time is over or the endpoint is to be left alone."""
        spending, left = Spending(self.limits), len(questions)
        jobs = [partial(self._ask, question, spending) for _, question in questions]
        try:
            if jobs:
                self.ledger.check_open(self.endpoint.identity)
            at_once = self.limits.at_once
            for at, came in side_by_side(jobs, at_once=at_once, watch=spending.check_time):
                pair, question = questions[at]
                if answer := self._believed(question, came):
                    yield pair, answer
                left -= 1
        except TimeUp as over:
            self._miss(str(over), left)
        except ModelWaiting:
            self._miss(LEFT_ALONE, left)

    async def _ask(self, question: Asked, spending: Spending) -> Reply:
        """What fails stays set aside: it may have been written all the same."""
        tokens = tokens_of(question.messages)
        if tokens + ANSWER_TOKENS > self.limits.context_tokens:
            raise LimitReached(TOO_LONG)
        spending.set_aside(tokens)
        reply = await self.endpoint.ask(question.messages)
        spending.settle(tokens, reply)
        return reply

    def _believed(self, question: Asked, came: Reply | Exception) -> Answer | None:
        """Raises ModelWaiting when the endpoint has failed too often."""
        if isinstance(came, EndpointFailed):
            self.ledger.failed(self.endpoint.identity, came)
        elif isinstance(came, Reply | QuestionRefused | BadAnswer):
            self.ledger.answered(self.endpoint.identity)
        try:
            if isinstance(came, Exception):
                raise came
            return question.believed(came.answer)
        except _TOLD as missed:
            self._miss(str(missed))
        return None

    def _miss(self, why: str, count: int = 1) -> None:
        if count:
            self._missed[why] += count


def _ways(endpoint: Endpoint) -> tuple[Way, ...]:
    """By JSON schema where the writer may ask so, and in words; tools would be its own."""
    first, plain = endpoint.ways[0], endpoint.ways[-1]
    if first.name != "schema":
        return (plain,)
    schema = {"name": "verdict", "schema": Verdict.model_json_schema()}
    form = {"type": "json_schema", "json_schema": schema}
    return Way("schema", first.ask.bind(extra_body={"response_format": form})), plain
