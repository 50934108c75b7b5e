"""An EHR that shows what it took late, twice or not at all: one document, or a status that says
so."""

import httpx
import pytest

from service.errors import Unavailable
from service.fhir.profile import SiteProfile
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.filing import file_summary, reconcile_filing
from service.writeback.models import FilingState
from tests.service.writeback import ehr
from tests.service.writeback.builders import amended
from tests.service.writeback.conftest import SLOW_INDEX
from tests.service.writeback.test_filing import change, filings, stored


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
