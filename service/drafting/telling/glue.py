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
_RESULT = re.compile(r"^(.+?) ([<>≤≥~]?\d[\d./]*)(%?(?: [^\d\s(]\S*){0,2})$")
_MOVED = re.compile(r"^(.+?) ([<>≤≥~]?\d[\d./]*) → ([<>≤≥~]?\d[\d./]*)(%?(?: [^\d\s(]\S*){0,2})$")


class Told(NamedTuple):
    """One thing that a composed line says: `body` in the sources' words, their day, its age."""

    body: str
    day: str = ""
    days_ago: int | None = None
    since: str = ""
    due: str = ""


def line(label: str, items: list[str]) -> str:
    return f"{label}{LABEL}{BETWEEN.join(items)}"


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
        yield Told(f"{found[1]} {found[2]}{found[4]}")
    else:
        yield told
