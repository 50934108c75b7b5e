"""A record's text read once: its structure, and each thing that it asserts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.reading.assertions import Assertion, Certainty, Kind, Polarity, Value
from service.reading.decoding import decoded
from service.reading.layout import Place, Section, Stance, State, Structure, Unit
from service.reading.lexicon.relations import wider
from service.reading.reading import Reading
from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame
from service.reading.scope.talk import answered
from service.reading.scope.tense import told
from service.reading.structure import read_structure
from service.reading.structure.words import section_of

_WITH = re.compile(r"\bwith\b(?! ?out)", re.IGNORECASE)
_LEFT_OPEN: dict[str, Any] = {"polarity": Polarity.UNKNOWN, "certainty": Certainty.POSSIBLE}
_TOPICS = (Kind.RISK, Kind.SYMPTOM)
_LONGEST = 2_000  # characters read as one phrase: a limit to what one cue can reach


def read_text(
    text: str, *, on: str = "", section: Section = Section.OTHER, title: str = ""
) -> Reading:
    """Every unit of a note read under its header; `on` is the note's own day (ISO), `title` names
    what kind of note it is where `section` does not."""
    if section is Section.OTHER and title and (known := section_of(title)):
        section = known[0]
    meant = decoded(text)
    structure = read_structure(meant.text, section=section)
    found = meant.assertions(_assertions(meant.text, structure, on))
    return Reading(text, meant.structure(structure), tuple(found))


def read_statement(text: str, *, on: str = "", section: Section = Section.OTHER) -> Reading:
    """A sentence of a summary: one unit, as its own words say."""
    meant = decoded(text)
    whole = Place(0, len(meant.text))
    structure = Structure((Unit(whole, (whole,), section),))
    found = meant.assertions(told(meant.text, _assertions(meant.text, structure, on)))
    return Reading(text, meant.structure(structure), tuple(found))


def _assertions(text: str, structure: Structure, on: str) -> Iterator[Assertion]:
    for number, unit in enumerate(structure.units):
        if unit.state in (State.TEMPLATE, State.ADDRESSED):
            continue
        yield from _of_unit(text, number, unit, unit.dated or on)
        if 0 <= unit.answers < number:
            asked = structure.units[unit.answers].words(text)
            yield from _answers(text, number, unit, asked, unit.dated or on)


def _of_unit(text: str, number: int, unit: Unit, on: str) -> Iterator[Assertion]:
    phrase = unit.words(text).replace("\n", " ")  # lines are wrapped, the sense goes on
    frame = _frame(unit, phrase)
    is_plain = len(unit.parts) == 1
    for start, piece in _stretches(phrase):
        found = list(read_phrase(piece, frame, on))
        found = found if start else _headed(text, unit, found)
        for each in _denied(piece, unit, found):
            yield _placed(each, unit, number, start, is_plain)


def _headed(text: str, unit: Unit, found: list[Assertion]) -> list[Assertion]:
    """ "Hallucinations: no AVH" does not affirm what stands before the colon."""
    label, *rest = unit.parts
    is_label = bool(rest) and text[label.end : label.end + 1] == ":"
    head = next(iter(found), None) if is_label else None
    is_topic = head is not None and head.concept.kind in _TOPICS and _is_affirmed(head)
    if head is None or head.end > label.end - label.start or not is_topic:
        return found
    alike = [a for a in found[1:] if head.concept.key in (a.concept.key, *wider(a.concept.key))]
    is_open = bool(alike) and not any(map(_is_affirmed, alike))
    return [replace(head, **_LEFT_OPEN), *found[1:]] if is_open else found


def _is_affirmed(said: Assertion) -> bool:
    return said.polarity is Polarity.AFFIRMED


def _denied(phrase: str, unit: Unit, found: list[Assertion]) -> Iterator[Assertion]:
    """A "no" to a thing in a place, or with something, denies neither the place nor all of the
    thing: "Firearms in home: no", "Ideation with a plan: no"."""
    known = [a for a in found if a.concept.kind not in (Kind.WORD, Kind.PERSON)]
    if unit.stance is not Stance.NO or len(known) < 2:
        yield from found
        return
    mark = _WITH.search(phrase)
    at = mark.start() if mark and any(a.start > mark.end() for a in known) else 0
    things = any(a.concept.kind is not Kind.SETTING for a in known)
    for each in found:
        is_place = each.concept.kind is Kind.SETTING and things
        is_left_open = (is_place or each.end <= at) and each.polarity is Polarity.NEGATED
        yield replace(each, **_LEFT_OPEN) if is_left_open else each


def _answers(text: str, number: int, unit: Unit, asked: str, on: str) -> Iterator[Assertion]:
    """What a question names, as its answer has it."""
    for each in answered(asked[:_LONGEST], unit.words(text)[:_LONGEST], _frame(unit, ""), on):
        yield replace(
            each,
            start=unit.place.start,
            end=unit.place.end,
            unit=number,
            is_current=unit.state is State.STANDS,
            values=(),
        )


def _frame(unit: Unit, phrase: str) -> Frame:
    is_question = phrase.rstrip(" \"'”’)").endswith("?")
    return Frame(unit.section, unit.stance, unit.speaker, is_question)


def _stretches(phrase: str) -> Iterator[tuple[int, str]]:
    """The phrase in pieces that are not too long, cut between words."""
    start = 0
    while len(phrase) - start > _LONGEST:
        end = phrase.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        end = end if end > 0 else start + _LONGEST
        yield start, phrase[start:end]
        start = end
    yield start, phrase[start:]


def _placed(each: Assertion, unit: Unit, number: int, start: int, is_plain: bool) -> Assertion:
    """An assertion of a phrase at its place in the text."""
    first, last = _in_text(unit, each.start + start, each.end + start, is_plain)
    return replace(
        each,
        start=first,
        end=last,
        unit=number,
        is_current=unit.state is State.STANDS,
        values=tuple(_moved(value, unit, start, is_plain) for value in each.values),
        on=each.on or unit.dated,
    )


def _in_text(unit: Unit, start: int, end: int, is_plain: bool) -> tuple[int, int]:
    if is_plain:
        shift = unit.parts[0].start
        return start + shift, end + shift
    first, last = unit.offset(start), unit.offset(max(start, end - 1)) + 1
    if first < last:
        return first, last
    # It runs over into a part that stands before its own: a cell into the heading of its column.
    return first, next((b for a, b in unit.parts if a <= first < b), first + 1)


def _moved(value: Value, unit: Unit, start: int, is_plain: bool) -> Value:
    first, last = _in_text(unit, value.start + start, value.end + start, is_plain)
    return replace(value, start=first, end=last)
