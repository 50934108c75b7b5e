"""Who was shown a patient stands in the audit, also in lists, by replays, and when refused."""

import pytest

from service.audit import AuditEvent
from service.chart.ingest import ingest
from service.database import transaction
from service.review.auditevents import audit_event
from service.review.viewing import _lists
from service.web import denials
from tests.service.chart.builders import a_patient
from tests.service.review.builders import SERTRALINE, a_record, a_summary


@pytest.fixture
def it(sign_in):
    return sign_in("it")


@pytest.fixture
def acts(it):
    """The acts of this name, latest first, as hospital IT reads them."""

    def of(action, **asked):
        params = {"action": action, "limit": 200, **asked}
        return it.get("/api/v1/audit", params=params).json()["rows"]

    return of


def test_a_list_of_summaries_leaves_the_patients_that_it_showed(clinician, committed, acts):
    summary = committed(a_summary)
    _lists.clear()
    clinician.get("/api/v1/summaries")
    clinician.get("/api/v1/summaries")
    (row,) = acts("worklist.viewed")
    assert row["detail"] == {"patients": [summary.patient_ref], "summaries": [summary.id]}
    assert [r["seq"] for r in acts("worklist.viewed", patient=summary.patient_ref)] == [row["seq"]]


def test_so_does_a_list_of_patients_to_choose_from(clinician, committed, sessions, acts):
    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("p1"), a_patient("p2")])
    for _ in range(2):
        assert "Patient/p2" in clinician.get("/worklist", headers={"accept": "text/html"}).text
    (row,) = acts("patients.listed")
    assert row["detail"]["patients"] == ["Patient/p1", "Patient/p2"]


def test_and_a_sample_for_quality(sign_in, committed, acts):
    summary = committed(a_summary)
    qa = sign_in("qa")
    asked = {"seed": "s", "size": 5, "statuses": "drafts"}
    sample = qa.post("/api/v1/qa/samples", json=asked).json()
    qa.get(f"/api/v1/qa/samples/{sample['id']}")
    (row,) = acts("qa-sample.viewed")
    assert row["detail"]["patients"] == [summary.patient_ref]


def test_a_chart_says_which_records_it_showed(clinician, committed, acts):
    committed(a_record, SERTRALINE)
    shown = clinician.get("/api/v1/patients/1/records").json()["rows"]
    (row,) = acts("chart.viewed")
    assert row["detail"]["records"] == [each["source_ref"] for each in shown] != []


def test_refusals_about_patients_are_acts(clinician, anybody, it, acts):
    assert clinician.get("/api/v1/patients/9/records").status_code == 404
    assert it.get("/api/v1/patients/9/records").status_code == 403
    assert anybody.get("/api/v1/patients/9/records").status_code == 401
    rows = acts("access.denied", patient="Patient/9")
    assert [(r["actor"], r["detail"]["status"]) for r in rows] == [
        ("nobody", 401),
        ("demo-it", 403),
        ("demo-clinician", 404),
    ]
    assert rows[0]["detail"]["route"] == "/api/v1/patients/{patient_id}/records"


def test_a_wrong_token_is_an_act_and_many_are_not_many_rows(anybody, acts, monkeypatch):
    monkeypatch.setattr(denials, "MOST", 3)
    wrong = {"Authorization": "Bearer guessed"}
    for _ in range(10):
        assert anybody.get("/api/v1/summaries", headers=wrong).status_code == 401
    rows = acts("token.refused")
    assert len(rows) == 3
    assert "guessed" not in str(rows)


def test_who_reads_the_audit_stands_in_it(it, acts):
    it.get("/api/v1/audit", params={"patient": "Patient/1"})
    (row,) = acts("audit.read", patient="Patient/1")
    assert (row["actor"], row["patient_ref"]) == ("demo-it", "Patient/1")


def test_an_answer_that_is_given_again_is_an_act(clinician, acts):
    headers = {"Idempotency-Key": "again"}
    asked = {"patient": "Patient/1", "type": "handoff"}
    for _ in range(2):
        answer = clinician.post("/api/v1/summaries", json=asked, headers=headers)
        assert answer.status_code == 202
    (row,) = acts("answer.replayed")
    assert (row["actor"], row["detail"]["status"]) == ("demo-clinician", 202)


def test_a_search_leaves_whom_it_found_and_not_what_was_typed(clinician, committed, acts):
    committed(
        a_record,
        "Patient: Ada Vane",
        ref="Patient/1",
        resource_type="Patient",
        headline="Patient: Ada Vane",
    )
    form = {"q": "Vane", "csrf_token": clinician.headers["X-CSRF-Token"]}
    clinician.post("/worklist/search", data=form)
    (row,) = acts("patients.searched")
    assert row["detail"] == {"found": 1, "patients": ["Patient/1"]}


def test_the_page_of_who_did_what_finds_a_patient_and_a_day(clinician, it, committed):
    committed(a_record, SERTRALINE)
    clinician.get("/api/v1/patients/1/records")
    page = it.get("/audit", params={"patient": "1", "since": "2020-01-01"}).text
    assert "chart.viewed" in page and "Dr Ines Lindqvist" in page
    assert "No such acts" in it.get("/audit", params={"until": "2020-01-01"}).text
    assert it.get("/audit", params={"since": "yesterday"}).status_code == 400
    assert clinician.get("/audit").status_code == 403


def test_an_act_is_told_as_an_audit_event(clinician, committed, sessions):
    committed(a_record, SERTRALINE)
    clinician.get("/api/v1/patients/1/records")
    with transaction(sessions) as session:
        act = session.query(AuditEvent).filter_by(action="chart.viewed").one()
        event = audit_event(act)
    assert (event["resourceType"], event["action"], event["outcome"]) == ("AuditEvent", "R", "0")
    assert event["entity"][0]["what"] == {"reference": "Patient/1"}
    assert event["agent"][0]["who"]["identifier"]["value"] == "demo-clinician"
    assert act.hash in str(event)


def test_broken_glass_is_told_as_an_emergency_override(clinician, sessions):
    told = {"patient": "Patient/1", "reason": "emergency", "words": "found unresponsive"}
    broken = clinician.post("/api/v1/glass", json=told).json()
    clinician.post(f"/api/v1/glass/{broken['id']}/end")
    with transaction(sessions) as session:
        acts = session.query(AuditEvent).filter(AuditEvent.action.startswith("glass."))
        begun, ended = [audit_event(act) for act in acts.order_by(AuditEvent.seq)]
    assert [e["subtype"][0]["code"] for e in (begun, ended)] == ["110127", "110138"]
    assert begun["purposeOfEvent"][0]["coding"][0]["code"] == "BTG"
    assert begun["entity"][0]["what"] == {"reference": "Patient/1"}
    assert "unresponsive" not in str(begun)
