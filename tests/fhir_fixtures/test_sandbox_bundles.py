"""The sandbox EHR takes transactions whole and batches piece by piece."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.fhir_fixtures.resources import (
    a_device,
    a_document,
    a_patient,
    a_provenance,
    a_transaction,
    an_entry,
    an_observation,
)

SYNTHEA = Path(__file__).parents[3] / "shared" / "data" / "synthea-r4-behavioral"
LENIENT = {"Prefer": "handling=lenient"}
PATIENT, NOTE, DEVICE = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))


def a_filing() -> dict[str, Any]:
    """A note, its Device and Provenance, each named by urn:uuid only; the Provenance first."""
    return a_transaction(
        an_entry(a_provenance(NOTE, DEVICE)),
        an_entry(a_document(PATIENT), fullUrl=NOTE),
        an_entry(a_device(), fullUrl=DEVICE),
        an_entry(a_patient(), fullUrl=PATIENT),
    )


def test_entries_point_at_each_other_and_are_led_to_their_new_ids(ehr: TestClient) -> None:
    answer = ehr.post("/", json=a_filing())
    assert answer.status_code == 200
    responses = [entry["response"] for entry in answer.json()["entry"]]
    assert [r["status"] for r in responses] == ["201 Created"] * 4
    locations = [r["location"].split("/_history")[0] for r in responses]
    assert [at.split("/")[0] for at in locations] == [
        "Provenance",
        "DocumentReference",
        "Device",
        "Patient",
    ]
    provenance = ehr.get(f"/{locations[0]}").json()
    assert provenance["target"][0]["reference"] == locations[1]
    assert provenance["agent"][0]["who"]["reference"] == locations[2]
    assert ehr.get(f"/{locations[1]}").json()["subject"]["reference"] == locations[3]


def test_one_bad_entry_undoes_a_transaction_and_is_named(ehr: TestClient) -> None:
    bundle = a_filing()
    bundle["entry"][1]["resource"] = a_document(PATIENT, type=None)
    answer = ehr.post("/", json=bundle)
    assert answer.status_code == 422
    assert "Bundle.entry[1]" in answer.json()["issue"][0]["diagnostics"]
    assert ehr.get("/Patient").json()["total"] == 0


def test_a_dangling_reference_undoes_a_transaction(ehr: TestClient) -> None:
    bundle = a_filing()
    bundle["entry"].pop()
    assert ehr.post("/", json=bundle).status_code == 422
    assert ehr.get("/Device").json()["total"] == 0
    assert ehr.post("/", json=bundle, headers=LENIENT).status_code == 200


def test_a_batch_keeps_the_good_and_names_the_bad(ehr: TestClient) -> None:
    bad = an_entry({"resourceType": "Patient", "nickname": "M"})
    search = {"request": {"method": "GET", "url": "Patient?name=lind"}}
    batch = a_transaction(an_entry(a_patient()), bad, search, type="batch")
    entries = ehr.post("/", json=batch).json()["entry"]
    assert [e["response"]["status"][:3] for e in entries] == ["201", "400", "200"]
    assert entries[1]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert entries[2]["resource"]["total"] == 1


def test_a_second_run_with_if_none_exist_creates_nothing(ehr: TestClient) -> None:
    bundle = a_filing()
    bundle["entry"][1]["request"]["ifNoneExist"] = "identifier=urn:example:summary|s-1"
    first = ehr.post("/", json=bundle).json()["entry"][1]["response"]
    again = ehr.post("/", json=bundle).json()["entry"]
    assert again[1]["response"]["status"] == "200 OK"
    assert again[1]["response"]["location"] == first["location"]
    assert ehr.get("/DocumentReference").json()["total"] == 1
    target = ehr.get(f"/{again[0]['response']['location']}").json()["target"][0]["reference"]
    assert first["location"].startswith(target)


def test_conditional_references_are_resolved_in_store_or_bundle_else_kept(
    ehr: TestClient,
) -> None:
    def practitioner(npi: str) -> dict[str, Any]:
        return {"resourceType": "Practitioner", "identifier": [{"system": "npi", "value": npi}]}

    stored = ehr.post("/Practitioner", json=practitioner("1")).json()["id"]
    scores = [
        an_observation(
            "Patient/p1",
            "2025-01-01",
            performer=[{"reference": f"Practitioner?identifier=npi|{npi}"}],
        )
        for npi in "123"
    ]
    bundle = a_transaction(an_entry(practitioner("2")), *map(an_entry, scores))
    strict = ehr.post("/", json=bundle, headers={"Prefer": "handling=strict"})
    assert strict.status_code == 400
    responses = ehr.post("/", json=bundle).json()["entry"]
    places = [entry["response"]["location"].split("/_history")[0] for entry in responses]
    performers = [ehr.get(f"/{at}").json()["performer"][0]["reference"] for at in places[1:]]
    assert performers == [f"Practitioner/{stored}", places[0], "Practitioner?identifier=npi|3"]


def test_puts_deletes_and_reads_stand_beside_creates(ehr: TestClient) -> None:
    ehr.put("/Patient/old", json=a_patient(id="old"))
    put = {"method": "PUT", "url": "Patient/p1"}
    stale = {"method": "PUT", "url": "Patient/p1", "ifMatch": 'W/"7"'}
    bundle = a_transaction(
        {"request": {"method": "GET", "url": "Patient/p1"}},
        {"resource": a_patient(id="p1"), "request": put},
        {"request": {"method": "DELETE", "url": "Patient/old"}},
    )
    entries = ehr.post("/", json=bundle).json()["entry"]
    assert [e["response"]["status"][:3] for e in entries] == ["200", "201", "204"]
    assert entries[0]["resource"]["id"] == "p1"
    refused = a_transaction({"resource": a_patient(id="p1"), "request": stale})
    assert ehr.post("/", json=refused).status_code == 412
    twice = a_transaction(*[{"resource": a_patient(id="p1"), "request": put}] * 2)
    assert ehr.post("/", json=twice).status_code == 400


@pytest.mark.parametrize(
    "entry",
    [
        "not an entry",
        {"resource": a_patient()},
        {"request": {"method": "PATCH", "url": "Patient/1"}},
        {"request": {"method": "POST", "url": "Patient"}},
        {"resource": a_patient(), "request": {"method": "POST", "url": "Nonsense"}},
        {"resource": a_patient(), "request": {"method": "PUT", "url": "Patient"}},
        {"request": {"method": "GET", "url": "Patient/nobody"}},
    ],
)
def test_an_entry_that_cannot_be_read_refuses_the_bundle(ehr: TestClient, entry: object) -> None:
    answer = ehr.post("/", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert answer.status_code in (400, 404)
    assert "Bundle.entry[0]" in answer.json()["issue"][0]["diagnostics"]


@pytest.mark.skipif(not SYNTHEA.is_dir(), reason="the shared development data is not here")
def test_a_whole_patient_loads_and_pages_completely(ehr: TestClient) -> None:
    content = max(SYNTHEA.glob("*.json"), key=lambda path: path.stat().st_size).read_bytes()
    headers = {"Content-Type": "application/fhir+json"} | LENIENT
    answer = ehr.post("/", content=content, headers=headers)
    made = [entry["response"]["location"].split("/_history")[0] for entry in answer.json()["entry"]]
    patient = next(at for at in made if at.startswith("Patient/"))
    url, seen = f"/Observation?patient={patient}&_sort=-date&_count=100", []
    while url:
        page = ehr.get(url).json()
        seen += [f"Observation/{entry['resource']['id']}" for entry in page["entry"]]
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    assert sorted(seen) == sorted(at for at in made if at.startswith("Observation/"))
