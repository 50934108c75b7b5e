"""A draft sent back: what its reader asks of the next one, and when that would be the same text."""

from enum import StrEnum

from sqlalchemy.orm import Session

from service.errors import Conflict, NotFound
from service.review.changes import record_changes
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus


class Length(StrEnum):
    """How long a section is wished."""

    SAME = "same"
    SHORTER = "shorter"
    LONGER = "longer"


def return_as(session: Session, summary: Summary, asked: dict[str, str], *, by: Person) -> Summary:
    """IN_REVIEW -> REQUESTED, with what was asked kept for the draft. Raises Conflict where the
    draft would be the same text."""
    if _same(summary.returned, asked) and not record_changes(session, summary, by):
        raise Conflict(
            "The draft was made anew for this reason already, and the chart has not changed since: "
            "it would be the same text. Say what else should be different, or edit the text."
        )
    summary.returned = asked
    progress.advance(
        session, summary, SummaryStatus.REQUESTED, actor=by.id, reason=_words(summary, asked)
    )
    return summary


def check_has_section(summary: Summary, key: str) -> None:
    """Raise NotFound unless the draft has a section of this key."""
    sections = summary.current.content.sections if summary.current else ()
    if not any(section.key == key for section in sections):
        raise NotFound(f"This summary has no section {key[:60]}.")


def _same(before: dict[str, str], asked: dict[str, str]) -> bool:
    """In other capitals, spaces and points too."""
    plain = [
        {name: " ".join(words.casefold().split()).strip(" .!") for name, words in each.items()}
        for each in (before, asked)
    ]
    return plain[0] == plain[1]


def _words(summary: Summary, asked: dict[str, str]) -> str:
    if "section" not in asked:
        return asked["reason"]
    titles = {s.key: s.title for s in summary.current.content.sections} if summary.current else {}
    said = f"{titles.get(asked['section'], asked['section'])} anew, {asked['length']} length"
    if asked["length"] != Length.SAME:
        said = f"{titles.get(asked['section'], asked['section'])} anew, {asked['length']}"
    return f"{said}: {asked['reason']}" if asked["reason"] else f"{said}."
