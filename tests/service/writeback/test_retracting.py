"""What was filed is withdrawn, whole, and the EHR is told who withdrew it and why."""

import pytest
from sqlalchemy import text

from service.database import transaction
from service.errors import Conflict, Unavailable
from service.fhir.profile import SiteProfile
from service.review import actions
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary
from service.writeback.models import FilingState
from service.writeback.recall.recall import start_recall, step_recalls
from service.writeback.recall.touched import Criteria
from service.writeback.retracting import retract_summary
from tests.service.writeback import ehr
from tests.service.writeback.builders import amended, an_edit
from tests.service.writeback.test_filing import change, filings, stored
from tests.service.writeback.test_forgery import add_plainly

WHY = "Written for another patient."


def retract(session, summary):
    attending = DEMO_PEOPLE["attending"]
    actions.note_view(session, summary, by=attending)
    actions.retract(session, summary.id, WHY, by=attending)


def of_withdrawal(client):
    return [p for p in stored(client, "Provenance") if activity(p) == "NULLIFY"]


def activity(provenance):
    return provenance["activity"]["coding"][0]["code"]


def test_a_retraction_withdraws_every_document_of_the_summary(run, signed, sessions, client):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.RETRACTING, actor="dr-a"))
    assert run(retract_summary, signed).status is S.RETRACTED
    for document in stored(client, "DocumentReference"):
        assert (document["status"], document["docStatus"]) == ("entered-in-error",) * 2
    assert {each.state for each in filings(sessions)} == {FilingState.RETRACTED}


def test_a_refused_retraction_stays_filed_with_the_reason(run, signed, sessions, wire):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.RETRACTING, actor="dr-a"))
    wire.faults["PUT /DocumentReference"] = ehr.refused
    summary = run(retract_summary, signed)
    assert summary.status is S.FILED and "not withdrawn" in summary.status_reason
    assert filings(sessions)[0].state is FilingState.FILED


def test_a_retraction_whose_answer_is_lost_is_owed_still(run, signed, sessions, wire):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.RETRACTING, actor="dr-a"))
    wire.faults["PUT /DocumentReference"] = ehr.lost_answer
    with pytest.raises(Unavailable):
        run(retract_summary, signed)
    wire.faults.clear()
    assert run(retract_summary, signed).status is S.RETRACTED


def test_a_retraction_withdraws_a_twin_that_nobody_had_found(run, signed, sessions, client, store):
    run(file_summary, signed)
    (first,) = stored(client, "DocumentReference")
    ehr.seed(store, {"DocumentReference/late": {**first, "id": "late"}})
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.RETRACTING, actor="dr-a"))
    assert run(retract_summary, signed).status is S.RETRACTED
    assert {d["status"] for d in stored(client, "DocumentReference")} == {"entered-in-error"}


def test_a_provenance_says_who_withdrew_it_and_why(run, signed, sessions, client):
    run(file_summary, signed)
    change(sessions, signed, retract)
    run(retract_summary, signed)
    (made,) = of_withdrawal(client)
    (document,) = stored(client, "DocumentReference")
    assert made["target"] == [{"reference": f"DocumentReference/{document['id']}"}]
    assert made["reason"] == [{"text": WHY}]
    performer, software = (agent["who"] for agent in made["agent"])
    assert performer == {"reference": "Practitioner/demo-attending"}
    assert software["display"] == "Countersign"


def test_one_provenance_names_all_that_was_withdrawn(run, signed, sessions, client):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))
    run(file_summary, signed)
    change(sessions, signed, retract)
    run(retract_summary, signed)
    (made,) = of_withdrawal(client)
    assert len(made["target"]) == 2


def test_a_withdrawal_that_is_run_again_is_told_once(run, signed, sessions, client, wire):
    run(file_summary, signed)
    change(sessions, signed, retract)
    wire.faults["POST /Provenance"] = ehr.lost_answer
    with pytest.raises(Unavailable):
        run(retract_summary, signed)
    assert run(retract_summary, signed).status is S.RETRACTED
    assert len(of_withdrawal(client)) == 1


def test_a_withdrawal_whose_provenance_is_refused_is_one_all_the_same(run, signed, sessions, wire):
    run(file_summary, signed)
    change(sessions, signed, retract)
    wire.faults["POST /Provenance"] = ehr.refused
    summary = run(retract_summary, signed)
    assert summary.status is S.RETRACTED
    assert "without its Provenance" in summary.status_reason


def test_an_ehr_that_keeps_no_provenance_is_sent_none_of_a_withdrawal(
    run, signed, sessions, client
):
    client.profile = SiteProfile.model_validate({"writing": {"provenance": False}})
    run(file_summary, signed)
    change(sessions, signed, retract)
    assert run(retract_summary, signed).status is S.RETRACTED
    assert stored(client, "Provenance") == []


def test_a_recall_is_told_with_its_reason_and_by_whom(run, signed, sessions, client):
    run(file_summary, signed)
    with transaction(sessions) as session:
        start_recall(session, Criteria(model="extractive"), WHY, by=DEMO_PEOPLE["it"])
    step_recalls(lambda: transaction(sessions))
    run(retract_summary, signed)
    (made,) = of_withdrawal(client)
    assert made["reason"] == [{"text": f"Recalled: {WHY}"}]
    assert made["agent"][0]["who"]["identifier"]["value"] == "demo-it"


def test_a_withdrawal_that_the_audit_does_not_own_is_told_in_nobodys_name(
    run, signed, sessions, client
):
    """Who can write to the database and has not the key puts no words into a clinician's mouth."""
    run(file_summary, signed)
    change(sessions, signed, retract)
    with transaction(sessions) as session:
        said = {"before": "filed", "practitioner_ref": "Practitioner/other", "reason": "Forged."}
        add_plainly(
            session, action="summary.retracting", actor="dr-b", subject_id=signed, detail=said
        )
    run(retract_summary, signed)
    assert of_withdrawal(client) == []


def test_an_amendment_says_why_in_its_provenance(run, signed, sessions, client):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13", reason=WHY))
    run(file_summary, signed)
    revised = [p for p in stored(client, "Provenance") if activity(p) == "UPDATE"]
    assert {"text": WHY} in revised[0]["reason"]
    assert [activity(p) for p in stored(client, "Provenance")].count("CREATE") == 1


def opened(session, summary):
    progress.advance(session, summary, S.IN_REVIEW, actor="dr-a", reason="A wrong dose.")


def opened_and_edited(session, summary):
    opened(session, summary)
    an_edit(session, summary, "PHQ-9 total score 13 (2026-05-01)")


def opened_and_not_drafted_anew(session, summary):
    opened(session, summary)
    for status in (S.REQUESTED, S.FAILED):
        progress.advance(session, summary, status, actor="dr-a")


IN_AMENDMENT = (opened, opened_and_edited, opened_and_not_drafted_anew)


@pytest.mark.parametrize("amending", IN_AMENDMENT)
def test_what_is_open_for_correction_can_be_withdrawn(run, signed, sessions, client, amending):
    run(file_summary, signed)
    change(sessions, signed, amending)
    change(sessions, signed, retract)
    assert run(retract_summary, signed).status is S.RETRACTED
    assert [d["status"] for d in stored(client, "DocumentReference")] == ["entered-in-error"]
    (told,) = of_withdrawal(client)
    assert told["reason"] == [{"text": WHY}]


@pytest.mark.parametrize("amending", IN_AMENDMENT)
def test_a_correction_that_was_not_withdrawn_is_not_called_filed(
    run, signed, sessions, wire, amending
):
    run(file_summary, signed)
    change(sessions, signed, amending)
    change(sessions, signed, retract)
    wire.faults["PUT /DocumentReference"] = ehr.refused
    summary = run(retract_summary, signed)
    expected = S.IN_REVIEW if amending is opened_and_edited else S.FILED
    assert summary.status is expected and "not withdrawn" in summary.status_reason


def test_a_draft_that_the_ehr_never_had_is_not_withdrawn(signed, sessions):
    back = (S.FILING_REFUSED, S.IN_REVIEW)
    for status in back:
        change(sessions, signed, lambda s, x, to=status: progress.advance(s, x, to, actor="dr-a"))
    with pytest.raises(Conflict):
        change(sessions, signed, retract)


def test_nor_is_one_called_filed_that_was_only_said_to_be_withdrawn(run, signed, sessions):
    forged = text("UPDATE summaries SET status = 'retracting'")
    change(sessions, signed, lambda s, _: s.execute(forged))
    assert run(retract_summary, signed).status is S.IN_REVIEW
