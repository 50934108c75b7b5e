"""Tables: pipes, tabs, aligned columns and comma-separated rows, as rows of cells."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from service.reading.layout import Place
from service.reading.structure.boxes import marks_in
from service.reading.structure.lines import Line, is_rule
from service.reading.structure.sentences import trimmed
from service.reading.structure.words import answer_of, plain, words

_GAP = re.compile(r"\t+ *| {2,}")
_DIGIT = re.compile(r"\d")
_FIGURE = re.compile(r"[<>~]?\d|.*\d(?: ?mg| ?ml| ?%|/\d)")
LONGEST_CELL, MOST_COLUMNS, LOOKED_AT = 200, 40, 6

Row = tuple[Place, ...]
Cut = Callable[[str, Line], Row]


class Table(NamedTuple):
    """`head` is empty where the table has no row of column headings; `end`: the line behind."""

    head: Row
    rows: tuple[Row, ...]
    end: int


def table_at(text: str, lines: Sequence[Line], at: int) -> Table | None:
    """The table that begins at a line. Its first rows tell it, so a look at a few lines
    decides whether there is any."""
    if marked := _marked(text, lines, at):
        return marked
    for cut in _cuts(text[lines[at].start : lines[at].end]):
        if _made(text, lines, at, cut, most=LOOKED_AT):
            return _made(text, lines, at, cut, most=len(lines))
    return None


def _made(text: str, lines: Sequence[Line], at: int, cut: Cut, *, most: int) -> Table | None:
    rows, end = _rows(text, lines, at, cut, most=most)
    table = _table(text, rows, end, is_marked=cut is not _commas) if rows else None
    if not table or (cut is _gapped and not _is_aligned(text, table)):
        return None
    return table if cut is not _commas or _has_known_head(text, table.head) else None


def _marked(text: str, lines: Sequence[Line], at: int) -> Table | None:
    """ "Yes  No" over rows of a name and a mark, whose place says which of them it means."""
    first = lines[at]
    head = _gapped(text, first)
    if not head or not all(answer_of(text[c.start : c.end]) for c in head):
        return None
    rows: list[Row] = []
    for line in lines[at + 1 :]:
        cells = () if line.is_blank else _gapped(text, line)
        if len(cells) != 2 or text[cells[1].start : cells[1].end] not in ("x", "X", "✓", "✔", "*"):
            break
        shift = line.indent - line.start - first.indent + first.start
        gaps = [abs(c.start - cells[1].start - shift) for c in head]
        nearest, nothing = gaps.index(min(gaps)), Place(cells[1].end, cells[1].end)
        rows.append((cells[0], *(cells[1] if n == nearest else nothing for n in range(len(head)))))
    end = at + 1 + len(rows)
    return Table((Place(first.start, first.start), *head), tuple(rows), end) if rows else None


def _cuts(said: str) -> Iterator[Cut]:
    if "|" in said:
        yield _piped
    if "  " in said or "\t" in said:
        yield _gapped
    if said.count(",") > 1:
        yield _commas


def _rows(
    text: str, lines: Sequence[Line], at: int, cut: Cut, *, most: int
) -> tuple[list[Row], int]:
    rows: list[Row] = []
    stop = at
    while stop < min(len(lines), at + most) and not lines[stop].is_blank:
        line = lines[stop]
        if is_rule(text[line.start : min(line.end, line.start + 400)]) and rows:
            stop += 1
            continue
        row = cut(text, line)
        if not row and rows and cut is _gapped and not line.marker:
            row = _by_columns(text, line, lines[at], rows[0])
        if not row or (len(row) < 2 and not rows):
            break
        if rows and cut is _gapped and len(row) < len(rows[0]):
            row = _by_columns(text, line, lines[at], rows[0]) or row
        if rows and cut is not _piped and abs(len(row) - len(rows[0])) > 1:
            break
        is_shifted = len(rows) == 1 and len(row) == len(rows[0]) + 1
        if cut is _gapped and is_shifted and lines[at].indent > line.indent:
            rows[0] = (Place(rows[0][0].start, rows[0][0].start), *rows[0])  # of the rows' names
        rows.append(row)
        stop += 1
    return (rows, stop) if len(rows) > 1 else ([], at)


def _piped(text: str, line: Line) -> Row:
    """ "| a | b |", "a | b": empty cells stay, so that columns keep their numbers."""
    if text.find("|", line.start, line.end) < 0 or line.end - line.start > 4_000:
        return ()
    cells, start = [], line.start
    for at in range(line.start, line.end + 1):
        if at == line.end or text[at] == "|":
            cells.append(trimmed(text, start, at))
            start = at + 1
    if text[line.start] == "|":
        cells = cells[1:]
    if text[line.end - 1] == "|":
        cells = cells[:-1]
    is_choice = len(cells) == 2 and marks_in(text, line.start, line.end)
    return () if is_choice or len(cells) > MOST_COLUMNS else tuple(cells)


def _gapped(text: str, line: Line) -> Row:
    if line.marker or line.end - line.start > 1_000:
        return ()
    cells, start = [], line.start
    for gap in _GAP.finditer(text, line.start, line.end):
        cells.append(Place(start, gap.start()))
        cells += [Place(gap.end(), gap.end())] * (gap[0].count("\t") - 1)
        start = gap.end()
    cells.append(Place(start, line.end))
    is_table = 1 < len(cells) <= MOST_COLUMNS and not marks_in(text, line.start, line.end)
    return tuple(cells) if is_table else ()


def _by_columns(text: str, line: Line, first: Line, head: Row) -> Row:
    """A row cut where the columns of the first begin, for cells that only one blank parts."""
    begin = line.start - line.indent
    starts = [begin + first.indent + cell.start - first.start for cell in head]
    if starts[1] >= line.end or any(s < line.end and not text[s - 1].isspace() for s in starts[1:]):
        return ()
    stops = [*starts[1:], line.end]
    return tuple(
        trimmed(text, min(a, line.end), min(b, line.end))
        for a, b in zip(starts, stops, strict=True)
    )


def _commas(text: str, line: Line) -> Row:
    count = text.count(",", line.start, line.end)
    if not 1 < count < MOST_COLUMNS or line.end - line.start > 1_000:
        return ()
    cells, start = [], line.start
    for said in text[line.start : line.end].split(","):
        cells.append(trimmed(text, start, start + len(said)))
        start += len(said) + 1
    return tuple(cells)


def _table(text: str, rows: list[Row], end: int, *, is_marked: bool) -> Table | None:
    if any(c.end - c.start > LONGEST_CELL for c in rows[0]) and not is_marked:
        return None
    head = rows[0] if _is_head(text, rows) else ()
    return Table(head, tuple(rows[1:] if head else rows), end)


def _is_head(text: str, rows: list[Row]) -> bool:
    """Names of columns: known ones, or words without a figure over cells with figures."""
    first = [text[c.start : c.end] for c in rows[0]]
    names = [s for s in first if s]
    if names and not first[0] and rows[0][0].end == rows[0][1].start:
        return True
    if not names or any(s.endswith(":") or len(s.split()) > 5 for s in names):
        return False
    if sum(is_column(s) for s in names) * 2 >= len(names):
        return True
    if len(names) > 1 and all(_DIGIT.match(s) for s in names[1:]):  # days over a flowsheet
        return (
            not first[0]
            or plain(first[0]) in ("date", "time", "test")
            or bool(re.search(r"[/-]", names[-1]))
        )
    if any(map(_FIGURE.match, names)) or len(names) < 2:
        return False
    if any(answer_of(s) for s in names[1:]):
        return all(answer_of(s) for s in names[1:]) and len(rows[0]) > 2
    below = [text[c.start : c.end] for row in rows[1:4] for c in row[1:]]
    return any(_DIGIT.search(s) or answer_of(s) or s in ("x", "X") for s in below)


def is_column(name: str) -> bool:
    said = plain(name)
    return any(said in map(plain, words("columns", kind)) for kind in _KINDS)


_KINDS = ("medicine", "order", "plain", "more", "record")


def _has_known_head(text: str, head: Row) -> bool:
    return bool(head) and sum(is_column(text[c.start : c.end]) for c in head) * 2 >= len(head)


def _is_aligned(text: str, table: Table) -> bool:
    """Blanks between cells also stand between labels ("SI: no  HI: no") and behind full stops."""
    cells = [text[c.start : c.end] for row in table.rows[:3] for c in row]
    if any(":" in s.rstrip("0123456789") or s.endswith((".", "?", ";")) for s in cells):
        return False
    is_wide = len(table.rows[0]) > 2
    return (
        bool(table.head) or is_wide or "\t" in text[table.rows[0][0].end : table.rows[0][-1].start]
    )
