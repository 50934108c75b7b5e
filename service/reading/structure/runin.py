"""Lists that run in: "1) sertraline 2) trazodone", "Plan: 1. Pain: .. 2. Sleep: ..", "• a • b"."""

import re
from typing import NamedTuple

from service.reading.layout import Place
from service.reading.structure.sentences import trimmed

_NUMBER = re.compile(
    r"(?:(?<!\S)|(?<=[.;]))[(#]?(?P<number>\d{1,2})[.):]{1,2}"
    r"(?:\s{1,3}(?=[A-Za-z\"'(\[])|(?=[A-Z][a-z]))"
)
_BULLET = re.compile(r"(?<!\S)[•▪●◦·]\s{0,3}(?=\S)")


class Item(NamedTuple):
    """`place` with its number, `body` without."""

    place: Place
    body: Place


def run_in(text: str, start: int, end: int, *, first: int) -> tuple[Place, list[Item]] | None:
    """What stands before the list, and its items, whose numbers count on from `first`."""
    if not first:
        return None
    marks = _counted(text, start, end, first)
    if len(marks) < (2 if first == 1 else 1):
        marks = [(m.start(), m.end()) for m in _BULLET.finditer(text, start, end)]
    if len(marks) < (2 if first == 1 else 1):
        return None
    stops = [at for at, _ in marks[1:]] + [end]
    items = [
        Item(trimmed(text, at, stop), trimmed(text, body, stop))
        for (at, body), stop in zip(marks, stops, strict=True)
    ]
    return trimmed(text, start, marks[0][0]), items


def _may_begin(text: str, start: int, mark: re.Match[str]) -> bool:
    """Not the figure on which a sentence ends: "twice a day x 2. Continue"."""
    before = text[max(start, mark.start() - 3) : mark.start()]
    return (
        ")" in mark[0]
        or not before.strip()
        or before.rstrip()[-1] in ".;:,!?)"
        or before[-2:] == "  "
    )


def _counted(text: str, start: int, end: int, number: int) -> list[tuple[int, int]]:
    found = []
    for mark in _NUMBER.finditer(text, start, end):
        if int(mark["number"]) == number and _may_begin(text, start, mark):
            found.append((mark.start(), mark.end()))
            number += 1
    return found
