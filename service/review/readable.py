"""The chart that a summary was drafted from, as far as it is open to a person now.

A record may be closed after the draft: by a label, a consent, a revocation. Its words must not
come back by being searched for, cited or compared with.
"""

from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access.held import told_apart
from service.chart.models import SnapshotRecord, SourceRecord
from service.errors import NotFound
from service.review.sources import decisions_to_show
from service.summary.document import Citation, Document
from service.summary.models import Summary
from service.summary.people import Person
from service.verification.cited import Chart
from service.verification.held import chart_of

_ALL = datetime.max.replace(tzinfo=UTC)


def readable_chart(session: Session, summary: Summary, person: Person) -> Chart:
    """The snapshot without what access refuses this person today."""
    chart = chart_of(session, summary)
    return chart.without(closed_records(session, summary, person, chart))


def closed_records(
    session: Session, summary: Summary, person: Person, chart: Chart | None = None
) -> frozenset[str]:
    """Ids of the records of the snapshot that this person may not see now. Worked out anew when a
    label, a consent or a record's version is another."""
    chart = chart or chart_of(session, summary)
    told = told_apart(session, summary.patient_ref, held_at=_ALL)
    key = ("closed", person.role, person.practitioner_ref, told)
    found: frozenset[str] = chart.once.get(key, lambda: _closed(session, summary, person))
    return found


def check_cites_open(wanted: Document, before: Document, closed: frozenset[str]) -> None:
    """Raise NotFound where the text shall rest on a closed record on which it did not before."""
    if any(each.record_id in closed for each in _citations(wanted) - _citations(before)):
        raise NotFound("A source of this text is not open any more. Rest it on another one.")


def _citations(document: Document) -> set[Citation]:
    return {each for placed in document.placed() for each in placed.statement.citations}


def _closed(session: Session, summary: Summary, person: Person) -> frozenset[str]:
    """What was open when the draft was made is closed by nothing but a label, a consent, or what
    a later version says of it."""
    mine = (
        select(SourceRecord)
        .join(SnapshotRecord, SnapshotRecord.record_id == SourceRecord.id)
        .where(SnapshotRecord.summary_id == summary.id)
    )
    if not _has_consents(session, summary.patient_ref):
        mine = mine.where(or_(SourceRecord.labels != [], SourceRecord.is_latest.is_(False)))
    records = list(session.scalars(mine))
    decided = decisions_to_show(session, summary.patient_ref, records, person)
    return frozenset(r.id for r in records if not decided[r.id].allowed)


def _has_consents(session: Session, patient_ref: str) -> bool:
    consents = select(SourceRecord.id).where(
        SourceRecord.patient_ref == patient_ref, SourceRecord.resource_type == "Consent"
    )
    return session.scalar(consents.limit(1)) is not None
