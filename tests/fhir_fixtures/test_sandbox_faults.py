"""The sandbox EHR misbehaves exactly as often and where it was told to."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.fhir_fixtures.resources import a_patient

FAULTS = "/_sandbox/faults"


def a_fault(action: str, **elements: Any) -> dict[str, Any]:
    return {"match": {"path_prefix": "/Patient"}, "times": 1, "action": action} | elements


def test_a_status_is_answered_as_often_as_asked(ehr: TestClient) -> None:
    ehr.put(FAULTS, json=[a_fault("status 503 retry-after 2", times=2)])
    assert ehr.get("/Observation").status_code == 200
    for _ in range(2):
        answer = ehr.get("/Patient")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert ehr.get("/Patient").status_code == 200
    assert ehr.get(FAULTS).json()[0]["times"] == 0


def test_a_fault_may_be_for_one_method(ehr: TestClient) -> None:
    match = {"method": "POST", "path_prefix": "/Patient"}
    ehr.put(FAULTS, json=[a_fault("status 429", match=match)])
    assert ehr.get("/Patient").status_code == 200
    assert ehr.post("/Patient", json=a_patient()).status_code == 429
    assert ehr.post("/Patient", json=a_patient()).status_code == 201


def test_a_total_can_lie(ehr: TestClient) -> None:
    ehr.post("/Patient", json=a_patient())
    ehr.put(FAULTS, json=[a_fault("lie-total")])
    assert ehr.get("/Patient").json()["total"] == 8
    assert ehr.get("/Patient").json()["total"] == 1


def test_a_proxy_can_answer_html(ehr: TestClient) -> None:
    ehr.put(FAULTS, json=[a_fault("html-error")])
    answer = ehr.get("/Patient")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")


def test_a_slow_answer_is_still_right(ehr: TestClient) -> None:
    ehr.put(FAULTS, json=[a_fault("slow 0.05")])
    assert ehr.get("/Patient").elapsed.total_seconds() >= 0.05


def test_faults_are_replaced_as_a_whole(ehr: TestClient) -> None:
    ehr.put(FAULTS, json=[a_fault("status 500", times=100)])
    assert ehr.put(FAULTS, json=[]).json() == []
    assert ehr.get("/Patient").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [a_fault("explode"), a_fault("status oops"), a_fault("hang", times=-1), {"times": 1}, "hang"],
)
def test_a_fault_that_means_nothing_is_refused(ehr: TestClient, fault: object) -> None:
    answer = ehr.put(FAULTS, json=[fault])
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"
