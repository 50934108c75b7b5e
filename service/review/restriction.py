"""Labels that come late: what a text rests on may be restricted after it was drafted."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.decisions import Purpose
from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.errors import NotPermitted
from service.review.sources import decisions_to_show
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
    return refused(session, patient_ref, cited, person, purpose=purpose)


def compared_records(version: SummaryVersion | None) -> set[str]:
    """Ids of the records with which the statements of this text were compared: what was found
    there stands in their reasons."""
    spans = (e for a in version.assessments for e in a.get("evidence", ())) if version else ()
    return {span["record_id"] for span in spans if span.get("record_id")}


def refused(
    session: Session,
    patient_ref: str,
    record_ids: Collection[str],
    person: Person,
    *,
    purpose: Purpose = Purpose.SHOW,
) -> set[str]:
    """Those of these records that this person may not see."""
    query = select(SourceRecord).where(
        SourceRecord.id.in_(record_ids), SourceRecord.patient_ref == patient_ref
    )
    records = list(session.scalars(query)) if record_ids else []
    if not records:
        return set()
    decisions = decisions_to_show(session, patient_ref, records, person, purpose=purpose)
    return {record.id for record in records if not decisions[record.id].allowed}


def cited_records(version: SummaryVersion) -> set[str]:
    """Ids of the records that this text cites."""
    return {c.record_id for p in version.content.placed() for c in p.statement.citations}


def may_read_text(version: SummaryVersion, restricted: set[str], person: Person) -> bool:
    """A text that cites a restricted record says what it says: only for who treats the patient."""
    return person.role in TREATING or not cited_records(version) & restricted


def check_may_read_text(version: SummaryVersion, restricted: set[str], person: Person) -> None:
    """Raise NotPermitted, in words that do not tell why."""
    if not may_read_text(version, restricted, person):
        raise NotPermitted("This summary is not open to your role now. Ask who treats the patient.")
