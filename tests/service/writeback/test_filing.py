"""Exactly the attested text reaches the EHR, exactly once, whatever goes wrong on the way."""

import base64

import pytest
from sqlalchemy import select, text

from service import audit
from service.database import transaction
from service.errors import Unavailable
from service.fhir.errors import EhrBusy, EhrTokenRefused
from service.sealing.cipher import CannotOpen
from service.summary import progress
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.exchange import CannotLook
from service.writeback.filing import file_summary, reconcile_filing
from service.writeback.models import Filing, FilingState
from tests.service.writeback import ehr
from tests.service.writeback.builders import a_record, a_signed_summary, amended
from tests.service.writeback.conftest import SLOW_INDEX


def change(sessions, summary_id, act):
    with transaction(sessions) as session:
        act(session, progress.find_summary(session, summary_id))


def filings(sessions):
    with sessions() as session:
        return list(session.scalars(select(Filing).order_by(Filing.started_at)))


def stored(client, resource_type):
    return list(client.search(resource_type, {}))


def plain_text(document):
    return base64.b64decode(document["content"][0]["attachment"]["data"]).decode()


def test_what_is_filed_is_byte_for_byte_what_was_attested(run, signed, client, sessions):
    summary = run(file_summary, signed)
    assert (summary.status, summary.status_reason) == (S.FILED, "")
    (document,), (provenance,), (device,) = (
        stored(client, name) for name in ("DocumentReference", "Provenance", "Device")
    )
    with sessions() as session:
        attested = progress.find_summary(session, signed).current.text
    assert plain_text(document) == attested
    (filing,) = filings(sessions)
    assert filing.state is FilingState.FILED
    assert filing.document_ref == f"DocumentReference/{document['id']}"
    assert filing.provenance_ref == f"Provenance/{provenance['id']}"
    assert filing.device_ref == f"Device/{device['id']}"


def test_filing_twice_sends_nothing_the_second_time(run, signed, client, wire):
    run(file_summary, signed)
    sent = len(wire.calls)
    assert run(file_summary, signed).status is S.FILED
    assert len(wire.calls) == sent


@pytest.mark.parametrize("calls", range(1, 8))
def test_a_crash_after_any_call_ends_with_one_document(run, signed, client, wire, calls):
    wire.crash_after = calls
    with pytest.raises(ehr.Crash):
        run(file_summary, signed)
    wire.crash_after = None
    assert run(file_summary, signed).status is S.FILED
    for resource_type in ("DocumentReference", "Provenance", "Device"):
        assert len(stored(client, resource_type)) == 1


def test_the_crash_test_covers_every_call(run, signed, wire):
    run(file_summary, signed)
    assert len(wire.calls) == 7


def test_a_refused_document_waits_for_a_person_and_can_be_tried_again(
    run, signed, sessions, client, wire
):
    wire.faults["POST /DocumentReference"] = ehr.refused
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED
    assert "422" in summary.status_reason and "Sorokina" not in summary.status_reason
    wire.faults.clear()
    change(sessions, signed, lambda s, x: progress.advance(s, x, S.SIGNED, actor="dr-a"))
    assert run(file_summary, signed).status is S.FILED
    (filing,) = filings(sessions)
    assert (filing.attempts, filing.refusal) == (2, "")


def test_an_ehr_that_says_that_it_did_not_begin_decides_nothing(run, signed, sessions, wire):
    wire.faults["POST /DocumentReference"] = ehr.throttled
    with pytest.raises(EhrBusy):
        run(file_summary, signed)
    assert filings(sessions) == []
    wire.faults.clear()
    assert run(file_summary, signed).status is S.FILED


CALLS = ["POST /DocumentReference", "POST /Provenance", "POST /Device", "GET /DocumentReference"]


@pytest.mark.parametrize("call", CALLS)
def test_a_token_that_the_ehr_no_longer_takes_leaves_the_filing_owed(
    run, signed, sessions, wire, call
):
    wire.faults[call] = ehr.unauthorized
    with pytest.raises(EhrTokenRefused) as caught:
        run(file_summary, signed)
    assert caught.value.can_retry
    with sessions() as session:
        assert progress.find_summary(session, signed).status is S.SIGNED
    wire.faults.clear()
    assert run(file_summary, signed).status is S.FILED


@pytest.mark.parametrize("call", ["POST /DocumentReference", "POST /Provenance", "POST /Device"])
@pytest.mark.parametrize(
    "fault", [ehr.lost_answer, ehr.lost_request, ehr.busy, ehr.failed_after_commit]
)
def test_a_lost_answer_is_reconciled_into_one_document(run, signed, client, wire, call, fault):
    wire.faults[call] = fault
    assert run(file_summary, signed).status is S.FILING_UNKNOWN
    wire.faults.clear()
    assert settled(run, signed).status is S.FILED
    for resource_type in ("DocumentReference", "Provenance", "Device"):
        assert len(stored(client, resource_type)) == 1


def settled(run, summary_id):
    """The summary after the workers have done what it owed."""
    for _ in range(4):
        summary = run(reconcile_filing, summary_id)
        if summary.status is S.SIGNED:
            summary = run(file_summary, summary_id)
    return summary


def test_a_document_that_is_not_there_yet_is_not_sent_again_at_once(run, signed, client, wire):
    client.profile = SLOW_INDEX
    wire.faults["POST /DocumentReference"] = ehr.lost_request
    run(file_summary, signed)
    with pytest.raises(Unavailable, match="looked for again"):
        run(reconcile_filing, signed)


@pytest.mark.parametrize("form", [0, 1], ids=["as text", "as a page"])
def test_an_ehr_that_alters_the_text_is_found_out(run, signed, sessions, client, wire, form):
    def soften(document):
        attachment = document["content"][form]["attachment"]
        altered = base64.b64decode(attachment["data"]).replace(b"14", b"41")
        attachment["data"] = base64.b64encode(altered).decode()

    wire.faults["POST /DocumentReference"] = ehr.altering(wire, soften)
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED
    assert "differs from the text that was signed" in summary.status_reason
    assert stored(client, "Provenance") == []  # nobody vouches for what the EHR made of it


@pytest.mark.parametrize(
    "page", [None, {"contentType": "text/html", "url": "Binary/not-for-us"}], ids=["gone", "closed"]
)
def test_an_ehr_that_keeps_the_text_alone_has_it(run, signed, wire, page):
    def keep(document):
        document["content"][1:] = [{"attachment": page}] if page else []

    wire.faults["POST /DocumentReference"] = ehr.altering(wire, keep)
    assert run(file_summary, signed).status is S.FILED


def test_a_document_under_another_patient_is_found_out(run, signed, store, wire):
    ehr.seed(store, {"Patient/p2": {"resourceType": "Patient", "id": "p2"}})
    wire.faults["POST /DocumentReference"] = ehr.altering(
        wire, lambda document: document.update(subject={"reference": "Patient/p2"})
    )
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED and "another patient" in summary.status_reason


def test_text_that_nobody_signed_is_never_sent(run, signed, sessions, wire):
    with transaction(sessions) as session:
        session.execute(text("UPDATE attestations SET digest = 'another'"))
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED
    assert "Nobody has signed exactly this text" in summary.status_reason
    assert wire.calls == []


def test_text_altered_in_the_database_is_never_sent(run, signed, sessions, wire):
    altered(sessions, signed)
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED
    assert "no longer matches its digest" in summary.status_reason
    assert wire.calls == []


def altered(sessions, summary_id):
    """By somebody who has the keys too."""
    with transaction(sessions) as session:
        session.get(Summary, summary_id).current.text += " and well"


def test_text_altered_by_who_has_no_key_is_not_even_read(run, signed, sessions, wire):
    with transaction(sessions) as session:
        session.execute(text("UPDATE summary_versions SET text = text || ' and well'::bytea"))
    with pytest.raises(CannotOpen):
        run(file_summary, signed)
    assert wire.calls == []


def test_a_cosignature_alone_is_not_enough(run, signed, sessions, wire):
    with transaction(sessions) as session:
        session.execute(text("UPDATE attestations SET meaning = 'cosigned'"))
    assert run(file_summary, signed).status is S.FILING_REFUSED
    assert wire.calls == []


def test_an_ehr_that_keeps_no_devices_gets_a_contained_one(run, signed, client, wire):
    wire.faults["POST /Device"] = ehr.refused
    assert run(file_summary, signed).status is S.FILED
    (provenance,) = stored(client, "Provenance")
    assert provenance["contained"][0]["resourceType"] == "Device"


def test_a_record_that_the_ehr_does_not_hold_is_named_instead_of_linked(run, sessions, client):
    with transaction(sessions) as session:
        summary_id = a_signed_summary(session, records=[a_record(session)]).id
    assert run(file_summary, summary_id).status_reason == ""
    (provenance,) = stored(client, "Provenance")
    named = [each["what"] for each in provenance["entity"] if each["role"] == "source"]
    assert named[0]["identifier"]["value"] == "Observation/o1/_history/1"


def test_the_provenance_links_every_version_that_was_read(run, sessions, client, store):
    held = ("Observation/o1", "Condition/c1")
    ehr.seed(store, {ref: {"resourceType": ref.partition("/")[0]} for ref in held})
    with transaction(sessions) as session:
        records = [a_record(session, ref) for ref in held]
        summary_id = a_signed_summary(session, records=records, cosigned=True).id
    run(file_summary, summary_id)
    (provenance,) = stored(client, "Provenance")
    entities = [(each["role"], each["what"].get("reference")) for each in provenance["entity"]]
    assert entities == [
        ("derivation", None),  # the prompt folder, by name and hash
        ("source", "Condition/c1/_history/1"),
        ("source", "Observation/o1/_history/1"),
    ]
    who = [agent["who"]["reference"].partition("/")[2] for agent in provenance["agent"]]
    assert who[1:] == ["demo-clinician", "demo-attending"]


def test_a_refused_provenance_is_said_but_the_document_is_filed(run, signed, sessions, wire):
    wire.faults["POST /Provenance"] = ehr.refused
    summary = run(file_summary, signed)
    assert summary.status is S.FILED
    assert "without its Provenance" in summary.status_reason
    assert filings(sessions)[0].provenance_ref is None


def test_an_ehr_that_cannot_search_still_files_once(run, signed, client, wire):
    wire.faults["GET /DocumentReference"] = _only_reads
    wire.crash_after = 5
    with pytest.raises(ehr.Crash):
        run(file_summary, signed)
    wire.crash_after = None
    wire.faults["POST /DocumentReference"] = _without_condition
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_UNKNOWN
    assert "neither by identifier nor by patient" in summary.status_reason
    with pytest.raises(CannotLook):
        run(reconcile_filing, signed)
    wire.faults.clear()
    assert run(reconcile_filing, signed).status is S.FILED
    assert len(stored(client, "DocumentReference")) == 1


def _without_condition(request, carry):
    """An EHR that ignores `If-None-Exist`."""
    del request.headers["if-none-exist"]
    return carry()


def _only_reads(request, carry):
    is_search = request.url.path.count("/") == 1
    return ehr.refused(request, carry) if is_search else carry()


def test_an_ehr_that_ignores_the_search_parameter_gives_no_foreign_document(
    run, sessions, client, wire
):
    def everything(request, carry):
        if "identifier" in request.url.params:
            request = type(request)(
                "GET", request.url.copy_remove_param("identifier"), headers=request.headers
            )
            return wire.carry(request)
        return carry()

    wire.faults["GET /DocumentReference"] = everything
    for _ in range(2):
        with transaction(sessions) as session:
            summary_id = a_signed_summary(session).id
        assert run(file_summary, summary_id).status is S.FILED
    assert len(stored(client, "DocumentReference")) == 2


def test_an_amendment_replaces_the_document_before_it(run, signed, sessions, client):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))
    assert run(file_summary, signed).status is S.FILED
    old, new = sorted(stored(client, "DocumentReference"), key=lambda d: "relatesTo" in d)
    assert (old["status"], old["docStatus"]) == ("superseded", "final")
    assert (new["status"], new["docStatus"]) == ("current", "amended")
    assert new["relatesTo"][0]["target"]["reference"] == f"DocumentReference/{old['id']}"
    assert "score 13" in plain_text(new)
    assert [each.state for each in filings(sessions)] == [FilingState.SUPERSEDED, FilingState.FILED]


def test_an_old_document_that_cannot_be_marked_is_said(run, signed, sessions, wire):
    run(file_summary, signed)
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))
    wire.faults["PUT /DocumentReference"] = ehr.refused
    summary = run(file_summary, signed)
    assert summary.status is S.FILED and "still reads as current" in summary.status_reason


def test_signing_the_same_text_again_files_nothing_new(run, signed, sessions, client):
    run(file_summary, signed)

    def again(session, summary):
        progress.advance(session, summary, S.IN_REVIEW, actor="dr-a")
        progress.advance(session, summary, S.SIGNED, actor="dr-a")

    change(sessions, signed, again)
    assert run(file_summary, signed).status is S.FILED
    assert len(stored(client, "DocumentReference")) == 1


def test_every_answer_of_the_ehr_is_in_the_audit_without_chart_text(run, signed, sessions):
    run(file_summary, signed)
    with sessions() as session:
        acts = [act for act in audit.chain(session) if act.action == "filing.filed"]
    assert len(acts) == 1
    assert acts[0].detail["document_ref"].startswith("DocumentReference/")
    assert "PHQ" not in str(acts[0].detail)


def test_reconciling_a_text_that_was_altered_leaves_it_to_a_person(run, signed, sessions, wire):
    wire.faults["POST /DocumentReference"] = ehr.lost_request
    run(file_summary, signed)
    altered(sessions, signed)
    assert run(reconcile_filing, signed).status is S.SIGNED
    refused = run(file_summary, signed)
    assert refused.status is S.FILING_REFUSED and "digest" in refused.status_reason
