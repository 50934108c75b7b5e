"""What a composed line adds to the words of its sources: a label, marks between items, days.

Verification takes a line apart by the same marks, so that each item is checked for itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

BRIEF = "brief"  # the key of the section that begins every document
REST = "rest"  # and of the one that says what is not shown
LABEL, BETWEEN, EARLIER = ": ", " · ", ", before that "

_LABELS = (
    "Patient",
    "Changed since",
    "Risk",
    "Allergies",
    "Conflict",
    "Results",
    "Binding",
    "Medicines now",
    "Open",
)
PATIENT, CHANGED, RISK, ALLERGIES, CONFLICT, RESULTS, BINDING, MEDICINES, OPEN = _LABELS
_DAY = r"\d{4}(?:-\d{2}){0,2}"
_LABEL = re.compile(rf"(?:{'|'.join(_LABELS)})(?: {_DAY} \([a-z ]{{1,30}}\))?{LABEL}")
_WHEN = re.compile(rf" \(({_DAY})(?:, (\d{{1,5}}) days ago)?\)$")


class Told(NamedTuple):
    """One thing that a composed line says: `body` in the sources' words, their day, its age."""

    body: str
    day: str = ""
    days_ago: int | None = None


def line(label: str, items: list[str]) -> str:
    return f"{label}{LABEL}{BETWEEN.join(items)}"


def when(body: str, day: str, days_ago: int | None = None) -> str:
    """ "creatinine 1.4 mg/dL (2026-08-18)"; what has no day stays as it is."""
    age = "" if days_ago is None else f", {days_ago} days ago"
    return f"{body} ({day}{age})" if day else body


def is_composed(text: str) -> bool:
    return _LABEL.match(text) is not None


def items(text: str) -> Iterator[Told]:
    """What a composed line says, thing by thing; a text that is none is one thing."""
    label = _LABEL.match(text)
    for item in text[label.end() :].split(BETWEEN) if label else [text]:
        for each in item.split(EARLIER):
            found = _WHEN.search(each)
            age = int(found[2]) if found and found[2] else None
            yield Told(each[: found.start()], found[1], age) if found else Told(each)
