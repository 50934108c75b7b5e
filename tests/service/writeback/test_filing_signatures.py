"""Only what is signed for these records, this patient and in this order is filed as so signed."""

from datetime import timedelta

from service.chart.ingest import ingest
from service.chart.models import SnapshotRecord
from service.database import now, transaction
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary
from tests.service.writeback.builders import a_record, a_signed_summary, attest, sign
from tests.service.writeback.ehr import PATIENT, SEEDS
from tests.service.writeback.test_filing import stored


def drafted_anew(session, summary, *records):
    """Sent back, and drafted in the very same words from other records."""
    for status in (S.FILING_REFUSED, S.IN_REVIEW, S.REQUESTED, S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    for record in records:
        session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    same, writer = summary.current.content, summary.current.writer
    progress.add_version(session, summary, same, made_by=SYSTEM, writer=writer, coverage={})
    for status in (S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)


def test_the_same_words_drafted_from_other_records_are_signed_anew_and_filed(sessions, client):
    with transaction(sessions) as session:
        summary = a_signed_summary(session, records=[a_record(session)])
        drafted_anew(session, summary, a_record(session, "Observation/o2"))
        sign(session, summary)
        summary_id = summary.id
        assert len(summary.attestations) == 2
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    with sessions() as session:
        summary = progress.find_summary(session, summary_id)
        assert (summary.status, summary.status_reason) == (S.FILED, "")


def test_a_signature_on_the_same_words_of_an_earlier_draft_is_none_on_this(sessions, client):
    with transaction(sessions) as session:
        summary = a_signed_summary(session, records=[a_record(session)])
        drafted_anew(session, summary, a_record(session, "Observation/o2"))
        progress.advance(session, summary, S.SIGNED, actor="demo-clinician")
        summary_id = summary.id
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    with sessions() as session:
        summary = progress.find_summary(session, summary_id)
        assert (summary.status, "Nobody has signed" in summary.status_reason) == (
            S.FILING_REFUSED,
            True,
        )


def test_what_was_signed_before_the_ehr_merged_the_patient_is_not_filed(sessions, client, wire):
    merged = {"other": {"reference": "Patient/p2"}, "type": "replaced-by"}
    with transaction(sessions) as session:
        summary_id = a_signed_summary(session).id
        ingest(session, "test", [SEEDS[PATIENT] | {"link": [merged]}])
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    with sessions() as session:
        summary = progress.find_summary(session, summary_id)
        assert summary.status is S.FILING_REFUSED and "merged" in summary.status_reason
    assert not [call for call in wire.calls if call.startswith("POST")]


def test_the_second_clinician_authenticates_whatever_their_clock_says(
    sessions, client, monkeypatch
):
    with transaction(sessions) as session:
        summary = a_signed_summary(session)
        for status in (S.FILING_REFUSED, S.IN_REVIEW, S.AWAITING_COSIGN):
            progress.advance(session, summary, status, actor="demo-clinician")
        late = now() - timedelta(seconds=30)
        monkeypatch.setattr("service.summary.attestations.now", lambda: late)
        attest(session, summary, "attending", "cosigned")
        progress.advance(session, summary, S.SIGNED, actor="demo-attending")
        summary_id = summary.id
    with transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    (document,) = stored(client, "DocumentReference")
    assert document["author"][0]["reference"] == "Practitioner/demo-clinician"
    assert document["authenticator"]["reference"] == "Practitioner/demo-attending"
