"""The sentences of any sources, found by the words that they share with a statement."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from service.retrieval.sentences import LONGEST, sentence_spans
from service.verification.context.compare import under_heading
from service.verification.facts import Fact, values
from service.verification.facts import plain as number
from service.verification.place import Place, weight
from service.verification.speakers import asserted, is_transcript
from service.verification.terms import Reading, read
from service.verification.when import resolved
from service.verification.words import words_and_values

BEST = 8


@dataclass(frozen=True)
class Source:
    """A text to check against: a note, a rendered record, a transcript."""

    id: str
    text: str
    date: str = ""


@dataclass(frozen=True, eq=False)
class Piece:
    """A sentence of a source. `place` has the dates of all records that have the same words."""

    source: Source
    start: int
    end: int
    place: Place

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


class Sentences:
    """Every sentence of the sources once, with an inverted index over its terms and values."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.pieces: list[Piece] = []
        found_in: dict[str, list[int]] = defaultdict(list)
        for piece in _pieces(sources):
            for mark in _marks(piece.place.reading):
                found_in[mark].append(len(self.pieces))
            self.pieces.append(piece)
        self._by_words = {words_and_values(p.text): p for p in reversed(self.pieces)}
        self.found_in = {mark: np.array(at, dtype=np.int32) for mark, at in found_in.items()}

    def same(self, text: str) -> Piece | None:
        """The first sentence of the same words, case and punctuation aside."""
        return self._by_words.get(words_and_values(text))

    def nearest(self, text: str, best: int = BEST) -> list[tuple[Piece, float]]:
        """The sentences that share most of the text's words, with the share (0 to 1); rare
        words weigh more."""
        wanted = {mark: w * self._rarity(mark) for mark, w in _marks(read(text)).items()}
        total = sum(wanted.values())
        if not total or not self.pieces:
            return []
        scores = np.zeros(len(self.pieces))
        for mark, mark_weight in wanted.items():
            if (at := self.found_in.get(mark)) is not None:
                scores[at] += mark_weight
        top = _top(scores, best)
        return [(self.pieces[n], float(scores[n]) / total) for n in top if scores[n] > 0]

    def _rarity(self, mark: str) -> float:
        return math.log(1 + (1 + len(self.pieces)) / (1 + len(self.found_in.get(mark, ()))))


def _top(scores: np.ndarray, best: int) -> list[int]:
    """The places of the highest scores, first come first among equals."""
    some = min(len(scores), best)
    floor = np.partition(scores, len(scores) - some)[len(scores) - some]
    above = np.flatnonzero(scores > floor)
    level = np.flatnonzero(scores == floor)[: some - len(above)]
    return sorted((*above.tolist(), *level.tolist()), key=lambda n: (-scores[n], n))


def _pieces(sources: Iterable[Source]) -> list[Piece]:
    first: dict[str, tuple[Source, int, int]] = {}
    dates: dict[str, dict[str, None]] = defaultdict(dict)
    for source in sources:
        for start, end, text in _told(source.text):
            first.setdefault(text, (source, start, end))
            if source.date:
                dates[text][source.date] = None
    return [_piece(*place, text, tuple(dates[text])) for text, place in first.items()]


def _told(text: str) -> Iterable[tuple[int, int, str]]:
    """Each sentence with what it says: an answer of a transcript is told as a note would."""
    if is_transcript(text):
        for each in asserted(text):
            yield each.start, min(each.end, each.start + LONGEST), each.said
        return
    for start, end in sentence_spans(text):
        yield start, end, text[start:end]


def _piece(source: Source, start: int, end: int, said: str, dates: tuple[str, ...]) -> Piece:
    told = (fact for date in dates for fact in resolved(said, date))
    dated = (*told, *(fact for date in dates for fact in _day(date)))
    text = source.text[start:end]
    is_note = said == text
    place = Place(
        read(text if is_note else f"{text}\n{said}"),
        dated,
        "".join(dates[:1]),
        source.id,
        partial(under_heading, source.text, start, end) if is_note else partial(str, said),
    )
    return Piece(source, start, end, place)


@lru_cache(maxsize=10_000)
def _day(date: str) -> tuple[Fact, ...]:
    return tuple(values(date))


def _marks(reading: Reading) -> dict[str, float]:
    """What a text is found by, each with its weight in the text."""
    found = {
        f"#{number(term.fact)}"
        if term.fact and number(term.fact) is not None
        else f"={term.kind}:{term.key}"
        if term.fact
        else str(term.key): weight(term)
        for term in reading.terms
    }
    keys = [term.key for term in reading.terms if term.fact]
    measured = {f"~{key[0]}" for key in keys if isinstance(key, tuple) and isinstance(key[0], str)}
    return dict.fromkeys(measured, 0.5) | {str(key): 0.5 for key in reading.keys} | found
