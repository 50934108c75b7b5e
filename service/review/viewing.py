"""Who has looked at which text: nobody signs one that they have not had before them."""

import time
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit
from service.audit import AuditEvent
from service.errors import Blocked
from service.summary.models import Summary
from service.summary.people import Person

VIEWED = "summary.viewed"
SAME_LIST_S, MAX_LISTS = 600.0, 10_000
_lists: dict[tuple[str, int], float] = {}


def note_view(session: Session, summary: Summary, *, by: Person) -> None:
    """Leave the mark that this person looked at this summary and its sources."""
    version = summary.current
    audit.record(
        session,
        VIEWED,
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        digest=version.digest if version else None,
    )


def note_list(session: Session, shown: Sequence[tuple[str, str]], *, by: Person) -> None:
    """Leave the mark of a list of (summary id, patient) that this person was shown. A page that
    asks again and again for the same list counts once in `SAME_LIST_S`."""
    if not shown or not _is_news(shown, by):
        return
    patients = sorted({patient_ref for _, patient_ref in shown})
    summaries = [summary_id for summary_id, _ in shown]
    audit.record(session, "worklist.viewed", actor=by.id, patients=patients, summaries=summaries)


def note_patients(session: Session, action: str, shown: Sequence[str], *, by: Person) -> None:
    """The same of a list of patients ("Patient/id") that is none of summaries."""
    if shown and _is_news((action, *shown), by):
        audit.record(session, action, actor=by.id, patients=sorted(set(shown)))


def _is_news(shown: Sequence[object], by: Person) -> bool:
    key, at = (by.id, hash(tuple(shown))), time.monotonic()
    if at - _lists.get(key, -SAME_LIST_S) < SAME_LIST_S:
        return False
    if len(_lists) >= MAX_LISTS:
        _lists.clear()
    _lists[key] = at
    return True


def note_search(session: Session, found: Sequence[str], *, by: Person) -> None:
    """Leave the mark of a search among the charts that are held, and of whom it showed; never
    what was typed."""
    patients = list(found)
    audit.record(session, "patients.searched", actor=by.id, found=len(patients), patients=patients)


def check_seen(session: Session, summary: Summary, person: Person, *, after: int = 0) -> None:
    """Raise Blocked unless this person has opened the text that stands now, or worded it out of one
    that they had opened; past row `after` of the audit, where that is given, they must have opened
    it.

    A digest alone can be had from a list; the audit says who was shown the text.
    """
    opened = _opened(session, summary, person, after)
    version = summary.current
    assert version is not None
    if version.digest in opened or (not after and _is_of_opened(summary, opened, person)):
        return
    since = " since it was filed" if after else ""
    raise Blocked(f"You have not opened this text{since}. Open the summary and read it first.")


def _opened(session: Session, summary: Summary, person: Person, after: int) -> set[str]:
    """Digests of the texts that this person was shown."""
    query = select(AuditEvent).where(
        AuditEvent.action == VIEWED,
        AuditEvent.subject_id == summary.id,
        AuditEvent.actor == person.id,
        AuditEvent.seq > after,
    )
    acts = [*audit.pending(session), *session.scalars(query)]
    mine = (VIEWED, summary.id, person.id)
    return {
        str(act.detail.get("digest"))
        for act in acts
        if (act.action, act.subject_id, act.actor) == mine
    }


def _is_of_opened(summary: Summary, opened: set[str], person: Person) -> bool:
    """Whether all that was done since a text that was opened is this person's own wording. Going
    back to another text words nothing: that may be one that they never had before them."""
    for version in reversed(summary.versions):
        if version.digest in opened:
            return True
        if version.made_by != person.id or "restores" in version.edit:
            return False
    return False
