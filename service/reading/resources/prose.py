"""Where a resource's text holds free prose, which the reader of notes reads."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from service.chart.render import words
from service.reading.layout import Place, Section

MAX_DEPTH = 6  # elements inside elements
_SHORTEST = 3  # characters
# Elements that hold sentences, by name; the section in whose light each is read.
_PROSE = {
    "note": Section.OTHER,
    "conclusion": Section.ASSESSMENT,
    "summary": Section.ASSESSMENT,
    "description": Section.OTHER,
    "detail": Section.ASSESSMENT,
    "mitigation": Section.PLAN,
    "rationale": Section.ASSESSMENT,
    "valueString": Section.RESULTS,
    "patientInstruction": Section.INSTRUCTIONS,
    "comment": Section.OTHER,
    "progress": Section.COURSE,
    "statusReason": Section.OTHER,
}
_WHY = frozenset(("note", "statusReason"))
_WITHDRAWN = ("revoked", "entered-in-error", "cancelled", "rejected", "draft", "proposed")
_OF_TYPE = {
    "CarePlan": Section.PLAN,
    "FamilyMemberHistory": Section.FAMILY,
    "AllergyIntolerance": Section.ALLERGIES,
    "ServiceRequest": Section.PLAN,
    "Goal": Section.PLAN,
    "Task": Section.PLAN,
}


class Prose(NamedTuple):
    """`text[place]` was written in words; `section` says in whose light to read it."""

    place: Place
    section: Section


def prose_places(resource: Mapping[str, Any], text: str) -> tuple[Prose, ...]:
    """The places in `text` of what somebody wrote in sentences: notes, conclusions, summaries.

    None overlap; what the rendering leaves out is left out. Single words and codes are read from
    the elements themselves. Of what was withdrawn or never held only why counts, and none of what
    is about another person or modified: its sentences would read as the patient's.
    """
    if resource.get("modifierExtension") or resource.get("focus"):
        return ()
    status = words.text(resource.get("status"))
    told = _WHY if status in _WITHDRAWN else frozenset(_PROSE)
    about = _OF_TYPE.get(str(resource.get("resourceType")))
    places = (
        Prose(Place(start, start + len(said)), about or section)
        for said, section in dict.fromkeys(_written(resource, told, MAX_DEPTH))
        if (start := text.rfind(said)) >= 0
    )
    return tuple(_apart(sorted(places, key=lambda p: (p.place.start, -p.place.end))))


def _apart(found: list[Prose]) -> Iterator[Prose]:
    """Those that do not begin inside the one before."""
    end = 0
    for each in found:
        if each.place.start >= end:
            yield each
            end = each.place.end


def _written(
    element: Mapping[str, Any], told: frozenset[str], depth: int
) -> Iterator[tuple[str, Section]]:
    """Each text of more than one word, as one line, with its section."""
    for name, value in element.items():
        if name in told:
            for said in _texts(value):
                one_line = " ".join(said.split())
                if " " in one_line and len(one_line) >= _SHORTEST:
                    yield one_line, _PROSE[name]
        if depth and name not in ("contained", "extension", "text", "code"):
            for inner in words.each(value):
                yield from _written(inner, told, depth - 1)


def _texts(value: object) -> Iterator[str]:
    """A string, or the texts of annotations."""
    if isinstance(value, str):
        yield value
    for each in words.each(value):
        if said := words.text(each.get("text")):
            yield said
