"""Words typed at the desk and not saved yet: kept for the one who typed them, nobody else."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.database import now
from service.errors import BadInput
from service.review import permissions
from service.review.hold import storable
from service.summary.models import UnsavedWords
from service.summary.people import Person
from service.summary.progress import find_summary

MAX_WORDS = 4_000  # characters; a form takes fewer
MAX_FORMS = 50  # of one person at one summary


def form_of(text: str) -> str:
    """The name of a statement's form: by its words, so that it is the same one where another
    statement comes or goes before it."""
    return f"statement-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def keep(
    session: Session, summary_id: str, form: str, words: str, *, digest: str, by: Person
) -> None:
    """Keep what stands in a form now; nothing in it forgets it. Raises NotFound, BadInput."""
    summary = find_summary(session, summary_id)
    permissions.check_may(by, permissions.Ability.REVIEW)
    words = storable(words)
    if len(words) > MAX_WORDS or len(form) > 120 or len(digest) > 128:
        raise BadInput("This is too long to be kept. Save it, or write it shorter.")
    _one_at_a_time(session, summary_id, by)
    held = session.get(UnsavedWords, (by.id, summary.id, form))
    if not words.strip():
        forget(session, summary_id, form, by=by)
    elif held is not None:
        held.words, held.digest, held.kept_at = words, digest, now()
    elif len(kept(session, summary_id, by)) < MAX_FORMS:
        session.add(
            UnsavedWords(
                person_id=by.id, summary_id=summary.id, form=form, words=words, digest=digest
            )
        )
    session.flush()


def _one_at_a_time(session: Session, summary_id: str, by: Person) -> None:
    """A person may have the same text open twice, and both pages save by themselves."""
    name = func.hashtextextended(f"unsaved\n{by.id}\n{summary_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(name)))


def kept(session: Session, summary_id: str, person: Person) -> Mapping[str, UnsavedWords]:
    """Form -> what this person has typed into it."""
    mine = select(UnsavedWords).where(
        UnsavedWords.person_id == person.id, UnsavedWords.summary_id == summary_id
    )
    return {row.form: row for row in session.scalars(mine.order_by(UnsavedWords.kept_at))}


def forget(session: Session, summary_id: str, form: str, *, by: Person) -> None:
    """The words are saved, or not wanted any more."""
    session.execute(
        delete(UnsavedWords).where(
            UnsavedWords.person_id == by.id,
            UnsavedWords.summary_id == summary_id,
            UnsavedWords.form == form,
        )
    )
