"""Whether a thing is said to be there or not: negation cues and how far each reaches."""

import re
from collections import defaultdict

from service.verification.models import Reason
from service.verification.words import STOP, stem, written_out

_CLAUSE = re.compile(r"[.;:!?\n]|\b(?:but|however|although|except|aside from|apart from)\b", re.I)
# Reach to the end of the clause, lists and all.
_WIDE = re.compile(
    r"\b(?:denies|denied|denying|deny|negative for|no evidence of|no signs? of|no history of"
    r"|no known history of|free of|never had|ruled out|rule out for)\b", re.IGNORECASE,
)  # fmt: skip
# Reach to the next comma.
_NARROW = re.compile(
    r"\b(?:no|not|without|never|none|cannot|neither|nor|absent|lacks?)\b|n['’]t\b", re.I
)
# Reach back to the beginning of the comma piece.
_BACK = re.compile(
    r"\b(?:(?:was|were|is|are|been) (?:ruled out|denied|negative|absent|refuted|not present)"
    r"|ruled out|denied|negative|absent|refuted|none|not done)\s*(?:,|$|\()", re.IGNORECASE,
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def polarities(text: str) -> dict[str, set[bool]]:
    """For each content word's stem, whether it stands affirmed (True), negated (False) or both."""
    found: dict[str, set[bool]] = defaultdict(set)
    for clause in _CLAUSE.split(written_out(text)):
        _read_clause(clause or "", found)
    return found


def _read_clause(clause: str, found: dict[str, set[bool]]) -> None:
    wide = _WIDE.search(clause)
    at = 0
    for piece in clause.split(","):
        _read_piece(piece, at, wide.end() if wide else None, found)
        at += len(piece) + 1


def _read_piece(piece: str, at: int, wide_from: int | None, found: dict[str, set[bool]]) -> None:
    narrow, back = _NARROW.search(piece), _BACK.search(piece)
    for match in _WORD.finditer(piece):
        if match[0].casefold() in STOP or len(match[0]) < 3:
            continue
        negated = (
            (wide_from is not None and at + match.start() >= wide_from)
            or (narrow is not None and match.start() >= narrow.end())
            or (back is not None and match.end() <= back.start())
        )
        found[stem(match[0])].add(not negated)


def flips(statement: str, source: str) -> Reason | None:
    """The first thing that the statement affirms and the source only denies, or the reverse."""
    held = polarities(source)
    for word, said in polarities(statement).items():
        if word in held and said.isdisjoint(held[word]):
            return Reason("polarity", _around(statement, word), _around(source, word), True)
    return None


def _around(text: str, word: str) -> str:
    """The clause in which a stem stands, cut short."""
    for clause in re.split(r"(?<=[.;!?])\s+|\n", written_out(text)):
        if any(stem(m[0]) == word for m in _WORD.finditer(clause)):
            return clause.strip()[:160]
    return text.strip()[:160]
