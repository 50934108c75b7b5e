"""Conversations: who speaks each turn, and which question an answer answers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from service.reading.layout import Place, Section, Unit
from service.reading.structure.lines import Line
from service.reading.structure.words import data, listed, section_of

# "Doctor:", "[patient]", "Pt 2:", "[00:12] **Dr. Smith:**", "Mother (phone):".
_LABEL = re.compile(
    r"(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?\)?\]?\s{0,3})?\*{0,2}"
    r"(?:\[(?P<boxed>[A-Za-z_ ]{1,24})\d?\]:?|(?P<name>[A-Za-z][A-Za-z_. ]{0,24}?)[ _]?\d?"
    r"(?: ?\([^)\n]{1,30}\))?\*{0,2}\s?:\*{0,2}(?=\s|[A-Z]|$))\s*"
)
_INSIDE = re.compile(r"(?<=[.!?]\s)(?=(?:\*{0,2})[A-Z\[][A-Za-z. ]{0,24}[:\]])")
FEWEST_TURNS = 2


class Turn(NamedTuple):
    """A turn begins at `label`; its words at `label.end`."""

    label: Place
    speaker: str


def turn_at(text: str, start: int, end: int) -> Turn | None:
    found = _LABEL.match(text, start, min(end, start + 90))
    who = speaker_of(found["boxed"] or found["name"]) if found else ""
    return Turn(Place(start, found.end()), who) if found and who else None


@cache
def _speakers() -> dict[str, str]:
    told = data("words")["speakers"]
    roles = {name: role for role in ("clinician", "patient") for name in told[role]}
    return {name: told["same"].get(name, name) for name in told["other"]} | roles


def speaker_of(name: str) -> str:
    said = " ".join(name.casefold().replace("_", " ").split()).strip(" .")
    if found := _speakers().get(said):
        return found
    return "clinician" if said.startswith("dr ") or said.startswith("dr. ") else ""


def turns_of(text: str, lines: Sequence[Line]) -> dict[int, Turn]:
    """By the number of the line that it begins, each turn; none in a note, whose labels do not
    take turns: talk has a question, a label in a bracket, or comes back to a speaker."""
    found = {
        n: turn
        for n, line in enumerate(lines)
        if not line.is_blank and (turn := turn_at(text, line.start, line.end))
    }
    speakers = [
        turn.speaker
        for n in found
        for piece in turns_inside(text, lines[n].start, lines[n].end)
        if (turn := turn_at(text, piece.start, piece.end))
    ]
    if len(found) < FEWEST_TURNS or len(set(speakers)) < 2:
        return {}
    is_asked = any(text.find("?", t.label.end, lines[n].end) >= 0 for n, t in found.items())
    is_boxed = sum(text[t.label.start] == "[" for t in found.values()) > 1
    comes_back = len(speakers) > len(set(speakers)) + 1
    return found if is_asked or is_boxed or comes_back else {}


def turns_inside(text: str, start: int, end: int) -> list[Place]:
    """A line of talk cut where another speaker's label runs in."""
    cuts = [start]
    for mark in _INSIDE.finditer(text, start, end):
        if turn_at(text, mark.end(), end):
            cuts.append(mark.end())
    return [Place(a, b) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]


def ends_talk(text: str, line: Line) -> bool:
    """A heading of a note behind the talk."""
    name = text[line.start : min(line.end, line.start + 60)].partition(":")[0]
    return name.isupper() and len(name) > 2 and section_of(name) is not None


def with_answers(units: list[Unit], text: str) -> list[Unit]:
    """Each first unit of a turn linked with the question that the turn before ended on."""
    linked: list[Unit] = []
    has_marks = "?" in text
    question, asker, is_open = -1, "", False
    for number, unit in enumerate(units):
        if unit.section is not Section.TALK or not unit.speaker:
            linked.append(unit)
            continue
        is_answer = is_open and unit.speaker != asker
        linked.append(replace(unit, answers=question) if is_answer else unit)
        if _asks(unit, text, has_marks=has_marks):
            question, asker, is_open = number, unit.speaker, True
        elif is_answer:
            is_open = False
    return linked


def _asks(unit: Unit, text: str, *, has_marks: bool) -> bool:
    """By its mark; in talk without any, by the words of a question."""
    said = text[unit.place.start : unit.place.end]
    if has_marks:
        return "?" in said[-4:]
    told = f" {said.casefold()} "
    return unit.speaker == "clinician" and any(p in told for p in listed("speakers", "asking"))
