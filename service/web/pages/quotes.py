"""A source's text cut where highlights begin and end, so that each piece can be lit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.review.sources import Highlight


@dataclass(frozen=True)
class Piece:
    """A run of a source's text, and the statements and findings that point at it."""

    text: str
    statements: tuple[int, ...] = ()
    findings: tuple[int, ...] = ()

    @property
    def is_quoted(self) -> bool:
        return bool(self.statements or self.findings)


def pieces(text: str, highlights: Sequence[Highlight]) -> list[Piece]:
    """The whole text in order; overlapping highlights share the pieces they share.

    Offsets outside the text are cut to it: a wrong offset shows less, never an error.
    """
    spans = [(max(0, h.start), min(len(text), h.end), h) for h in highlights]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    made = []
    for start, end in pairwise(cuts):
        over = [h for s, e, h in spans if s <= start and end <= e]
        made.append(
            Piece(
                text[start:end], _numbers(over, "statement_index"), _numbers(over, "finding_number")
            )
        )
    return made


def _numbers(highlights: Sequence[Highlight], name: str) -> tuple[int, ...]:
    found = {getattr(h, name) for h in highlights}
    return tuple(sorted(n for n in found if n is not None))
