"""Undo and redo: back to the draft step by step, each step a version of its own."""

from sqlalchemy.orm import Session

from service.errors import Conflict
from service.review.edits import Wanted
from service.summary.models import Summary, SummaryVersion


def undoing(_session: Session, summary: Summary, now: SummaryVersion) -> Wanted:
    """The text before the last edit that still stands. Raises Conflict."""
    target = undo_target(summary)
    if target is None:
        raise Conflict("This is the text as it was drafted; there is nothing to take back.")
    return _restored(target, "undone", [_stands_for(now), *now.edit.get("redo", ())])


def redoing(_session: Session, summary: Summary, now: SummaryVersion) -> Wanted:
    """The text that the last undo took back. Raises Conflict."""
    target = redo_target(summary)
    if target is None:
        raise Conflict("Nothing was taken back that could be done again.")
    return _restored(target, "redone", list(now.edit.get("redo", ()))[1:])


def undo_target(summary: Summary) -> SummaryVersion | None:
    """The version whose text comes back with the next undo; None at the draft."""
    if summary.current is None:
        return None
    stands = _numbered(summary, _stands_for(summary.current))
    return _numbered(summary, stands.number - 1) if stands.edit else None


def redo_target(summary: Summary) -> SummaryVersion | None:
    """The version whose text comes back with the next redo."""
    waiting = summary.current.edit.get("redo", ()) if summary.current else ()
    return _numbered(summary, waiting[0]) if waiting else None


def _stands_for(version: SummaryVersion) -> int:
    """The number of the version whose text this is: its own, or the one that it restored."""
    return int(version.edit.get("restores", version.number))


def _numbered(summary: Summary, number: int) -> SummaryVersion:
    found = next(v for v in summary.versions if v.number == number)
    restores = _stands_for(found)
    return found if restores == number else _numbered(summary, restores)


def _restored(target: SummaryVersion, act: str, redo: list[int]) -> Wanted:
    edit = {"act": act, "restores": target.number, "redo": redo}
    return Wanted(target.content, edit, restores=target)
