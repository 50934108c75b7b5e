"""Undo and redo: back to the draft step by step, each step a version of its own."""

from typing import Protocol

from sqlalchemy.orm import Session

from service.errors import Conflict
from service.review.edits import new_version, opened
from service.review.findings import keep_decisions
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person
from service.verification.verify import Prompts


class Step(Protocol):
    """One step back, or forth again."""

    def __call__(
        self,
        session: Session,
        summary_id: str,
        *,
        by: Person,
        digest: str | None = None,
        prompts: Prompts | None = None,
    ) -> SummaryVersion: ...


def undo(
    session: Session,
    summary_id: str,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """A new version with the text before the last edit that still stands. Raises Conflict."""
    summary, now = opened(session, summary_id, digest, by)
    target = undo_target(summary)
    if target is None:
        raise Conflict("This is the text as it was drafted; there is nothing to take back.")
    redo_list = [_stands_for(now), *now.edit.get("redo", ())]
    return _restored(session, summary, target, "undone", redo_list, by, prompts)


def redo(
    session: Session,
    summary_id: str,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """A new version with the text that the last undo took back. Raises Conflict."""
    summary, now = opened(session, summary_id, digest, by)
    target = redo_target(summary)
    if target is None:
        raise Conflict("Nothing was taken back that could be done again.")
    redo_list = list(now.edit.get("redo", ()))[1:]
    return _restored(session, summary, target, "redone", redo_list, by, prompts)


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


def _restored(
    session: Session,
    summary: Summary,
    target: SummaryVersion,
    act: str,
    redo_list: list[int],
    by: Person,
    prompts: Prompts | None,
) -> SummaryVersion:
    edit = {"act": act, "restores": target.number, "redo": redo_list}
    made = new_version(session, summary, target.content, edit=edit, by=by, prompts=prompts)
    keep_decisions(target, made)
    session.flush()
    return made
