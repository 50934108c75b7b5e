"""The contract of /summaries: asking, reading, editing, signing, and every refusal."""

import pytest

from service.database import transaction
from service.review import actions
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import Severity
from tests.service.review.builders import PHQ, S, a_finding, a_summary, a_summary_at

API = "/api/v1/summaries"


def test_asking_answers_202_and_where_to_look(service, rung):
    answer = service.post(API, json={"patient": "Patient/1", "type": "pre-visit"})
    assert answer.status_code == 202
    body = answer.json()
    assert answer.headers["Location"] == f"{API}/{body['id']}"
    assert (body["patient"], body["status"], body["owner"]) == ("Patient/1", "requested", "system")
    assert rung[-1][1] == {"summary_id": body["id"]}
    assert service.get(answer.headers["Location"]).json()["status"] == "requested"


@pytest.mark.parametrize(
    "body",
    [
        {"patient": "Patient/1"},
        {"patient": "1; DROP", "type": "pre-visit"},
        {"patient": "Patient/1", "type": "no-such"},
        {"patient": "Patient/1", "type": "pre-visit", "extra": 1},
    ],
)
def test_a_wrong_request_names_the_field_and_not_its_value(service, body):
    answer = service.post(API, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith("body.")
    assert "DROP" not in answer.text


def test_reading_tells_everything_the_contract_names(clinician, committed):
    summary = committed(a_summary)
    body = clinician.get(f"{API}/{summary.id}").json()
    assert body["digest"] == summary.current.digest
    (section,) = body["sections"]
    statement = section["statements"][1]
    assert (statement["text"], statement["index"]) == (PHQ, 1)
    assert body["text"][statement["start"] : statement["end"]] == PHQ
    assert statement["citations"][0]["quote"] == PHQ
    assert body["findings"] == []
    assert body["coverage"]["read"] == {"Observation": 1}
    assert body["history"][-1]["action"] == "summary.in-review"
    assert body["can"]["sign"] == {"allowed": True, "reason": ""}
    assert body["patient"] == "Patient/1"
    source = body["sources"][1]["record_id"]
    told = clinician.get(f"{API}/{summary.id}/sources/{source}").json()
    (light,) = told["highlights"]
    assert told["text"][light["start"] : light["end"]] == PHQ


def test_the_list_is_paged_and_narrowed(clinician, committed):
    made = [committed(a_summary_at, S.REQUESTED).id for _ in range(3)]
    first = clinician.get(API, params={"limit": 2}).json()
    second = clinician.get(API, params={"limit": 2, "cursor": first["next"]}).json()
    assert [r["id"] for r in first["rows"] + second["rows"]] == made[::-1]
    assert second["next"] is None
    assert clinician.get(API, params={"status": "signed"}).json()["rows"] == []
    assert len(clinician.get(API, params={"patient": "Patient/1"}).json()["rows"]) == 3
    assert clinician.get(API, params={"cursor": "bm9uc2Vuc2U"}).status_code == 400
    assert clinician.get(API, params={"limit": 100000}).status_code == 422


def test_an_edit_answers_the_verified_new_version(clinician, committed):
    summary = committed(a_summary)
    wrong = {"text": "PHQ-9 total score 41 (2024-05-01)", "digest": summary.current.digest}
    answer = clinician.patch(f"{API}/{summary.id}/statements/1", json=wrong)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["digest"] != summary.current.digest
    assert body["version"] == 2
    assert body["sections"][0]["statements"][1]["support"] not in (None, "supported")
    assert body["open_major"] >= 1
    stale = clinician.patch(f"{API}/{summary.id}/statements/0", json=wrong)
    assert stale.status_code == 409


def test_an_edit_names_the_text_it_was_made_on_by_digest_or_entity_tag(clinician, committed):
    summary = committed(a_summary)
    path = f"{API}/{summary.id}/statements/1"
    seen = clinician.get(f"{API}/{summary.id}").headers["ETag"]
    assert seen == f'"{summary.current.digest}"'
    first = clinician.patch(path, json={"text": "PHQ-9 was 14."}, headers={"If-Match": seen})
    assert first.status_code == 200
    again = clinician.patch(path, json={"text": "PHQ-9: 14."}, headers={"If-Match": seen})
    assert (again.status_code, "Read the current version" in again.text) == (409, True)
    for headers in ({}, {"If-Match": "*"}, {"If-Match": f'"{first.json()["digest"]}"'}):
        plain = clinician.patch(path, json={"text": "PHQ-9 was 14."}, headers=headers)
        assert plain.status_code == 200


@pytest.mark.parametrize("text", ["   ", "x" * 20_000])
def test_a_blank_or_endless_statement_is_refused_with_a_sentence(clinician, committed, text):
    summary = committed(a_summary)
    answer = clinician.patch(f"{API}/{summary.id}/statements/0", json={"text": text})
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")


def test_a_digest_that_is_not_current_is_409(clinician, committed):
    summary = committed(a_summary)
    answer = clinician.post(f"{API}/{summary.id}/sign", json={"digest": "0" * 64})
    assert (answer.status_code, answer.json()["status"]) == (409, 409)


def test_open_major_findings_are_422_until_they_are_resolved(clinician, committed, sessions):
    summary = committed(a_summary)
    with transaction(sessions) as session:
        a_finding(session, actions.locked(session, summary.id).current)
    digest = {"digest": summary.current.digest}
    assert clinician.post(f"{API}/{summary.id}/sign", json=digest).status_code == 422
    resolution = f"{API}/{summary.id}/findings/1/resolution"
    assert clinician.post(resolution, json={"action": "accepted"}).status_code == 400
    told = clinician.post(resolution, json={"action": "accepted", "reason": "seen in person"})
    assert told.json()["findings"][0]["resolved_by"] == "demo-clinician"
    signed = clinician.post(f"{API}/{summary.id}/sign", json=digest)
    assert (signed.status_code, signed.json()["status"]) == (200, "signed")


def test_a_minor_finding_does_not_block(clinician, committed, sessions):
    summary = committed(a_summary)
    with transaction(sessions) as session:
        a_finding(session, actions.locked(session, summary.id).current, Severity.MINOR)
    digest = {"digest": summary.current.digest}
    assert clinician.post(f"{API}/{summary.id}/sign", json=digest).status_code == 200


ACTS = {
    "sign": {"digest": "x"},
    "cosign": {"digest": "x"},
    "reject": {"reason": "x"},
    "return": {"reason": "x"},
    "reopen": {"reason": "x"},
    "amend": {"reason": "x"},
    "retract": {"reason": "x"},
    "retry": {},
    "findings/1/resolution": {"action": "accepted"},
}


@pytest.mark.parametrize("act", ACTS)
def test_the_service_account_decides_nothing(service, committed, act):
    summary = committed(a_summary)
    answer = service.post(f"{API}/{summary.id}/{act}", json=ACTS[act])
    assert answer.status_code == 403
    assert "service" in answer.json()["detail"]


@pytest.mark.parametrize("persona", ["qa", "it"])
def test_neither_qa_nor_it_signs(sign_in, committed, persona):
    summary = committed(a_summary)
    digest = {"digest": summary.current.digest}
    assert sign_in(persona).post(f"{API}/{summary.id}/sign", json=digest).status_code == 403


def test_it_sees_statuses_and_no_text(sign_in, committed):
    summary = committed(a_summary)
    it = sign_in("it")
    assert [r["status"] for r in it.get(API).json()["rows"]] == ["in-review"]
    assert it.get(f"{API}/{summary.id}").status_code == 403


def test_reject_return_amend_and_retract_move_along_the_table(clinician, committed):
    for start, act, end in [
        (S.IN_REVIEW, "reject", "rejected"),
        (S.IN_REVIEW, "return", "requested"),
        (S.FILED, "amend", "in-review"),
        (S.FILED, "retract", "retracting"),
        (S.FAILED, "reject", "rejected"),
    ]:
        patient = f"Patient/{act}-{start}"
        more = {} if start is S.FAILED else {"patient": patient}
        summary = committed(a_summary_at, start, **more)
        clinician.get(f"{API}/{summary.id}")
        answer = clinician.post(f"{API}/{summary.id}/{act}", json={"reason": "as discussed"})
        assert (answer.status_code, answer.json()["status"]) == (200, end)
        again = clinician.post(f"{API}/{summary.id}/{act}", json={"reason": "as discussed"})
        assert again.status_code == 409


@pytest.mark.parametrize("path", ["/api/v1/summaries/nothing", "/api/v1/nothing", "/nothing"])
def test_what_is_not_there_is_a_problem_document(clinician, path):
    answer = clinician.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_a_method_that_is_not_taken_is_a_problem_document(clinician):
    answer = clinician.put(API)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST") or (
        answer.status_code == 405
    )
    assert answer.headers["content-type"] == "application/problem+json"


def test_json_that_breaks_off_is_a_problem_document(service):
    answer = service.post(
        API, content=b'{"patient": "Ada', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert "Ada" not in answer.text


def test_odd_characters_are_refused_and_never_a_failure(clinician, committed):
    summary = committed(a_summary)
    assert clinician.get(f"{API}/%00").status_code == 400
    for reason, status in ((b"\\ud800", 422), (b"\\u0000", 400), (b"seen\\u0000", 200)):
        answer = clinician.post(
            f"{API}/{summary.id}/reject",
            content=b'{"reason": "' + reason + b'"}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == status


def drafted_again(session, summary):
    """The same draft once more, in review."""
    summary = progress.find_summary(session, summary.id)
    for status in (S.CHARTED, S.INDEXED, S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    return summary


def test_a_draft_is_sent_back_once_for_a_reason_and_then_told_that_it_would_be_the_same(
    clinician, committed
):
    summary = committed(a_summary)
    where = f"{API}/{summary.id}/return"
    assert clinician.post(where, json={"reason": "Too long"}).json()["status"] == "requested"
    committed(drafted_again, summary)
    again = clinician.post(where, json={"reason": "too long."})
    assert again.status_code == 409 and "the same text" in again.json()["detail"]


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        ("all", {"length": "shorter"}, 200),
        ("all", {}, 200),
        ("all", {"length": "louder"}, 422),
        ("plan", {"length": "longer"}, 404),
        ("No Key", {}, 422),
    ],
)
def test_one_section_is_asked_for_anew(clinician, committed, key, body, status):
    summary = committed(a_summary)
    answer = clinician.post(f"{API}/{summary.id}/sections/{key}/redraft", json=body)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["status"] == "requested"
        assert answer.json()["status_reason"].startswith("Everything anew")
