"""Exactly the attested text reaches the EHR, exactly once, whatever goes wrong on the way."""

import base64
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text

from service import audit
from service.chart.ingest import ingest
from service.chart.models import SnapshotRecord
from service.database import now, transaction
from service.errors import Unavailable
from service.fhir.errors import EhrBusy, EhrTokenRefused
from service.fhir.profile import SiteProfile
from service.sealing.cipher import CannotOpen
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.exchange import CannotLook
from service.writeback.filing import file_summary, reconcile_filing
from service.writeback.models import Filing, FilingState
from tests.service.writeback import ehr
from tests.service.writeback.builders import a_record, a_signed_summary, amended, attest, sign
from tests.service.writeback.conftest import SLOW_INDEX
from tests.service.writeback.ehr import PATIENT, SEEDS


@pytest.fixture
def signed(sessions):
    """The id of a signed summary."""
    with transaction(sessions) as session:
        return a_signed_summary(session).id


@pytest.fixture
def run(sessions, client):
    """Run a verb in its own transaction, as a worker does; answers the summary afterwards."""

    def act(verb, summary_id, **options):
        with transaction(sessions) as session:
            verb(session, summary_id, client=client, **options)
        with sessions() as session:
            return progress.find_summary(session, summary_id)

    return act


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
    assert "restricted after it was drafted" in summary.status_reason
    assert wire.calls == []


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


def test_reconciling_a_text_that_was_altered_leaves_it_to_a_person(run, signed, sessions, wire):
    wire.faults["POST /DocumentReference"] = ehr.lost_request
    run(file_summary, signed)
    altered(sessions, signed)
    assert run(reconcile_filing, signed).status is S.SIGNED
    refused = run(file_summary, signed)
    assert refused.status is S.FILING_REFUSED and "digest" in refused.status_reason


def _only_searches(request, carry):
    is_search = request.url.path.count("/") == 1
    return carry() if is_search else ehr.refused(request, carry)


def test_a_document_that_cannot_be_read_back_is_neither_refused_nor_called_compared(
    run, signed, sessions, client, wire
):
    wire.faults["GET /DocumentReference"] = _only_searches
    summary = run(file_summary, signed)
    assert summary.status is S.FILED and "nobody has compared" in summary.status_reason
    assert filings(sessions)[0].state is FilingState.UNREAD
    wire.faults.clear()
    assert len(stored(client, "DocumentReference")) == 1


def test_an_unread_text_that_was_sent_twice_is_not_called_filed_before_its_twin_can_show(
    run, signed, client, wire, store
):
    wire.faults = {
        "POST /DocumentReference": ehr.lost_request,
        "GET /DocumentReference": _only_searches,
    }
    run(file_summary, signed)
    del wire.faults["POST /DocumentReference"]
    assert run(reconcile_filing, signed).status is S.SIGNED
    assert run(file_summary, signed).status is S.FILING_UNKNOWN
    wire.faults.clear()
    (first,) = stored(client, "DocumentReference")
    ehr.seed(store, {"DocumentReference/late": {**first, "id": "late"}})
    assert run(reconcile_filing, signed).status is S.FILED
    assert [d["status"] for d in stored(client, "DocumentReference")].count("current") == 1


def test_an_amendment_that_cannot_be_read_back_still_replaces_what_was_before(
    run, signed, sessions, client, wire
):
    run(file_summary, signed)
    (old,) = stored(client, "DocumentReference")
    change(sessions, signed, lambda s, x: amended(s, x, "PHQ-9 total score 13 (2026-05-01)"))

    def hides_the_new(request, carry):
        is_search = request.url.path.count("/") == 1
        is_old = request.url.path.endswith(old["id"])
        return carry() if is_search or is_old else ehr.refused(request, carry)

    wire.faults["GET /DocumentReference"] = hides_the_new
    assert "nobody has compared" in run(file_summary, signed).status_reason
    assert sorted(d["status"] for d in stored(client, "DocumentReference")) == [
        "current",
        "superseded",
    ]


def test_a_twin_that_shows_later_is_marked_as_entered_in_error(run, signed, client, wire, store):
    wire.faults["POST /DocumentReference"] = ehr.lost_request
    run(file_summary, signed)
    wire.faults.clear()
    assert run(reconcile_filing, signed).status is S.SIGNED
    sent = run(file_summary, signed)
    assert sent.status is S.FILING_UNKNOWN and "second copy" in sent.status_reason
    (first,) = stored(client, "DocumentReference")
    ehr.seed(store, {"DocumentReference/late": {**first, "id": "late"}})
    assert run(reconcile_filing, signed).status is S.FILED
    assert [d["status"] for d in stored(client, "DocumentReference")].count("current") == 1


def test_a_text_sent_by_a_worker_that_died_is_not_sent_again_at_once(run, signed, client, wire):
    client.profile = SLOW_INDEX

    def die(request, carry):
        raise ehr.Crash  # the request may still arrive

    wire.faults["POST /DocumentReference"] = die
    with pytest.raises(ehr.Crash):
        run(file_summary, signed)
    wire.faults.clear()
    with pytest.raises(Unavailable, match="looked for again"):
        run(file_summary, signed)
    assert stored(client, "DocumentReference") == []


def test_an_ehr_without_provenance_and_device_is_sent_neither(run, signed, client, wire):
    writing = {"provenance": False, "device": False, "content_types": ["text/html"]}
    client.profile = SiteProfile.model_validate({"writing": writing})
    assert run(file_summary, signed).status is S.FILED
    assert {call for call in wire.calls if call.startswith("POST")} == {"POST /DocumentReference"}
    (document,) = stored(client, "DocumentReference")
    (content,) = document["content"]
    assert content["attachment"]["contentType"].startswith("text/html")


def test_an_ehr_that_cannot_search_by_identifier_is_looked_through_by_patient(
    run, signed, client, wire
):
    def only_by_patient(request, carry):
        return ehr.refused(request, carry) if "identifier" in request.url.params else carry()

    wire.faults |= {
        "GET /DocumentReference": only_by_patient,
        "POST /DocumentReference": ehr.lost_answer,
    }
    assert run(file_summary, signed).status is S.FILING_UNKNOWN
    del wire.faults["POST /DocumentReference"]
    assert run(reconcile_filing, signed).status is S.FILED
    assert len(stored(client, "DocumentReference")) == 1


def test_a_refusal_after_a_lost_answer_says_that_the_first_copy_may_come(run, signed, wire):
    wire.faults["POST /DocumentReference"] = ehr.lost_request
    run(file_summary, signed)
    assert run(reconcile_filing, signed).status is S.SIGNED
    wire.faults["POST /DocumentReference"] = ehr.refused
    summary = run(file_summary, signed)
    assert summary.status is S.FILING_REFUSED
    assert "sent before without an answer" in summary.status_reason


def test_one_document_that_is_given_twice_is_not_its_own_twin(run, signed, client, wire):
    def doubled(request, carry):
        answer = carry()
        if request.url.path.count("/") > 1:
            return answer
        bundle = answer.json()
        older = [_of_another_version(each) for each in bundle.get("entry", [])]
        return httpx.Response(200, json={**bundle, "entry": bundle.get("entry", []) + older})

    wire.faults["GET /DocumentReference"] = doubled
    wire.faults["POST /DocumentReference"] = ehr.lost_answer
    run(file_summary, signed)
    assert run(reconcile_filing, signed).status is S.FILED
    wire.faults.clear()
    assert [d["status"] for d in stored(client, "DocumentReference")] == ["current"]


def _of_another_version(entry):
    return {**entry, "resource": {**entry["resource"], "meta": {"versionId": "0"}}}


def test_a_twin_that_cannot_be_marked_is_said(run, signed, sessions, client, wire, store):
    wire.faults["POST /DocumentReference"] = ehr.lost_answer
    run(file_summary, signed)
    (first,) = stored(client, "DocumentReference")
    ehr.seed(store, {"DocumentReference/late": {**first, "id": "late"}})
    wire.faults = {"PUT /DocumentReference": ehr.refused}
    summary = run(reconcile_filing, signed)
    assert summary.status is S.FILED and "A second copy still stands" in summary.status_reason


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
