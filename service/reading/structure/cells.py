"""What the rows of a table say, unit by unit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from service.reading.layout import Place, Section, Stance, State
from service.reading.structure.entries import iso_date
from service.reading.structure.labels import split_answer
from service.reading.structure.page import Page, Setting
from service.reading.structure.sentences import trimmed
from service.reading.structure.tables import Row, Table
from service.reading.structure.words import answer_of, plain, words

_OPENED = {Section.ALLERGIES: "allergy", Section.FAMILY: "kin"}


def read_table(page: Page, table: Table, setting: Setting) -> None:
    """One unit for an order, a record or a result with its range; else one for each cell."""
    names = [page.said(cell) for cell in table.head]
    section = next((s for s, kind in _OPENED.items() if _has(names, kind)), setting.section)
    setting = replace(setting, list_of=page.next_list(), section=section)
    if table.head:
        whole = Place(table.head[0].start, table.head[-1].end)
        page.add(whole, replace(setting, lead=None), state=State.TEMPLATE, stance=Stance.PLAIN)
    for row in table.rows:
        if not names:
            _pair(page, row, setting)
        elif _has(names, "medicine") or _is_record(names):
            _whole(page, row, table.head, setting)
        elif len(names) > 2 and all(answer_of(n) for n in names[1:]):
            _chosen(page, row, names, setting)
        else:
            _cells(page, row, table.head, setting)


def _has(names: list[str], kind: str) -> bool:
    return any(plain(name) in {plain(w) for w in words("columns", kind)} for name in names)


def _is_record(names: list[str]) -> bool:
    """Rows of which each tells one thing: an allergy, a problem, an order."""
    if plain(names[0]) in ("date", "time"):
        is_result = _has(names, "test") and _has(names, "result")
        return is_result or sum(_has([n], "order") or _has([n], "record") for n in names) > 1
    return _has(names[:1], "record") or sum(_has([n], "order") for n in names) > 1


def _filled(page: Page, row: Row) -> list[Place]:
    return [cell for cell in row if page.said(cell).strip("- ")]


def _pair(page: Page, row: Row, setting: Setting) -> None:
    """A row without column headings: a label and its value, or pieces in order."""
    cells = _filled(page, row)
    if not cells:
        return
    place = Place(row[0].start, row[-1].end)
    answer = split_answer(page.text, cells[1]) if len(cells) == 2 else None
    if len(row) == 2 and not page.said(row[1]):
        answer = None
    if answer:
        parts = (cells[0], answer.detail) if answer.detail else (cells[0],)
        page.add(place, setting, parts=parts, stance=answer.stance)
    else:
        page.add(place, setting, parts=tuple(cells))


def _whole(page: Page, row: Row, head: Row, setting: Setting) -> None:
    """An order or a record: its cells in order, with the names of columns that tell something."""
    parts: list[Place] = []
    stance = setting.stance
    for number, cell in enumerate(row):
        said = page.said(cell)
        if not said.strip("- "):
            continue
        name = head[number] if number < len(head) else None
        told = page.said(name) if name else ""
        if _has([told], "taken") and (answer := split_answer(page.text, cell)):
            stance = answer.stance if answer.stance is not Stance.YES else stance
            parts += [answer.detail] if answer.detail else []
            continue
        if name and not _is_plain(told):
            parts.append(name)
        parts.append(cell)
        stance = _standing(said, stance)
    if parts:
        page.add(Place(row[0].start, row[-1].end), setting, parts=tuple(parts), stance=stance)


def _is_plain(name: str) -> bool:
    return any(_has([name], kind) for kind in ("medicine", "order", "plain"))


def _standing(said: str, stance: Stance) -> Stance:
    if plain(said) in words("columns", "stopped"):
        return Stance.STOPPED
    return Stance.HELD if plain(said) in words("columns", "held") else stance


def _chosen(page: Page, row: Row, names: list[str], setting: Setting) -> None:
    """ "Symptom | Yes | No" with a mark under one of them."""
    marked = [n for n, cell in enumerate(row) if n and page.said(cell).strip("- []()☐")]
    stance = answer_of(names[marked[0]]) if len(marked) == 1 and marked[0] < len(names) else None
    place = Place(row[0].start, row[-1].end)
    page.add(place, setting, parts=(row[0],), stance=stance or Stance.UNKNOWN)


def _cells(page: Page, row: Row, head: Row, setting: Setting) -> None:
    groups = list(_groups(page, row, head))
    day = iso_date(page.said(row[0]))
    starts = [row[0].start, *(group[0][1].start for group in groups[1:])]
    ends = [row[max(0, n - 1)].end for n in _firsts(groups)[1:]] + [row[-1].end]
    if not groups:
        page.add(Place(row[0].start, row[-1].end), setting, parts=(row[0],), stance=Stance.UNKNOWN)
    for group, start, end in zip(groups, starts, ends, strict=False):
        told = replace(setting, dated=day or _day(page, head, group) or setting.dated)
        _cell(page, row, head, group, Place(start, end), told, is_dated=bool(day))


def _firsts(groups: list[list[tuple[int, Place]]]) -> list[int]:
    return [group[0][0] for group in groups]


def _groups(page: Page, row: Row, head: Row) -> Iterator[list[tuple[int, Place]]]:
    """The filled cells behind the row's heading; unit, range and flag stay with their result."""
    group: list[tuple[int, Place]] = []
    for number, cell in enumerate(row):
        said = page.said(cell).strip()
        is_flag = (
            said.isupper()
            and len(said) < 3
            and _has([*map(page.said, head[number : number + 1])], "flags")
        )
        if not number or not said or is_flag:
            continue
        goes_on = number < len(head) and _has([page.said(head[number])], "more")
        if group and not (goes_on and _takes_more(page, head, group[0][0])):
            yield group
            group = []
        group.append((number, cell))
    if group:
        yield group


def _takes_more(page: Page, head: Row, number: int) -> bool:
    """A range behind an earlier value belongs to the result, so it is told apart."""
    return number == 1 or (number < len(head) and _is_plain(page.said(head[number])))


def _day(page: Page, head: Row, group: list[tuple[int, Place]]) -> str:
    number = group[0][0]
    return iso_date(page.said(head[number])) if number < len(head) else ""


def _named(page: Page, cell: Place) -> tuple[Place, Place | None]:
    """A row's heading and the unit that it ends on: "Weight kg", "Lithium (mmol/L)"."""
    said = page.said(cell)
    name, _, last = said.rpartition(" ")
    unit = last.strip("()[]")
    if not name or unit.casefold() not in words("columns", "units"):
        return cell, None
    start = cell.start + len(name) + 1 + last.find(unit)
    return trimmed(page.text, cell.start, cell.start + len(name)), Place(start, start + len(unit))


def _cell(
    page: Page,
    row: Row,
    head: Row,
    group: list[tuple[int, Place]],
    place: Place,
    setting: Setting,
    *,
    is_dated: bool,
) -> None:
    """Row heading, column heading, cell; a date that is told apart is left out of the words."""
    heading, unit = _named(page, row[0])
    parts: list[Place] = [] if is_dated else [heading]
    stance = None
    for number, cell in group:
        name = head[number] if number < len(head) else None
        told = page.said(name) if name else ""
        if (
            name
            and not _is_plain(told)
            and not iso_date(told)
            and (not _has([told], "more") or _has([told], "named"))
        ):
            parts.append(name)
        answer = split_answer(page.text, cell) if number == group[0][0] else None
        if answer:
            stance = answer.stance
        if not answer or answer.detail:
            parts.append(answer.detail if answer and answer.detail else cell)
    parts += [unit] if unit and parts[-1] != heading else []
    kept = tuple(p for p, q in pairwise([*parts, None]) if p and p != q)
    page.add(place, setting, parts=kept, stance=stance)
