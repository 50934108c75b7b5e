"""The sentences of any sources, found by the words that they share with a statement."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from service.retrieval.sentences import sentence_spans
from service.verification.facts import facts
from service.verification.speakers import asserted, is_transcript
from service.verification.words import stems

LONGEST = 1_000  # characters of one sentence; a longer one is cut, not read as one
BEST = 6


@dataclass(frozen=True)
class Source:
    """A text to check against: a note, a rendered record, a transcript."""

    id: str
    text: str
    date: str = ""


@dataclass(frozen=True)
class Piece:
    """A sentence of a source. `said` tells an answer of a transcript as a note would."""

    source: Source
    start: int
    end: int
    said: str = ""

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


class Sentences:
    """Every sentence of the sources with an inverted index over its stems and values."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.pieces = [piece for source in sources for piece in _pieces(source)]
        self.marks = [_marks(f"{piece.text}\n{piece.said}") for piece in self.pieces]
        self.found_in: dict[str, list[int]] = defaultdict(list)
        for number, marks in enumerate(self.marks):
            for mark in marks:
                self.found_in[mark].append(number)

    def nearest(self, text: str, best: int = BEST) -> list[tuple[Piece, float]]:
        """The sentences that share most of the text's words, with the share (0 to 1); rare
        words weigh more."""
        wanted = {mark: self._weight(mark) for mark in _marks(text)}
        total = sum(wanted.values())
        scores: Counter[int] = Counter()
        for mark, weight in wanted.items():
            for number in self.found_in.get(mark, ()):
                scores[number] += weight  # type: ignore[assignment]
        ranked = sorted(scores, key=lambda n: (-scores[n], len(self.marks[n]), n))[:best]
        return [(self.pieces[n], scores[n] / total) for n in ranked if total]

    def _weight(self, mark: str) -> float:
        return math.log(1 + (1 + len(self.pieces)) / (1 + len(self.found_in.get(mark, ()))))


def _pieces(source: Source) -> Iterable[Piece]:
    if is_transcript(source.text):
        for each in asserted(source.text):
            end = min(each.end, each.start + LONGEST)
            yield Piece(source, each.start, end, each.said)
        return
    for start, end in sentence_spans(source.text):
        for at in range(start, end, LONGEST):
            yield Piece(source, at, min(at + LONGEST, end))


def _marks(text: str) -> frozenset[str]:
    return stems(text) | {f"={fact.check}:{fact.value}" for fact in facts(text)}
