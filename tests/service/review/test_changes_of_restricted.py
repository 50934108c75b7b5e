"""What is said of a changed record is for who may see it, and stays for who decides about it."""

from datetime import UTC

import pytest
from sqlalchemy import select

from service.chart.ingest import ingest
from service.chart.models import SnapshotRecord, SourceRecord
from service.reading.keep import read_chart
from service.review import actions
from service.review.desk import open_desk
from service.summary.models import Finding
from service.summary.people import Person
from service.summary.vocabulary import ResolutionAction, Role
from tests.service.review.builders import CLINICIAN, QA, a_summary
from tests.service.review.stale_resources import medicine

PROGRAM = Person("token:x", "x", Role.SERVICE)
V = [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]
PERMITS = {
    "resourceType": "Consent",
    "id": "c",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "scope": {"coding": [{"code": "patient-privacy"}]},
    "provision": {"type": "permit", "securityLabel": V, "purpose": [{"code": "TREAT"}]},
}


def methadone(version, **more):
    """Open to who treats, by consent, and to nobody else."""
    order = medicine("methadone", "methadone 80 mg tablet", "6813") | more
    meta = {"versionId": version, "security": V}
    return order | {"subject": {"reference": "Patient/1"}, "meta": meta}


@pytest.fixture
def summary(session):
    """Drafted from a restricted order that is not cited, and was entered in error since."""
    summary = a_summary(session)
    ingest(session, "test", [PERMITS, methadone("1")])
    ref = "MedicationRequest/methadone"
    record = session.scalars(select(SourceRecord).where(SourceRecord.resource_ref == ref)).one()
    session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    read_chart(session, "Patient/1", zone=UTC)
    ingest(session, "test", [methadone("2", status="entered-in-error")])
    return summary


def decide(session, summary):
    for finding in open_desk(session, summary.id, CLINICIAN).findings:
        action, why = ResolutionAction.ACCEPTED, "She has stopped it, and knows so."
        actions.resolve_finding(session, summary.id, finding.number, action, why, by=CLINICIAN)


@pytest.mark.parametrize("reader", [QA, PROGRAM])
@pytest.mark.parametrize("is_decided", [True, False])
def test_who_may_not_see_the_record_is_not_told_that_it_changed(
    session, summary, reader, is_decided
):
    mine = open_desk(session, summary.id, CLINICIAN)
    assert "methadone" in repr(mine.findings) and mine.open_major == 1
    if is_decided:
        decide(session, summary)
    theirs = open_desk(session, summary.id, reader)
    assert "methadone" not in repr(theirs).casefold()
    assert (theirs.findings, theirs.open_major) == ((), 0)


def test_nor_by_a_finding_that_was_kept_without_its_record(session, summary):
    decide(session, summary)
    for finding in session.scalars(select(Finding)):
        finding.evidence = []
    session.flush()
    assert "methadone" not in repr(open_desk(session, summary.id, QA)).casefold()
    assert "methadone" in repr(open_desk(session, summary.id, CLINICIAN).findings)


def test_who_only_reads_removes_nothing_that_a_clinician_has_to_decide(session, summary):
    before = [f.number for f in open_desk(session, summary.id, CLINICIAN).findings]
    open_desk(session, summary.id, QA)
    assert [f.number for f in summary.current.findings] == before == [1]


def test_the_changed_record_can_be_opened_and_nothing_in_it_is_lit(session, summary):
    desk = open_desk(session, summary.id, CLINICIAN)
    (finding,) = desk.findings
    opened = next(s for s in desk.sources if s.record_id == finding.evidence[0]["record_id"])
    assert opened.highlights == () and "methadone" in opened.text
