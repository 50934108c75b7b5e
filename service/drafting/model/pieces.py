"""What a model's answers have become: statements that hold, and everything else with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from rapidfuzz import fuzz

from service.chart.models import SourceRecord
from service.drafting.model.asking import Question
from service.drafting.model.grounding import Ground, Grounded, ground
from service.drafting.model.masking import Mask
from service.drafting.model.schema import BadAnswer, SectionAnswer
from service.drafting.request import DraftRequest, Dropped, SectionRequest
from service.summary.document import Statement

log = structlog.get_logger(__name__)

Answer = SectionAnswer | Exception
REWRITTEN = 60.0  # two statements this alike are one statement put in other words


@dataclass
class Piece:
    """One question's statements. `problem` says why there are none; "" once it is answered.
    `about` is, by its words, what each statement rests on."""

    question: Question
    problem: str = "the model was not asked"
    stated: list[Statement] = field(default_factory=list)
    about: dict[str, Grounded] = field(default_factory=dict)
    doubted: list[tuple[Statement, str]] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class Pieces:
    """All pieces of one draft, by the part that each question names."""

    def __init__(
        self, request: DraftRequest, questions: Sequence[Question], mask: Mask, writer: str
    ) -> None:
        self.check, self.mask, self.writer = request.check, mask, writer
        self.read = request.read
        self.watch = request.watch
        self.records: dict[str, SourceRecord] = {r.id: r for r in request.records}
        self.held = {question.part: Piece(question) for question in questions}

    def take(self, question: Question, answer: Answer) -> None:
        """The answer to a question, or what came instead of one."""
        piece = self.held[question.part]
        if isinstance(answer, SectionAnswer):
            piece.problem = ""
            piece.stated, piece.dropped = self._grounded(piece, answer)
            return
        piece.problem = problem_words(answer)
        log.warning(
            "section.unwritten", section=question.section.prompt.key, error=type(answer).__name__
        )

    def doubted(self) -> list[Piece]:
        """The pieces with statements that do not hold; these are taken out of the text."""
        for piece in self.watch.through(self.held.values()):
            reasons = self._wrong(piece, piece.stated)
            told = list(zip(piece.stated, reasons, strict=True))
            piece.stated = [statement for statement, reason in told if not reason]
            piece.doubted = [(statement, reason) for statement, reason in told if reason]
        return [piece for piece in self.held.values() if piece.doubted]

    def replace(self, question: Question, answer: Answer) -> None:
        """Statements written once more in the place of those that did not hold."""
        piece = self.held[question.part]
        again: list[Statement] = []
        if isinstance(answer, SectionAnswer):
            again, dropped = self._grounded(piece, answer)
            piece.dropped += dropped
        for statement, reason in zip(again, self._wrong(piece, again), strict=True):
            if reason:
                self._keep_out(piece, statement, reason)
            elif statement.text not in {each.text for each in piece.stated}:
                piece.stated.append(statement)
        self._note_withdrawn(piece, again)

    def carried(self) -> dict[str, str]:
        """The statements that tell facts, by their words, with how the first of these stands."""
        about = (p.about.get(s.text) for p in self.held.values() for s in p.stated)
        told = (each for each in about if each and each.facts and not each.wrong)
        return {each.statement.text: each.facts[0].fact.standing.value for each in told}

    def answered(self) -> bool:
        """Has the model answered anything at all?"""
        return any(not piece.problem for piece in self.held.values())

    def count(self) -> int:
        return sum(len(piece.stated) for piece in self.held.values())

    def of(self, section: SectionRequest) -> list[Piece]:
        return [
            p for p in self.held.values() if p.question.section.prompt.key == section.prompt.key
        ]

    def _note_withdrawn(self, piece: Piece, again: Sequence[Statement]) -> None:
        """What did not hold and was not put in other words is listed with what was said."""
        said = [each.text for each in again]
        for statement, reason in piece.doubted:
            if not any(fuzz.ratio(statement.text, other) >= REWRITTEN for other in said):
                self._keep_out(piece, statement, reason)
        piece.doubted = []

    def _keep_out(self, piece: Piece, statement: Statement, reason: str) -> None:
        """Told beside the text; the facts that it cites are told in their own words instead."""
        key = piece.question.section.prompt.key
        piece.dropped.append(Dropped(key, statement.text, _kept_out(reason)))
        told = {each.text for each in piece.stated}
        rests_on = piece.about.get(statement.text)
        own = [fact.own for fact in (rests_on.facts if rests_on else ()) if fact.own]
        piece.stated += [each for each in dict.fromkeys(own) if each.text not in told]

    def _wrong(self, piece: Piece, statements: Sequence[Statement]) -> list[str | None]:
        """Why each does not hold: one that cites facts, for what it has of its own beside these;
        another for what its sources do not bear."""
        about = [piece.about[statement.text] for statement in statements]
        alone = [each.statement for each in about if not each.facts]
        borne = dict(zip(alone, self.check(alone, self.records), strict=True))
        return [each.wrong if each.facts else borne[each.statement] for each in about]

    def _grounded(
        self, piece: Piece, answer: SectionAnswer
    ) -> tuple[list[Statement], list[Dropped]]:
        stated, dropped = ground(answer, self._ground(piece.question))
        piece.about |= {each.statement.text: each for each in stated}
        return [each.statement for each in stated], dropped

    def _ground(self, question: Question) -> Ground:
        key = question.section.prompt.key
        held = (question.evidence, self.records, self.mask, question.facts, self.read)
        return Ground(key, self.writer, *held)


def problem_words(problem: Exception) -> str:
    """Why a section was not written by the model, for the page."""
    return "the model gave no readable answer" if isinstance(problem, BadAnswer) else str(problem)


def _kept_out(reason: str) -> str:
    return f"Kept out of the text, as the chart does not bear it: {reason}"
