"""Filing into a server that ignores every parameter of a search and gives no new document back by
its id: the tests of filing that hold there too, and what is told of the rest."""

# ruff: noqa: F401  (pytest finds tests and fixtures by their names here)
import pytest

from service.database import transaction
from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.models import FilingState
from service.writeback.retracting import retract_summary
from tests.peers import running
from tests.service.writeback import ehr
from tests.service.writeback.builders import a_signed_summary, amended
from tests.service.writeback.test_filing import (
    change,
    file_summary,
    filings,
    plain_text,
    reconcile_filing,
    stored,
    test_a_cosignature_alone_is_not_enough,
    test_a_document_that_is_not_there_yet_is_not_sent_again_at_once,
    test_an_ehr_that_ignores_the_search_parameter_gives_no_foreign_document,
    test_an_ehr_that_says_that_it_did_not_begin_decides_nothing,
    test_filing_twice_sends_nothing_the_second_time,
    test_reconciling_a_text_that_was_altered_leaves_it_to_a_person,
    test_signing_the_same_text_again_files_nothing_new,
    test_text_altered_in_the_database_is_never_sent,
    test_text_that_nobody_signed_is_never_sent,
)
from tests.service.writeback.test_filing_labels import (
    test_a_label_between_signature_and_filing_stops_it_where_people_see_it,
    test_what_the_ehr_took_before_the_label_came_is_reconciled_as_filed,
)
from tests.service.writeback.test_filing_unsure import (
    test_a_refusal_after_a_lost_answer_says_that_the_first_copy_may_come,
    test_a_text_sent_by_a_worker_that_died_is_not_sent_again_at_once,
    test_an_ehr_that_cannot_search_by_identifier_is_looked_through_by_patient,
    test_an_ehr_without_provenance_and_device_is_sent_neither,
    test_one_document_that_is_given_twice_is_not_its_own_twin,
)


@pytest.fixture(scope="module")
def server():
    with running("fhirsnake") as server:
        yield server


def test_what_cannot_be_read_back_is_filed_once_and_said(run, signed, client, sessions):
    summary = run(file_summary, signed)
    assert summary.status is S.FILED and "nobody has compared" in summary.status_reason
    (document,) = stored(client, "DocumentReference")
    with sessions() as session:
        assert plain_text(document) == progress.find_summary(session, signed).current.text
    (filing,) = filings(sessions)
    assert filing.state is FilingState.UNREAD
    assert stored(client, "Provenance") == []  # nobody vouches for what nobody has compared


@pytest.mark.parametrize("calls", range(1, 5))
def test_a_crash_after_any_call_ends_with_one_document(run, signed, client, wire, calls):
    wire.crash_after = calls
    with pytest.raises(ehr.Crash):
        run(file_summary, signed)
    wire.crash_after = None
    assert run(file_summary, signed).status is S.FILED
    assert len(stored(client, "DocumentReference")) == 1


@pytest.mark.parametrize("fault", [ehr.lost_answer, ehr.busy, ehr.failed_after_commit])
def test_a_lost_answer_ends_with_one_document_and_is_not_called_filed_at_once(
    run, signed, client, wire, fault
):
    wire.faults["POST /DocumentReference"] = fault
    assert run(file_summary, signed).status is S.FILING_UNKNOWN
    wire.faults.clear()
    for _ in range(4):
        summary = run(reconcile_filing, signed)
        summary = run(file_summary, signed) if summary.status is S.SIGNED else summary
    assert summary.status is S.FILED
    assert len(stored(client, "DocumentReference")) == 1


def test_two_summaries_are_two_documents_though_every_search_gives_both(run, sessions, client):
    for _ in range(2):
        with transaction(sessions) as session:
            summary_id = a_signed_summary(session).id
        run(file_summary, summary_id)
    assert len(stored(client, "DocumentReference")) == 2


def test_what_cannot_be_marked_is_said_of_an_amendment_and_of_a_retraction(run, signed, sessions):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))
    assert "still reads as current" in run(file_summary, signed).status_reason
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.RETRACTING, actor="dr-a"))
    summary = run(retract_summary, signed)
    assert summary.status is S.FILED and "not withdrawn" in summary.status_reason
