"""Labels that come late: what a text rests on may be restricted after it was drafted."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.access.decisions import Purpose
from service.access.wording import TREATING
from service.errors import NotPermitted
from service.review.sources import look_up
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person


def count_restricted(
    session: Session, summary: Summary, person: Person, *, purpose: Purpose = Purpose.SHOW
) -> int:
    """How many records that the current text cites may not be used any more."""
    current = [summary.current] if summary.current else []
    found = restricted_records(session, summary.patient_ref, current, person, purpose=purpose)
    return len(found)


def restricted_records(
    session: Session,
    patient_ref: str,
    versions: Iterable[SummaryVersion],
    person: Person,
    *,
    purpose: Purpose = Purpose.SHOW,
) -> set[str]:
    """Ids of the records that these texts cite and that may not be shown any more."""
    cited = set().union(*map(cited_records, versions))
    return look_up(session, patient_ref, person, ids=cited, purpose=purpose).restricted


def cited_records(version: SummaryVersion) -> set[str]:
    """Ids of the records that this text cites."""
    return {c.record_id for p in version.content.placed() for c in p.statement.citations}


def texts_to_weigh(summary: Summary, person: Person) -> list[SummaryVersion]:
    """The versions whose citations decide whether this person may read them: who treats the
    patient may read each, and only the current one can keep them from signing."""
    return summary.versions[-1:] if person.role in TREATING else list(summary.versions)


def may_read_text(version: SummaryVersion, restricted: set[str], person: Person) -> bool:
    """A text that cites a restricted record says what it says: only for who treats the patient."""
    return person.role in TREATING or not cited_records(version) & restricted


def check_may_read_text(version: SummaryVersion, restricted: set[str], person: Person) -> None:
    """Raise NotPermitted, in words that do not tell why."""
    if not may_read_text(version, restricted, person):
        raise NotPermitted("This summary is not open to your role now. Ask who treats the patient.")
