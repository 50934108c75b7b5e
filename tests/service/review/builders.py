"""Summaries for the tests of review and web, walked through the real lifecycle."""

from service.chart.models import Chart, SnapshotRecord, SourceRecord
from service.review import actions
from service.summary import progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.models import Finding
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import FindingKind, Severity, SummaryStatus, SummaryType

S = SummaryStatus
CLINICIAN, ATTENDING = DEMO_PEOPLE["clinician"], DEMO_PEOPLE["attending"]
QA, IT = DEMO_PEOPLE["qa"], DEMO_PEOPLE["it"]

SERTRALINE = "Sertraline 50 mg oral tablet, once daily (active, since 2024-03-02)"
PHQ = "PHQ-9 total score 14 (2024-05-01)"


def a_record(session, text, *, ref="MedicationRequest/1", patient="Patient/1", **more):
    """One source record of a patient, whose text is its headline."""
    given = {
        "patient_ref": patient,
        "resource_ref": ref,
        "resource_type": ref.split("/")[0],
        "version": "1",
        "content_hash": f"{patient}{ref}",
        "raw": "{}",
        "title": text[:20],
        "headline": text,
        "text": text,
    }
    record = SourceRecord(**given | more)
    session.add(record)
    session.flush()
    return record


def a_citation(record):
    return Citation(record.id, record.resource_ref, "1", record.text, 0, len(record.text))


def a_document(*records):
    """One section with a statement for each record, in the record's own words."""
    statements = tuple(Statement(r.text, (a_citation(r),)) for r in records)
    return Document(
        "Pre-visit summary", ("Patient: Ada Example",), (Section("all", "Everything", statements),)
    )


def a_finding(session, version, severity=Severity.MAJOR, *, number=1, statement=0):
    finding = Finding(
        version_id=version.id,
        number=number,
        kind=FindingKind.UNSUPPORTED,
        severity=severity,
        check="quote",
        message="The source does not say this.",
        statement_index=statement,
        evidence=[],
        resolution=None,
        resolved_by=None,
        resolved_at=None,
    )
    session.add(finding)
    session.flush()
    session.expire(version, ["findings"])
    return finding


def a_summary(session, *, patient="Patient/1", summary_type=SummaryType.PRE_VISIT):
    """A drafted summary in review: two statements, each with its source; no findings."""
    session.merge(Chart(patient_ref=patient, gaps=[]))
    records = [
        a_record(session, SERTRALINE, patient=patient),
        a_record(session, PHQ, ref="Observation/1", patient=patient),
    ]
    summary = progress.request_summary(session, patient, summary_type, actor=CLINICIAN.id)
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    session.add_all(SnapshotRecord(summary_id=summary.id, record_id=r.id) for r in records)
    progress.add_version(
        session,
        summary,
        a_document(*records),
        made_by=SYSTEM,
        writer={"name": "extractive"},
        coverage={"read": {"Observation": 1}, "withheld": 2},
    )
    for status in (S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    for person in (CLINICIAN, ATTENDING):
        actions.note_view(session, summary, by=person)
    return summary


def a_summary_at(session, status, **more):
    """A summary walked to this status."""
    if status in BEFORE_REVIEW:
        return _walked(session, BEFORE_REVIEW[status])
    summary = a_summary(session, **more)
    cosign = {"pre-visit"} if status is S.AWAITING_COSIGN else set()
    if status is S.REJECTED:
        actions.reject(session, summary.id, "not needed", by=CLINICIAN)
    elif status is S.SUPERSEDED:
        progress.advance(session, summary, status, actor=SYSTEM)
    elif status is not S.IN_REVIEW:
        actions.sign(session, summary.id, summary.current.digest, by=CLINICIAN, cosign_types=cosign)
        for each in AFTER_SIGNING.get(status, ()):
            progress.advance(session, summary, each, actor=SYSTEM)
    return summary


BEFORE_REVIEW = {
    S.REQUESTED: (),
    S.CHARTED: (S.CHARTED,),
    S.INDEXED: (S.CHARTED, S.INDEXED),
    S.DRAFTED: (S.CHARTED, S.INDEXED, S.DRAFTED),
    S.FAILED: (S.FAILED,),
}
AFTER_SIGNING = {
    S.FILED: (S.FILED,),
    S.FILING_REFUSED: (S.FILING_REFUSED,),
    S.FILING_UNKNOWN: (S.FILING_UNKNOWN,),
    S.RETRACTING: (S.FILED, S.RETRACTING),
    S.RETRACTED: (S.FILED, S.RETRACTING, S.RETRACTED),
}


def _walked(session, statuses):
    summary = progress.request_summary(
        session, "Patient/1", SummaryType.PRE_VISIT, actor=CLINICIAN.id
    )
    for status in statuses:
        progress.advance(session, summary, status, actor=SYSTEM)
    return summary
