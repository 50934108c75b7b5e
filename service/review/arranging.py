"""Where statements stand in a document: added, moved, and what an emptied heading says."""

from collections.abc import Sequence
from dataclasses import replace

from service.errors import NotFound
from service.summary.document import Document, Section, Statement

# An empty heading would not tell whether anything was looked for.
EMPTIED = "Nothing is stated here: the reviewing clinician took it out."


def with_added(document: Document, section_key: str, statement: Statement) -> tuple[Document, int]:
    """The document with the statement at the end of that section, which is no longer said to be
    empty, and the index that it has. Raises NotFound."""
    keys = [section.key for section in document.sections]
    if section_key not in keys:
        raise NotFound("This summary has no such section.")
    at = keys.index(section_key)
    index = sum(len(section.statements) for section in document.sections[: at + 1])
    grown = document.sections[at]
    grown = _grown(grown, (*grown.statements, statement))
    return _with_section(document, at, grown), index


def with_moved(document: Document, index: int, by_places: int) -> tuple[Document, int]:
    """The document with the statement moved, and the index that it then has. At the end of a
    section the next place is the nearest end of the next section."""
    statement = document.statement(index)
    slots = [
        (at, statement)
        for at, section in enumerate(document.sections)
        for statement in section.statements
    ]
    at = slots[index][0]
    place = index - sum(len(s.statements) for s in document.sections[:at])
    for _ in range(abs(by_places)):
        at, place = _step(document, at, place, 1 if by_places > 0 else -1)
    without = _without(document, index)
    target = without.sections[at]
    told = list(target.statements)
    told.insert(place, statement)
    moved = _with_section(without, at, _grown(target, told))
    return moved, sum(len(s.statements) for s in moved.sections[:at]) + place


def _step(document: Document, at: int, place: int, by: int) -> tuple[int, int]:
    """The next place in the document that lacks the statement; the same at its very end."""
    length = len(document.sections[at].statements)
    if 0 <= place + by < max(length, 1):
        return at, place + by
    if by > 0:
        return (at + 1, 0) if at + 1 < len(document.sections) else (at, place)
    return (at - 1, len(document.sections[at - 1].statements)) if at else (at, place)


def _without(document: Document, index: int) -> Document:
    return document.with_statement(index, None)


def _with_section(document: Document, at: int, section: Section) -> Document:
    return replace(
        document, sections=(*document.sections[:at], section, *document.sections[at + 1 :])
    )


def told_empty(document: Document, before: Document) -> Document:
    """The document in which every heading that lost its last statement says so."""
    stated = {section.key for section in before.sections if section.statements}
    return replace(document, sections=tuple(_told_empty(s, stated) for s in document.sections))


def _told_empty(section: Section, stated: set[str]) -> Section:
    is_emptied = section.key in stated and not section.statements and not section.absence
    return replace(section, absence=EMPTIED) if is_emptied else section


def _grown(section: Section, statements: Sequence[Statement]) -> Section:
    """No longer said to be empty; what closes a section that says something stays."""
    closing = section.absence if section.statements else ""
    return replace(section, statements=tuple(statements), absence=closing)
