"""Who else is at a text now: two people who mend one text should know of each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database import now
from service.review import permissions
from service.summary.models import SummaryVersion, UnsavedWords
from service.summary.people import SYSTEM, Person

LATELY = timedelta(minutes=5)  # whoever wrote nothing for longer has most likely gone


@dataclass(frozen=True)
class Editing:
    """Somebody who writes at this text: by id, and when they last did."""

    person_id: str
    at: datetime


def editing(session: Session, summary_id: str, person: Person) -> tuple[Editing, ...]:
    """The others who typed or saved in the last minutes, the latest first, for who might meet them
    there; nobody for who only reads."""
    if not permissions.may(person, permissions.Ability.REVIEW):
        return ()
    since = now() - LATELY
    typed = select(UnsavedWords.person_id, UnsavedWords.kept_at).where(
        UnsavedWords.summary_id == summary_id, UnsavedWords.kept_at > since
    )
    saved = select(SummaryVersion.made_by, SummaryVersion.made_at).where(
        SummaryVersion.summary_id == summary_id, SummaryVersion.made_at > since
    )
    latest: dict[str, datetime] = {}
    for who, at in (*session.execute(typed), *session.execute(saved)):
        if who not in (person.id, SYSTEM):
            latest[who] = max(at, latest.get(who, at))
    return tuple(Editing(who, latest[who]) for who in sorted(latest, key=latest.__getitem__))[::-1]
