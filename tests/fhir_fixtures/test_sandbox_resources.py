"""The sandbox EHR keeps single resources as R4's REST rules say."""

import base64

import pytest
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.store import Store
from tests.fhir_fixtures.resources import a_document, a_patient, a_provenance, an_observation


def test_a_created_resource_gets_id_version_and_location(ehr: TestClient) -> None:
    answer = ehr.post("/Patient", json=a_patient(id="chosen-by-client"))
    kept = answer.json()
    assert answer.status_code == 201
    assert kept["id"] != "chosen-by-client"
    assert kept["meta"]["versionId"] == "1"
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["location"] == f"http://ehr.test/Patient/{kept['id']}/_history/1"
    assert answer.headers["content-type"] == "application/fhir+json"


def test_a_put_creates_then_updates_and_history_keeps_both(ehr: TestClient) -> None:
    assert ehr.put("/Patient/p1", json=a_patient(id="p1")).status_code == 201
    again = ehr.put("/Patient/p1", json=a_patient(id="p1", gender="female"))
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"2"')
    history = ehr.get("/Patient/p1/_history").json()
    assert [e["request"]["method"] for e in history["entry"]] == ["PUT", "POST"]
    assert "gender" not in ehr.get("/Patient/p1/_history/1").json()
    assert ehr.get("/Patient/p1").json()["gender"] == "female"


def test_if_match_refuses_a_stale_version(ehr: TestClient) -> None:
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    fresh = ehr.put("/Patient/p1", json=a_patient(id="p1"), headers={"If-Match": 'W/"1"'})
    stale = ehr.put("/Patient/p1", json=a_patient(id="p1"), headers={"If-Match": 'W/"1"'})
    assert (fresh.status_code, stale.status_code) == (200, 412)
    assert ehr.delete("/Patient/p1", headers={"If-Match": 'W/"9"'}).status_code == 412
    assert ehr.get("/Patient/p1").headers["etag"] == 'W/"2"'


def test_a_deleted_resource_is_gone_not_unknown(ehr: TestClient) -> None:
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    assert ehr.delete("/Patient/p1").status_code == 204
    assert ehr.delete("/Patient/p1").status_code == 204
    assert ehr.get("/Patient/p1").status_code == 410
    assert ehr.get("/Patient/never").status_code == 404
    assert ehr.get("/Patient").json()["total"] == 0
    assert ehr.put("/Patient/p1", json=a_patient(id="p1")).status_code == 201


def test_a_conditional_create_answers_what_is_there(ehr: TestClient) -> None:
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    wish = {"If-None-Exist": "identifier=urn:example:summary|s-1"}
    first = ehr.post("/DocumentReference", json=a_document("Patient/p1"), headers=wish)
    second = ehr.post("/DocumentReference", json=a_document("Patient/p1"), headers=wish)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    ehr.post("/DocumentReference", json=a_document("Patient/p1"))
    third = ehr.post("/DocumentReference", json=a_document("Patient/p1"), headers=wish)
    assert third.status_code == 412


def test_prefer_return_minimal_sends_no_body(ehr: TestClient) -> None:
    answer = ehr.post("/Patient", json=a_patient(), headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (201, b"")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/fhir+json", "application/fhir+json"),
        ("application/json;q=0.9", "application/fhir+json"),
        ("text/rtf", "text/rtf"),
        ("*/*", "text/rtf"),
    ],
)
def test_a_binary_is_itself_or_a_resource(ehr: TestClient, accept: str, content_type: str) -> None:
    data = base64.b64encode(rb"{\rtf1 note}").decode()
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/rtf", "data": data}
    ehr.put("/Binary/b1", json=binary)
    answer = ehr.get("/Binary/b1", headers={"Accept": accept})
    assert answer.headers["content-type"] == content_type
    raw = content_type == "text/rtf"
    assert answer.content == rb"{\rtf1 note}" if raw else answer.json()["data"] == data


def test_a_binary_may_be_sent_as_bytes(ehr: TestClient) -> None:
    sent = ehr.post("/Binary", content=b"%PDF-", headers={"Content-Type": "application/pdf"})
    read = ehr.get(sent.headers["location"].split("/_history")[0])
    assert (read.content, read.headers["content-type"]) == (b"%PDF-", "application/pdf")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/Nonsense/1", None, 404),
        ("GET", "/Patient/1/2/3", None, 404),
        ("PATCH", "/Patient/1", None, 405),
        ("POST", "/Patient", "{not json", 400),
        ("POST", "/Patient", '{"resourceType": "Observation"}', 400),
        ("POST", "/Patient", '{"resourceType": "Patient", "nickname": "M"}', 400),
        ("PUT", "/Patient/a", '{"resourceType": "Patient", "id": "b"}', 400),
        ("PUT", "/Patient/a_b", '{"resourceType": "Patient"}', 400),
        ("GET", "/Patient?birthdate=yesterday", None, 400),
        ("GET", "/Patient?identifier:within=1", None, 400),
        ("GET", "/Patient?_page=nonsense", None, 400),
    ],
)
def test_every_refusal_is_an_operation_outcome(
    ehr: TestClient, method: str, path: str, body: str | None, status: int
) -> None:
    headers = {"Content-Type": "application/fhir+json"}
    answer = ehr.request(method, path, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["diagnostics"]


def test_a_refusal_does_not_repeat_what_was_sent(ehr: TestClient) -> None:
    patient = a_patient(birthDate="quite secret", nickname="also secret")
    assert "secret" not in ehr.post("/Patient", json=patient).text


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("status", "tentative"),
        ("docStatus", "signed"),
        ("type", None),
        ("category", None),
        ("subject", None),
        ("subject", {"reference": "Patient/nobody"}),
        ("author", [{"reference": "Practitioner/nobody"}]),
        ("content", [{"attachment": {"data": "TW9vZA=="}}]),
        ("content", [{"attachment": {"contentType": "text/plain"}}]),
        ("content", [{"attachment": {"contentType": "text/plain", "data": "%%%"}}]),
    ],
)
def test_a_document_that_us_core_would_refuse_is_refused(
    ehr: TestClient, element: str, value: object
) -> None:
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    document = a_document("Patient/p1", **{element: value})
    answer = ehr.post("/DocumentReference", json=document)
    assert answer.status_code == 422
    assert ehr.get("/DocumentReference").json()["total"] == 0
    lenient = {"Prefer": "handling=lenient"}
    assert ehr.post("/DocumentReference", json=document, headers=lenient).status_code == 201


def test_a_provenance_points_only_at_what_exists(ehr: TestClient) -> None:
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    ehr.put("/Observation/o1", json=an_observation("Patient/p1", "2025-01-01", id="o1"))
    good = a_provenance("Patient/p1", "Patient/p1/_history/1")
    assert ehr.post("/Provenance", json=good).status_code == 201
    for absent in ("Device/none", "Patient/p1/_history/2", "urn:uuid:0", "#inside"):
        answer = ehr.post("/Provenance", json=a_provenance("Patient/p1", absent))
        assert answer.status_code == 422, absent


def test_the_token_is_asked_for_everywhere_but_metadata(store: Store) -> None:
    client = TestClient(create_app(store, token="t0ken"))
    assert client.get("/metadata").status_code == 200
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "t0ken"}):
        answer = client.get("/Patient", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert client.put("/_sandbox/faults", json=[], headers=headers).status_code == 401
    assert client.get("/Patient", headers={"Authorization": "Bearer t0ken"}).status_code == 200
