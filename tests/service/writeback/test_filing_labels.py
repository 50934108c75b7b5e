"""What a label that comes after the draft does to its filing."""

from service.database import transaction
from service.review.history import audit_page
from service.review.jobs import jobs, retry_job
from service.review.worklist import worklist
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary, reconcile_filing
from tests.service.writeback import ehr
from tests.service.writeback.builders import a_record, a_signed_summary
from tests.service.writeback.test_filing import stored

IT = DEMO_PEOPLE["it"]


def test_the_provenance_does_not_name_a_record_that_was_restricted_since(run, sessions, client):
    with transaction(sessions) as session:
        records = [a_record(session), a_record(session, "DocumentReference/n1")]
        summary_id = a_signed_summary(session, records=records).id
        records[1].labels = ["42CFRPart2"]
    run(file_summary, summary_id)
    (provenance,) = stored(client, "Provenance")
    assert "DocumentReference/n1" not in str(provenance["entity"])
    (document,) = stored(client, "DocumentReference")
    assert "42CFRPart2" in str(document["securityLabel"])  # it was read for the draft all the same


def test_a_label_that_came_with_a_later_version_is_filed_too(run, sessions, client):
    with transaction(sessions) as session:
        records = [a_record(session), a_record(session, "DocumentReference/n1")]
        summary_id = a_signed_summary(session, records=records).id
        records[1].is_latest = False
        session.flush()
        later = a_record(session, "DocumentReference/n1", labels=["42CFRPart2"])
        later.version = "2"
    run(file_summary, summary_id)
    (document,) = stored(client, "DocumentReference")
    assert "42CFRPart2" in str(document["securityLabel"]) and document["description"]


def test_a_label_between_signature_and_filing_stops_it_where_people_see_it(run, sessions, wire):
    with transaction(sessions) as session:
        record = a_record(session)
        summary_id = a_signed_summary(session, records=[record]).id
        record.labels = ["42CFRPart2"]
    summary = run(file_summary, summary_id)
    assert summary.status is S.FILING_REFUSED
    assert "look at its sources" in summary.status_reason
    assert wire.calls == []


def test_it_does_not_learn_that_a_source_was_restricted(run, sessions):
    with transaction(sessions) as session:
        record = a_record(session)
        summary_id = a_signed_summary(session, records=[record]).id
        record.labels = ["42CFRPart2"]
    run(file_summary, summary_id)
    with transaction(sessions) as session:
        (row,) = worklist(session, IT).rows
        told = repr((row, jobs(session, IT), audit_page(session, IT)))
        assert row.status_reason and "restrict" not in told and "1 source" not in told
        retry_job(session, summary_id, by=IT)
    assert run(file_summary, summary_id).status is S.FILING_REFUSED


def test_what_the_ehr_took_before_the_label_came_is_reconciled_as_filed(run, sessions, wire):
    with transaction(sessions) as session:
        record = a_record(session)
        summary_id = a_signed_summary(session, records=[record]).id
    wire.faults["POST /DocumentReference"] = ehr.lost_answer
    assert run(file_summary, summary_id).status is S.FILING_UNKNOWN
    wire.faults.clear()
    with transaction(sessions) as session:
        session.merge(record).labels = ["42CFRPart2"]
    assert run(reconcile_filing, summary_id).status is S.FILED
