"""What a composed line adds to the words of its sources: a label, marks between items, days.

Verification takes a line apart by the same marks, so that each item is checked for itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

BRIEF = "brief"  # the key of the section that begins every document
REST = "rest"  # and of the one that says what is not shown
ABSENT = "Nothing is documented of: "
LABEL, BETWEEN, EARLIER = ": ", " · ", ", before that "

_LABELS = (
    "Patient",
    "Changed since",
    "Risk",
    "Allergies",
    "Conflict",
    "Results",
    "Alerts",
    "Medicines now",
    "Open",
)
PATIENT, CHANGED, RISK, ALLERGIES, CONFLICT, RESULTS, ALERTS, MEDICINES, OPEN = _LABELS
_DAY = r"\d{4}(?:-\d{2}){0,2}"
_LABEL = re.compile(rf"(?:{'|'.join(_LABELS)})(?: {_DAY} \([a-z ]{{1,30}}\))?{LABEL}")
_WHEN = re.compile(
    rf" \(({_DAY})(?:, (\d{{1,5}}) days ago|, open since ({_DAY})|, due ({_DAY}))?\)$"
)
_RESULT = re.compile(r"^(.+?):? ([<>≤≥~]?\d[\d./]*)(%?(?: [^\d\s(]\S*){0,2})$")
_MOVED = re.compile(r"^(.+?) ([<>≤≥~]?\d[\d./]*) → ([<>≤≥~]?\d[\d./]*)(%?(?: [^\d\s(]\S*){0,2})$")

# The columns of a medicine's row, as its cells are named.
COLUMNS = ("", "response", "adverse effect", "ended")
DOSE, RESPONSE, HARM, ENDED = COLUMNS
ENDS = ("stopped", "completed", "on hold", "refused", "not filled", "missed", "not to be given")
_NAME = re.compile(r"[a-z\d][a-z\d /'-]{0,60}")
_PERIODS = re.compile(
    rf"now|(?:since|until|told) {_DAY}|{_DAY} to (?:now|{_DAY})|{_DAY}, last told {_DAY}"
)
_PERIOD = re.compile(r" \(([^()]*)\)$")


class Told(NamedTuple):
    """One thing that a composed line says: `body` in the sources' words, their day, its age; of
    what was before, the day of which it is not."""

    body: str
    day: str = ""
    days_ago: int | None = None
    since: str = ""
    due: str = ""
    not_on: str = ""


def line(label: str, items: list[str]) -> str:
    return f"{label}{LABEL}{BETWEEN.join(items)}"


def row(name: str, cells: list[tuple[str, str]], period: str) -> str:
    """ "lithium: 600 mg to 900 mg at bedtime · response: in remission (2024-08-20 to now)": what is
    known of its course."""
    told = [
        said if not column or said in ENDS else f"{column}{LABEL}{said}"
        for column, said in cells
        if said
    ]
    text = f"{name}{LABEL}{BETWEEN.join(told)}" if told else name
    return f"{text} ({period})" if period else text


def columns(text: str) -> tuple[str, ...]:
    """A row's name, its period, its cells in the order of COLUMNS; "" where one is not known."""
    period = _PERIOD.search(text)
    name, _, said = (text[: period.start()] if period else text).partition(LABEL)
    cells = dict.fromkeys(COLUMNS, "")
    for cell in said.split(BETWEEN):
        column, _, value = cell.partition(LABEL)
        is_named = bool(value) and column in COLUMNS
        cells |= {column: value} if is_named else {ENDED if cell in ENDS else DOSE: cell}
    return name, period[1] if period else "", *cells.values()


def when(
    body: str, day: str, days_ago: int | None = None, *, since: str = "", due: str = ""
) -> str:
    """ "creatinine 1.4 mg/dL (2026-08-18)"; what has no day stays as it is."""
    age = "" if days_ago is None else f", {days_ago} days ago"
    age = f", open since {since}" if since else f", due {due}" if due else age
    return f"{body} ({day}{age})" if day else body


def moved(now: str, before: str) -> str | None:
    """ "creatinine 1.2 → 1.4 mg/dL" of two results of one measure; None where they are not."""
    new, old = _RESULT.match(now), _RESULT.match(before)
    if not new or not old or (new[1], new[3]) != (old[1], old[3]):
        return None
    return f"{new[1]} {old[2]} → {new[2]}{new[3]}"


def is_composed(text: str) -> bool:
    return _LABEL.match(text) is not None


def tells_both(text: str) -> bool:
    """Does it keep both sides of what cannot both be so: a line of conflict, or an allergy with
    what denies it?"""
    label = _LABEL.match(text)
    name = label[0].removesuffix(LABEL) if label else ""
    return name == CONFLICT or (name == ALLERGIES and BETWEEN in text)


def is_aged(text: str) -> bool:
    """Does it end on a day with its age, when it is due, or since when it is open?"""
    found = _WHEN.search(text)
    return found is not None and any(found.groups()[1:])


def is_joined(text: str) -> bool:
    """Does it tell something with its day, and what was before?"""
    newer, mark, _ = text.partition(EARLIER)
    return bool(mark) and _WHEN.search(newer) is not None


def is_row(text: str) -> bool:
    """Is it a medicine's course, as `row` makes it?"""
    name, period, *cells = columns(text)
    is_named = bool(_NAME.fullmatch(name))
    is_told = any(c for c, column in zip(cells, COLUMNS, strict=True) if column)
    return is_named and (bool(_PERIODS.fullmatch(period)) or (is_told and not period))


def days(period: str) -> list[str]:
    return re.findall(_DAY, period)


def items(text: str) -> Iterator[Told]:
    """What a composed line says, thing by thing; a text that is none is one thing."""
    label = _LABEL.match(text)
    for item in text[label.end() :].split(BETWEEN) if label else [text]:
        for each in item.split(EARLIER):
            found = _WHEN.search(each)
            told = Told(each)
            if found:
                age = int(found[2]) if found[2] else None
                told = Told(each[: found.start()], found[1], age, found[3] or "", found[4] or "")
            yield from _apart(told)


def _apart(told: Told) -> Iterator[Told]:
    """Both results of one that moved; the day is that of the newer."""
    if found := _MOVED.match(told.body):
        yield told._replace(body=f"{found[1]} {found[3]}{found[4]}")
        yield Told(f"{found[1]} {found[2]}{found[4]}", not_on=told.day)
    else:
        yield told
