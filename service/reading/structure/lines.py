"""The lines of a note: where each begins, how far it is set in, and the mark of an item."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# "- ", "• ", "1. ", "(2) ", "6b. ", "a) ", "iv. ", "#1 " and "1.No sign".
_MARKER = re.compile(
    r"(?:[-*•·●○▪■◦‣►»o](?=\s)|\(?\d{1,2}[a-z]?[.)](?=\s)|\(?[a-mp-wzA-MP-WZ]\)(?=\s)|[a-h]\.(?=\s)"
    r"|#\d{1,2}[.):]?(?=\s)|[ivx]{1,4}[.)](?=\s)|\d{1,2}[.)](?=[A-Z])|[-•](?=[A-Z][a-z]))\s*"
)
_RULE = frozenset("-=_*~#+|. \t")
_TAB = 4


class Line(NamedTuple):
    """`text[start:end]` without the space round it; `body` is where it begins behind its mark."""

    start: int
    end: int
    indent: int
    body: int
    marker: str

    @property
    def is_blank(self) -> bool:
        return self.start == self.end


def lines_of(text: str) -> list[Line]:
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    at = 0
    for raw in text.split("\n"):
        said = raw.strip()
        lead = len(raw) - len(raw.lstrip())
        start = at + lead
        if said:
            yield _marked(text, start, start + len(said), _width(raw[:lead]))
        else:
            yield Line(at, at, 0, at, "")
        at += len(raw) + 1


def _marked(text: str, start: int, end: int, indent: int) -> Line:
    found = _MARKER.match(text, start, end)
    if not found or found.end() >= end or is_rule(text[start : min(end, start + 200)]):
        return Line(start, end, indent, start, "")
    return Line(start, end, indent, found.end(), _kind(found[0]))


def _kind(marker: str) -> str:
    """The mark without its number, so that the items of one list have the same: "1." is "9."."""
    said = marker.strip()
    return re.sub(r"\d+", "1", re.sub(r"[a-z]+", "a", said)) if said.isascii() else said


def _width(space: str) -> int:
    return len(space.expandtabs(_TAB)) if "\t" in space else len(space)


def is_rule(said: str) -> bool:
    """A line of dashes or the like, which says nothing."""
    return len(said) > 2 and set(said) <= _RULE


def is_aside(said: str) -> bool:
    """Has it neither a letter nor a digit?"""
    return not any(map(str.isalnum, said))
