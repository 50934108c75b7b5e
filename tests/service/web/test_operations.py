"""Health, readiness, metrics, the audit, the chart, Bundles and the stream of changes."""

import gzip
import json
import threading
from functools import partial

import httpx

from service.chart import uploads
from service.database import transaction
from service.summary import progress
from service.summary.people import SYSTEM
from service.web.api import bundles, events
from tests.service.review.builders import SERTRALINE, S, a_record, a_summary, a_summary_at

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Example"}]}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {
            "fullUrl": "urn:uuid:2",
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": "Depression"},
            },
        },
    ],
}


def test_it_is_alive(anybody):
    assert anybody.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_each_part_and_who_is_away(anybody):
    answer = anybody.get("/readyz")
    parts = {part["name"]: part["ok"] for part in answer.json()["parts"]}
    assert parts == {"postgresql": True, "redis": True, "chroma": True, "ehr": False}
    assert answer.status_code == 503
    assert "ehr" in answer.json()["detail"]
    assert "http" not in answer.json()["detail"]


def test_metrics_count_statuses_and_name_no_patient(service, committed):
    committed(a_summary)
    service.get("/api/v1/patients/1/records")
    said = service.get("/metrics").text
    assert 'countersign_summaries{status="in-review"} 1.0' in said
    assert "/api/v1/patients/{patient_id}/records" in said
    assert "Patient/1" not in said


def test_the_audit_is_paged_for_it(sign_in, committed):
    summary = committed(a_summary)
    it = sign_in("it")
    first = it.get("/api/v1/audit", params={"subject": summary.id, "limit": 4}).json()
    second = it.get(
        "/api/v1/audit", params={"subject": summary.id, "limit": 4, "cursor": first["next"]}
    ).json()
    actions = [row["action"] for row in first["rows"] + second["rows"]]
    assert actions[:3] == ["summary.viewed", "summary.viewed", "summary.in-review"]
    assert actions[-1] == "summary.requested"
    assert second["next"] is None
    assert sign_in("clinician").get("/api/v1/audit").status_code == 403
    assert it.get("/api/v1/audit", params={"cursor": "x"}).status_code == 400


def test_the_chart_tells_what_is_held_and_what_is_unreadable(clinician, committed):
    committed(a_record, SERTRALINE)
    committed(
        a_record, "", ref="DocumentReference/2", standing="unreadable", standing_reason="no text"
    )
    body = clinician.get("/api/v1/patients/1/records").json()
    assert (body["patient"], len(body["rows"])) == ("Patient/1", 2)
    unreadable = clinician.get("/api/v1/patients/1/records", params={"standing": "unreadable"})
    assert [r["standing_reason"] for r in unreadable.json()["rows"]] == ["no text"]
    assert clinician.get("/api/v1/patients/2/records").status_code == 404


def test_looking_at_a_chart_leaves_its_mark(clinician, sign_in, committed):
    committed(a_record, SERTRALINE)
    clinician.get("/api/v1/patients/1/records")
    (row,) = sign_in("it").get("/api/v1/audit", params={"action": "chart.viewed"}).json()["rows"]
    assert (row["actor"], row["patient_ref"]) == ("demo-clinician", "Patient/1")


def test_a_bundle_goes_into_the_chart_once(service):
    headers = {"Content-Type": "application/fhir+json", "Idempotency-Key": "b1"}
    first = service.post("/api/v1/bundles", content=json.dumps(BUNDLE), headers=headers)
    assert first.status_code == 200, first.text
    assert (first.json()["kept"], first.json()["quarantined"]) == (2, 0)
    again = service.post("/api/v1/bundles", content=json.dumps(BUNDLE), headers=headers)
    assert again.content == first.content
    other = service.post("/api/v1/bundles", content=json.dumps(PATIENT), headers=headers)
    assert other.status_code == 422
    rows = service.get("/api/v1/patients/p1/records").json()["rows"]
    assert {row["source_ref"] for row in rows} == {"Patient/p1", "Condition/c1"}


def test_ndjson_and_gzip_are_taken_and_what_is_unusable_is_counted(service):
    lines = "\n".join([json.dumps(PATIENT), "{broken", ""]).encode()
    headers = {"Content-Type": "application/fhir+ndjson"}
    body = service.post("/api/v1/bundles", content=gzip.compress(lines), headers=headers).json()
    assert (body["kept"], body["quarantined"]) == (1, 1)


def test_only_the_service_account_posts_bundles(clinician):
    assert clinician.post("/api/v1/bundles", json=BUNDLE).status_code == 403


def statuses(answer):
    told = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    return [json.loads(each)["status"] for each in told]


def test_the_stream_tells_every_change_and_ends_when_a_person_is_due(service, committed):
    summary = committed(a_summary)
    answer = service.get(f"/api/v1/summaries/{summary.id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert statuses(answer) == ["requested", "charted", "indexed", "drafted", "in-review"]
    ids = [line[4:] for line in answer.text.splitlines() if line.startswith("id: ")]
    assert ids == sorted(ids, key=int)
    rest = service.get(f"/api/v1/summaries/{summary.id}/events", headers={"Last-Event-ID": ids[2]})
    assert statuses(rest) == ["drafted", "in-review"]
    over = service.get(f"/api/v1/summaries/{summary.id}/events", headers={"Last-Event-ID": ids[-1]})
    assert over.status_code == 204


def test_the_stream_follows_changes_as_they_happen(service, committed, sessions, monkeypatch):
    monkeypatch.setattr(events, "POLL_S", 0.05)
    summary = committed(a_summary_at, S.REQUESTED)

    later = threading.Timer(0.3, lambda: failed(sessions, summary))
    later.start()
    assert statuses(service.get(f"/api/v1/summaries/{summary.id}/events")) == [
        "requested",
        "failed",
    ]
    later.join()


def test_a_page_asks_only_for_what_it_has_not_shown(service, committed):
    summary = committed(a_summary)
    address = f"/api/v1/summaries/{summary.id}/events"
    ids = [line[4:] for line in service.get(address).text.splitlines() if line[:4] == "id: "]
    assert statuses(service.get(address, params={"after": ids[3]})) == ["in-review"]
    assert service.get(address, params={"after": ids[4]}).status_code == 204


def test_the_stream_tells_how_far_a_draft_is_in_counts(
    service, committed, sessions, monkeypatch, runtime
):
    monkeypatch.setattr(events, "POLL_S", 0.05)
    summary = committed(a_summary_at, S.INDEXED)
    runtime.under_way.watch(summary.id, 1).reading(412)
    later = threading.Timer(0.3, lambda: failed(sessions, summary))
    later.start()
    answer = service.get(f"/api/v1/summaries/{summary.id}/events")
    later.join()
    assert answer.text.count("event: progress") == 1
    told = json.loads(answer.text.partition("event: progress")[2].split("data: ")[1].split("\n")[0])
    assert told == {
        "id": summary.id,
        "stage": "reading",
        "done": 412,
        "total": 412,
        "words": "Reading 412 records",
    }


def failed(sessions, summary):
    with transaction(sessions) as session:
        found = progress.find_summary(session, summary.id)
        progress.advance(session, found, S.FAILED, actor=SYSTEM)


def test_a_stream_of_nothing_is_404(service):
    answer: httpx.Response = service.get("/api/v1/summaries/nothing/events")
    assert answer.status_code == 404


def long_lines(count=8000):
    lines = [json.dumps({**PATIENT, "note": "x" * 200, "id": f"p{n}"}) for n in range(count)]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def test_a_long_body_is_left_to_a_worker_and_told_of_when_asked(service, sign_in, rung, sessions):
    headers = {"Content-Type": "application/fhir+ndjson", "Prefer": "respond-async"}
    answer = service.post("/api/v1/bundles", content=long_lines(2), headers=headers)
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    ((task, ids),) = rung
    assert task == "chart.ingest"
    uploads.ingest_upload(partial(transaction, sessions), ids["upload_id"], bases=())
    body = service.get(answer.headers["location"]).json()
    assert (body["state"], body["kept"]) == ("done", 2)
    assert service.get("/api/v1/bundles/0").status_code == 404
    keyed = headers | {"Idempotency-Key": "same"}
    plain = {name: keyed[name] for name in keyed if name != "Prefer"}
    answers = [
        service.post("/api/v1/bundles", content=long_lines(3), headers=each)
        for each in (plain, keyed)
    ]
    assert [each.status_code for each in answers] == [200, 200]


def test_a_small_body_that_unpacks_to_a_long_one_is_not_read_in_the_request(
    service, rung, monkeypatch
):
    monkeypatch.setattr(bundles, "WAIT_S", 0.3)
    packed = long_lines()
    assert len(packed) < 200_000
    headers = {"Content-Type": "application/fhir+ndjson", "Idempotency-Key": "long"}
    answers = [service.post("/api/v1/bundles", content=packed, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({answer.headers["location"] for answer in answers}) == len(rung) == 1
