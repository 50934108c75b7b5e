"""The content of a summary: sections, statements, citations; its exact text and digest."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from service.errors import NotFound

OWN = "own"  # the writer of what a clinician knows and no record says


@dataclass(frozen=True)
class Citation:
    """Statement -> source. `start` and `end` are characters into the record's text."""

    record_id: str
    source_ref: str
    source_version: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """One checkable sentence. `writer` says who wrote it: extractive, a model, person, own."""

    text: str
    citations: tuple[Citation, ...] = ()
    writer: str = "extractive"


@dataclass(frozen=True)
class Section:
    """A heading and its statements; `absence` says what was looked for and not found."""

    key: str
    title: str
    statements: tuple[Statement, ...] = ()
    absence: str = ""


@dataclass(frozen=True)
class Placed:
    """A statement at its place: running index, section, characters into the text."""

    index: int
    section: Section
    statement: Statement
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """What is drafted, edited, attested and filed. `header` names the patient and the date."""

    title: str
    header: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def text(self) -> str:
        """The exact plain text that a person attests; nothing else is ever filed."""
        return "".join(piece for piece, _ in self._pieces())

    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, in hex."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def placed(self) -> list[Placed]:
        """Every statement with its index and offsets into `text()`."""
        found: list[Placed] = []
        at = 0
        for piece, mark in self._pieces():
            if mark:
                found.append(Placed(len(found), *mark, at, at + len(piece)))
            at += len(piece)
        return found

    def statement(self, index: int) -> Statement:
        for placed in self.placed():
            if placed.index == index:
                return placed.statement
        raise NotFound(f"This summary has no statement {index}.")

    def with_statement(self, index: int, statement: Statement | None) -> "Document":
        """The same document with one statement replaced, or removed when None."""
        self.statement(index)
        at, sections = 0, []
        for section in self.sections:
            kept = []
            for each in section.statements:
                chosen = statement if at == index else each
                kept += [chosen] if chosen else []
                at += 1
            sections.append(replace(section, statements=tuple(kept)))
        return replace(self, sections=tuple(sections))

    def _pieces(self) -> Iterator[tuple[str, tuple[Section, Statement] | None]]:
        yield "\n".join((self.title, *self.header)) + "\n", None
        for section in self.sections:
            if not section.statements and not section.absence:
                continue  # it has nothing to say, and keeps its place for who adds to it
            yield f"\n{section.title}\n", None
            for statement in section.statements:
                yield "- ", None
                yield statement.text, (section, statement)
                yield "\n", None
            if section.absence:
                yield f"{section.absence}\n", None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Document":
        sections = tuple(_section(each) for each in value["sections"])
        return cls(value["title"], tuple(value["header"]), sections)


def _section(value: dict[str, Any]) -> Section:
    statements = tuple(
        Statement(s["text"], tuple(Citation(**c) for c in s["citations"]), s["writer"])
        for s in value["statements"]
    )
    return Section(value["key"], value["title"], statements, value["absence"])
