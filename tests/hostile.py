"""Texts that make a pattern, or a reader, look for as long as it can."""

import re
from collections.abc import Callable, Iterator
from re import _constants as op
from re import _parser as parser
from typing import Any

Grown = Callable[[int], str]

_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
_OF_CATEGORY = {
    op.CATEGORY_DIGIT: "0",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: "-",
    op.CATEGORY_NOT_DIGIT: "a",
}
STOP = "\x00"  # matches nothing that anybody looks for: the match fails at its end

UNITS = (
    *" \t\n.,;:-_=*#/\\()[]{}'\"<>|+~!?@&%0aAé\u00a0\u200b\u2022\u2014",
    *(
        ". ",
        ".)",
        "1.",
        "1 1. ",
        "a.",
        "a ",
        "A\n",
        "-\n",
        " \n",
        "\n\n",
        "[ ",
        "(a",
        "a:",
        "a: 1\n",
    ),
    *("no ", "42 c.f.r. ", "psychotherapy ", "12/", "2026-", "<a", "&#", "{\\", "| ", "* * ", '"a'),
)


def repeated(unit: str) -> Grown:
    return lambda size: unit * (size // len(unit)) + STOP


def near_misses(pattern: str, flags: int) -> Iterator[Grown]:
    """For each part without a bound: that part alone, the match up to it and that part, and
    the match up to it again and again; none of them ends as the pattern wants."""
    parsed = parser.parse(pattern, flags)
    for node in _nodes(parsed):
        if node[0] in _REPEATS and node[1][1] > 200:
            yield repeated(_example(node[1][2]) or "a")
            yield lambda size, node=node: _example(parsed, node, size)
            if before := _example(parsed, node, 1)[:-1]:
                yield repeated(before)


def _example(parsed: Any, grown: Any = None, size: int = 0) -> str:
    """Something that matches; up to `grown` where that is given, and that to this size."""
    text = ""
    for node in parsed:
        if node is grown:
            one = _example(node[1][2]) or "a"
            return text + one * (size // len(one) + 1) + STOP
        text += _of_node(node, grown, size)
        if text.endswith(STOP):
            break
    return text


def _of_node(node: Any, grown: Any, size: int) -> str:
    kind, value = node
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        return _of_set(value)
    if kind in (*_REPEATS, op.POSSESSIVE_REPEAT):
        inner = _example(value[2], grown, size)
        return inner if inner.endswith(STOP) else inner * max(value[0], 1)
    if kind is op.SUBPATTERN:
        return _example(value[3], grown, size)
    if kind is op.ATOMIC_GROUP:
        return _example(value, grown, size)
    if kind is op.BRANCH:
        chosen = (b for b in value[1] if any(n is grown for n in _nodes(b)))
        return _example(next(chosen, value[1][0]), grown, size)
    return ""


def _of_set(items: Any) -> str:
    if items[0][0] is op.NEGATE:
        return next(c for c in "a0 .\x01\u4e00" if not any(_has(i, c) for i in items[1:]))
    kind, value = items[0]
    if kind is op.RANGE:
        return chr(value[0])
    return _OF_CATEGORY[value] if kind is op.CATEGORY else chr(value)


def _has(item: Any, char: str) -> bool:
    kind, value = item
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind is op.CATEGORY:
        name = str(value).removeprefix("CATEGORY_")
        letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.removeprefix("NOT_")]
        return bool(re.match("\\" + (letter.upper() if "NOT_" in name else letter), char))
    return bool(value == ord(char))


def _nodes(parsed: Any) -> Iterator[Any]:
    for node in parsed:
        yield node
        kind, value = node
        if kind in (*_REPEATS, op.POSSESSIVE_REPEAT):
            yield from _nodes(value[2])
        elif kind is op.SUBPATTERN:
            yield from _nodes(value[3])
        elif kind is op.ATOMIC_GROUP:
            yield from _nodes(value)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _nodes(branch)
