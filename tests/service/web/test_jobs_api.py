"""Jobs over REST and on the page: for IT and its programs, without the chart."""

import re

from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import a_summary_at


def test_a_program_sees_what_failed_and_has_it_tried_again(service, committed):
    summary = committed(a_summary_at, S.FAILED)
    (row,) = service.get("/api/v1/jobs").json()["rows"]
    assert (row["summary_id"], row["status"]) == (summary.id, "failed")
    assert not re.search("patient", str(row), re.IGNORECASE)
    moved = service.post(f"/api/v1/jobs/{summary.id}/retry", headers={"Idempotency-Key": "1"})
    assert moved.json() == {"id": summary.id, "status": "requested"}
    again = service.post(f"/api/v1/jobs/{summary.id}/retry", headers={"Idempotency-Key": "1"})
    assert again.json() == moved.json()


def test_what_was_asked_over_rest_carries_the_id_of_its_request(service, clinician):
    answer = service.post(
        "/api/v1/summaries",
        json={"patient": "Patient/1", "type": "pre-visit"},
        headers={"Idempotency-Key": "1"},
    )
    (row,) = service.get("/api/v1/jobs").json()["rows"]
    assert row["trace_id"] == answer.headers["X-Request-Id"]
    assert clinician.get("/api/v1/jobs").status_code == 403


def test_the_queue_and_the_sweep_are_told(service, committed, runtime):
    committed(a_summary_at, S.INDEXED)
    runtime.under_way.tell_swept()
    work = service.get("/api/v1/jobs/work").json()
    assert [(c["status"], c["number"]) for c in work["counts"]] == [("indexed", 1)]
    assert work["waiting"] is not None and work["swept_at"] is not None


def test_a_draft_is_given_up_with_a_reason(service, committed):
    summary = committed(a_summary_at, S.CHARTED)
    address = f"/api/v1/jobs/{summary.id}/give-up"
    blank = service.post(address, json={"reason": " "}, headers={"Idempotency-Key": "1"})
    assert blank.status_code == 400
    given = service.post(address, json={"reason": "no EHR"}, headers={"Idempotency-Key": "2"})
    assert given.json()["status"] == "failed"
