"""A record's text -> slices fit to be found and cited, each with exact offsets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from service.reading.sentences import Span, sentence_spans
from service.retrieval.headings import Heading, find_heading, is_known, is_underline

SPLITTER = 2  # raise when slices change, so that charts are split again
MAX_SENTENCES = 4
MAX_WORDS = 80  # about 110 tokens: one thought, and far within the embedding's 256
MAX_BLOCK_WORDS = 160  # a list stays whole up to here
# A table or flowsheet stays whole up to here: a row without its header says nothing. Only its
# beginning is embedded then, the search by words reads all of it.
MAX_TABLE_WORDS, MAX_TABLE_CHARS = 600, 6000
MAX_CHARS = 1500  # against text without spaces, such as a pasted image
SHORT_DETAILS_WORDS = 40  # up to here details are embedded and searched with the headline

_BULLET = re.compile(r"^\s*(?:[-*•‣◦–·+]|\(?\d{1,2}[.)]|\(?[a-z][.)]|\[[ xX]?\])\s+\S")
_TABLE = re.compile(
    r"\|.*\||\S\t+\S|[^\s.!?:;,] {2,}\S.*[^\s.!?:;,] {2,}\S"
    # One way to match each rule: with two, a long one followed by a word never comes to an end.
    r"|^\s*[|+]?(?:[-=]{4,}|[-=]{2,}(?:[ |+]+[-=]{2,})+)[ |+]*$"
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Slice:
    """text[start:end] under `heading` (as written, "" when there is none)."""

    heading: str
    start: int
    end: int


class _Shape(Enum):
    PROSE, LIST, TABLE = "prose", "list", "table"


@dataclass
class _Block:
    heading: str
    shape: _Shape
    lines: list[Span]


def split_note(text: str) -> list[Slice]:
    """Slices of a note, in order, never overlapping; everything but headings is in one.

    The first line names the note and is left out, unless there is nothing else.
    """
    body = text.find("\n") + 1
    if not text[body:].strip():
        body = 0
    return [piece for block in _blocks(text, body) for piece in _slices(text, block)]


def split_structured(text: str, headline: str = "") -> list[Slice]:
    """The headline, and the details as a second slice (or more) when they are long."""
    first = len(headline) if headline and text.startswith(headline) else _line_end(text, 0)
    spans = [Slice("", *span) for span in _fitted(text, [(0, first)], MAX_BLOCK_WORDS)]
    if len(text[first:].split()) > SHORT_DETAILS_WORDS:
        lines = [span for span, _ in _lines(text, first)]
        spans += [Slice("", *span) for span in _fitted(text, lines, MAX_BLOCK_WORDS)]
    return spans


def _blocks(text: str, body: int) -> Iterator[_Block]:
    """Runs of lines of one shape under one heading."""
    block, lone = _Block("", _Shape.PROSE, []), None
    for (start, end), line in _lines(text, body):
        found = find_heading(line)
        if found or not line.strip() or is_underline(line):
            yield from _finished(block, lone if found else None)
            block = _Block(found.name if found else block.heading, _Shape.PROSE, [])
            lone = _unknown(found, start, end) if found else lone
            start = start + found.rest if found else end
        if not text[start:end].strip():
            continue
        lone, shape = None, _shape(text[start:end], block)
        if shape is not block.shape:
            yield from _finished(block)
            block = _Block(block.heading, shape, [])
        block.lines.append((start, end))
    yield from _finished(block, lone)


def _finished(block: _Block, lone: Span | None = None) -> Iterator[_Block]:
    """The block unless it is empty. A heading of no known name with nothing under it, such
    as FULL CODE, says something itself."""
    if block.lines:
        yield block
    elif lone:
        yield _Block("", _Shape.PROSE, [lone])


def _unknown(found: Heading, start: int, end: int) -> Span | None:
    return None if is_known(found.name) else (start, end)


def _shape(line: str, block: _Block) -> _Shape:
    if _TABLE.search(line):
        return _Shape.TABLE
    continues = block.shape is _Shape.LIST and line[:2].isspace()
    return _Shape.LIST if _BULLET.match(line) or continues else _Shape.PROSE


def _slices(text: str, block: _Block) -> Iterator[Slice]:
    if block.shape is _Shape.PROSE:
        sentences = sentence_spans(text, block.lines[0][0], block.lines[-1][1])
        spans = _fitted(text, sentences, MAX_WORDS, MAX_SENTENCES)
    elif block.shape is _Shape.TABLE:
        spans = _fitted(text, block.lines, MAX_TABLE_WORDS, max_chars=MAX_TABLE_CHARS)
    else:
        spans = _fitted(text, block.lines, MAX_BLOCK_WORDS)
    for start, end in spans:
        yield Slice(block.heading, start, end)


def _fitted(
    text: str,
    units: Iterator[Span] | list[Span],
    max_words: int,
    max_units: int = 10**6,
    *,
    max_chars: int = MAX_CHARS,
) -> Iterator[Span]:
    """Neighbouring units joined while they fit; a unit that is too long is cut."""
    start = end = words = count = 0
    for unit in (piece for long in units for piece in _cut(text, long, max_words)):
        size = len(text[unit[0] : unit[1]].split())
        is_full = count == max_units or words + size > max_words or unit[1] - start > max_chars
        if count and is_full:
            yield start, end
            count = words = 0
        start, end = (unit[0] if count == 0 else start), unit[1]
        words, count = words + size, count + 1
    if count:
        yield start, end


def _cut(text: str, unit: Span, max_words: int) -> Iterator[Span]:
    """The unit without outer space, in pieces of at most `max_words` and MAX_CHARS."""
    at, stop = unit
    while at < stop and text[at].isspace():
        at += 1
    while stop > at and text[stop - 1].isspace():
        stop -= 1
    while at < stop:
        end = _cut_point(text, at, stop, max_words)
        yield at, at + len(text[at:end].rstrip())
        at = end
        while at < stop and text[at].isspace():
            at += 1


def _cut_point(text: str, at: int, stop: int, max_words: int) -> int:
    if stop - at < 2 * max_words:  # so few characters cannot hold more words
        return stop
    limit = min(stop, at + MAX_CHARS)
    for words, space in enumerate(_SPACE.finditer(text, at, limit), start=1):
        if words == max_words:
            return space.start()
    if limit == stop:
        return stop
    space_at = max(text.rfind(" ", at, limit), text.rfind("\n", at, limit))
    return space_at if space_at > at else limit


def _lines(text: str, start: int) -> Iterator[tuple[Span, str]]:
    while start < len(text):
        end = _line_end(text, start)
        yield (start, end), text[start:end]
        start = end + 1


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
