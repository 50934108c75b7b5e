"""The claims of a statement: its clauses, and the items of a list within one."""

import re
from itertools import accumulate

from service.retrieval.sentences import sentence_spans
from service.verification.context.read import read as context
from service.verification.context.vocabulary import Polarity
from service.verification.context.vocabulary import Reading as Meant
from service.verification.lexicon import PLAIN
from service.verification.pairs import POINT
from service.verification.terms import Reading, read

_CLAUSE = re.compile(r";(?=\s)|\s[–—]\s|,?\s(?:but|however|although|whereas)\s", re.IGNORECASE)
_ITEM = re.compile(r",\s+(?:and\s+|or\s+)?|\s(?:and|plus|or|nor)\s|\s&\s", re.IGNORECASE)
_OPEN, _CLOSED = "([", ")]"


def claims(text: str) -> list[Reading]:
    """The clauses of a statement; one that says nothing by itself stays with the one before."""
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    pieces = [piece for sentence in sentences for piece in _split(f"{sentence} ", _CLAUSE)]
    return [read(piece.strip()) for piece in _joined(pieces)]


def items(text: str) -> list[Reading]:
    """The items of a list, each with the values that belong to it; of a series of dated values
    (`PHQ-9: 21 (2024-01-03), 9 (2026-05-01)`) each value. Brackets are not taken apart."""
    points = list(POINT.finditer(text))
    if len(points) > 1:
        head = text[: points[0].start()]
        return [read(f"{head}{point[0]}") for point in points]
    pieces = _joined(_split(text, _ITEM))
    if len(pieces) < 2:
        return [read(piece.strip()) for piece in pieces]
    ended, meant = zip(pieces, accumulate(map(len, pieces)), strict=True), context(text)
    return [read(_with_its_denial(piece, end, meant)) for piece, end in ended]


def _with_its_denial(piece: str, end: int, meant: list[Meant]) -> str:
    """ "HI" of "No SI, HI or AVH" is "no HI": what denies a list denies each of its items."""
    inside = [r for r in meant if end - len(piece) <= r.start < end]
    alone = [r for r in context(piece) if r.polarity is not Polarity.AFFIRMED]
    is_denied = bool(inside) and all(r.polarity is Polarity.NEGATED for r in inside)
    return f"no {piece.strip()}" if is_denied and not alone else piece.strip()


def _split(text: str, pattern: re.Pattern[str]) -> list[str]:
    pieces, at = [], 0
    for match in pattern.finditer(text):
        if _depth(text[at : match.start()]) == 0:
            pieces.append(text[at : match.end()])
            at = match.end()
    return [*pieces, text[at:]]


def _depth(text: str) -> int:
    return sum(text.count(c) for c in _OPEN) - sum(text.count(c) for c in _CLOSED)


def _joined(pieces: list[str]) -> list[str]:
    """Pieces without a subject of their own put to the one before: `50 mg, twice daily`."""
    joined: list[str] = []
    for piece in pieces:
        if joined and not _speaks_of_something(piece):
            joined[-1] += piece
        elif piece.strip():
            joined.append(piece)
    if len(joined) > 1 and not _speaks_of_something(joined[0]):
        joined[:2] = [joined[0] + joined[1]]
    return joined


def _speaks_of_something(piece: str) -> bool:
    return any(term.fact is None and term.kind != PLAIN for term in read(piece).terms)
