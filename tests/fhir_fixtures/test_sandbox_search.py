"""The sandbox EHR searches and pages as R4 says, and says what it cannot do."""

import time
from typing import Any

import fhirkit
import pytest
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.dates import span
from fhir_fixtures.sandbox.parameters import PARAMETERS
from fhir_fixtures.sandbox.types import RESOURCE_TYPES
from tests.fhir_fixtures.resources import (
    LOINC,
    a_document,
    a_patient,
    a_provenance,
    a_transaction,
    an_entry,
    an_observation,
    concept,
)

LENIENT = {"Prefer": "handling=lenient"}


@pytest.fixture
def chart(ehr: TestClient) -> TestClient:
    """Patients p1 and p2; p1 has a score for each of January to June 2025."""
    for patient in ("p1", "p2"):
        ehr.put(f"/Patient/{patient}", json=a_patient(id=patient))
        for month in range(1, 7 if patient == "p1" else 2):
            day = f"2025-{month:02d}-15"
            score = an_observation(f"Patient/{patient}", day, id=f"{patient}-{month}")
            score["identifier"] = [{"system": "urn:scores", "value": str(month)}]
            score["encounter"] = {"reference": f"Encounter/e{month % 2}"}
            ehr.put(f"/Observation/{patient}-{month}", json=score)
    return ehr


def ids(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    entries = [e for e in bundle.get("entry", []) if e["search"]["mode"] == mode]
    return [entry["resource"].get("id", "") for entry in entries]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("patient=p1", "1 2 3 4 5 6"),
        ("patient=Patient/p1", "1 2 3 4 5 6"),
        ("subject=Patient/p1", "1 2 3 4 5 6"),
        ("subject:Patient=p1", "1 2 3 4 5 6"),
        ("patient=http://ehr.test/Patient/p1", "1 2 3 4 5 6"),
        ("patient=p1&encounter=Encounter/e0", "2 4 6"),
        ("patient=p1&identifier=urn:scores|3", "3"),
        ("patient=p1&identifier=3,4", "3 4"),
        ("patient=p1&identifier=urn:other|3", ""),
        ("patient=p1&code=http://loinc.org|44261-6&status=final&category=survey", "1 2 3 4 5 6"),
        ("patient=p1&status:not=final", ""),
        ("patient=p1&encounter:missing=true", ""),
        ("_id=p1-2,p1-5", "2 5"),
        ("patient=p1&date=2025-03-15", "3"),
        ("patient=p1&date=2025-03", "3"),
        ("patient=p1&date=gt2025-03-15", "4 5 6"),
        ("patient=p1&date=ge2025-03-15", "3 4 5 6"),
        ("patient=p1&date=lt2025-03-15", "1 2"),
        ("patient=p1&date=le2025-03-15", "1 2 3"),
        ("patient=p1&date=ne2025-03-15", "1 2 4 5 6"),
        ("patient=p1&date=ge2025-02&date=lt2025-05", "2 3 4"),
        ("patient=p1&date=2025-01-15,2025-06-15", "1 6"),
        ("patient=p1&_sort=-date&_count=2", "6 5"),
        ("patient=p1&_sort=date&_count=2", "1 2"),
        ("patient=p1&_sort=-_lastUpdated&_count=1", "6"),
        ("patient=p1&_lastUpdated=gt2020", "1 2 3 4 5 6"),
        ("patient=p1&_lastUpdated=lt2020", ""),
    ],
)
def test_searches_find_what_they_name(chart: TestClient, query: str, expected: str) -> None:
    wanted = [f"p1-{number}" for number in expected.split()]
    by_get = chart.get(f"/Observation?{query}").json()
    assert ids(by_get) == wanted
    by_post = chart.post(
        "/Observation/_search",
        content=query,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ).json()
    assert ids(by_post) == wanted


def test_last_updated_of_an_answer_finds_only_what_came_later(chart: TestClient) -> None:
    last = chart.get("/Observation/p1-3").json()["meta"]["lastUpdated"]
    found = chart.get("/Observation", params={"patient": "p1", "_lastUpdated": f"gt{last}"}).json()
    assert ids(found) == ["p1-4", "p1-5", "p1-6"]


def test_an_unknown_parameter_is_named_or_refused(chart: TestClient) -> None:
    answer = chart.get("/Observation?patient=p1&mood=low&_sort=mood").json()
    assert len(ids(answer)) == 6
    (outcome,) = [e["resource"] for e in answer["entry"] if e["search"]["mode"] == "outcome"]
    assert [issue["severity"] for issue in outcome["issue"]] == ["warning", "warning"]
    strict = chart.get("/Observation?mood=low", headers={"Prefer": "handling=strict"})
    assert strict.status_code == 400
    assert "mood" in strict.json()["issue"][0]["diagnostics"]


def test_summary_count_gives_only_the_total(chart: TestClient) -> None:
    for query in ("_summary=count", "_count=0"):
        answer = chart.get(f"/Observation?patient=p1&{query}").json()
        assert answer["total"] == 6
        assert "entry" not in answer


def test_pages_do_not_shift_while_the_chart_changes(chart: TestClient) -> None:
    page = chart.get("/Observation?patient=p1&_sort=-date&_count=2").json()
    seen = ids(page)
    chart.put("/Observation/new", json=an_observation("Patient/p1", "2025-12-01", id="new"))
    changed = an_observation("Patient/p1", "2025-11-01", id="p1-3", status="amended")
    chart.put("/Observation/p1-3", json=changed)
    chart.delete("/Observation/p1-1")
    while following := [link["url"] for link in page["link"] if link["relation"] == "next"]:
        assert "p1" not in following[0]
        page = chart.get(following[0]).json()
        assert page["total"] == 6
        seen += ids(page)
    assert seen == ["p1-6", "p1-5", "p1-4", "p1-3", "p1-2", "p1-1"]
    assert ids(chart.get("/Observation?patient=p1&_sort=-date&_count=2").json()) == ["new", "p1-3"]


def test_include_and_revinclude_bring_their_resources_once(chart: TestClient) -> None:
    chart.put("/DocumentReference/d1", json=a_document("Patient/p1", id="d1"))
    chart.put("/Provenance/v1", json=a_provenance("DocumentReference/d1", "Patient/p1", id="v1"))
    found = chart.get(
        "/DocumentReference?patient=p1&_include=DocumentReference:subject"
        "&_revinclude=Provenance:target"
    ).json()
    assert (ids(found), sorted(ids(found, "include"))) == (["d1"], ["p1", "v1"])
    assert found["total"] == 1


def test_a_medication_is_found_by_its_code(ehr: TestClient) -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    request = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(rxnorm, "6448"),
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2025-02-03",
    }
    ehr.put("/MedicationRequest/m1", json={**request, "id": "m1"})
    found = ehr.get(f"/MedicationRequest?code={rxnorm}|6448&intent=order&authoredon=2025-02")
    assert ids(found.json()) == ["m1"]


def test_an_open_period_reaches_to_today(ehr: TestClient) -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "period": {"start": "2025-01-01T08:00:00-05:00"},
    }
    ehr.put("/Encounter/e1", json=encounter)
    assert ids(ehr.get("/Encounter?date=ge2025-06-01&class=IMP").json()) == ["e1"]
    assert ids(ehr.get("/Encounter?date=lt2025-01-01T12:00:00Z").json()) == []


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2024", 366 * 86_400_000),
        ("2024-02", 29 * 86_400_000),
        ("2024-12-31", 86_400_000),
        ("2024-02-01T10:00Z", 60_000),
        ("2024-02-01T10:00:00+01:00", 1000),
        ("2024-02-01T10:00:00.123-05:00", 1),
    ],
)
def test_a_date_covers_as_much_as_its_precision(text: str, milliseconds: int) -> None:
    first, last = span(text)
    assert last - first + 1 == milliseconds


def test_a_chart_of_three_thousand_answers_a_page_quickly(ehr: TestClient) -> None:
    days = [f"20{10 + n // 300}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(3000)]
    entries = [an_entry(an_observation("Patient/p1", day)) for day in days]
    assert ehr.post("/", json=a_transaction(*entries), headers=LENIENT).status_code == 200
    query = f"/Observation?patient=p1&code={LOINC}|44261-6&_sort=-date&_count=100"
    ehr.get(query)
    started = time.perf_counter()
    answer = ehr.get(query)
    seconds = time.perf_counter() - started
    assert answer.json()["total"] == 3000
    assert seconds < 0.25  # 15 ms on an idle machine; the margin is for a busy one


def test_metadata_tells_what_search_can_do(ehr: TestClient) -> None:
    statement = ehr.get("/metadata").json()
    assert [i for i in fhirkit.validate(statement) if i.severity == "error"] == []
    observation = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Observation")
    for parameter in observation["searchParam"]:
        value = {"date": "2025-01-01"}.get(parameter["type"], "x")
        query = f"/Observation?{parameter['name']}={value}"
        answer = ehr.get(query, headers={"Prefer": "handling=strict"})
        assert answer.status_code == 200, parameter


def test_the_type_list_is_that_of_r4() -> None:
    assert set(fhirkit.RESOURCE_TYPES) == RESOURCE_TYPES
    for parameter in PARAMETERS:
        assert parameter.types <= RESOURCE_TYPES, parameter.name


@pytest.mark.parametrize(
    "broken",
    [
        {"code": {"coding": "x"}, "category": [None, 3, "x"], "meta": "x"},
        {"subject": "Patient/p1", "identifier": "x", "status": {"a": []}},
        {"effectivePeriod": [{"start": 3}], "effectiveDateTime": {}, "encounter": {"reference": 1}},
    ],
)
def test_what_has_the_wrong_shape_is_kept_and_found_by_the_rest(
    ehr: TestClient, broken: dict[str, Any]
) -> None:
    observation = an_observation("Patient/p1", "2025-01-01", id="o1", **broken)
    assert ehr.put("/Observation/o1", json=observation, headers=LENIENT).status_code == 201
    assert ids(ehr.get("/Observation?_id=o1&_include=Observation:subject").json()) == ["o1"]


def test_a_search_may_name_many_but_not_any_number(ehr: TestClient) -> None:
    ehr.put("/Patient/p7", json=a_patient(id="p7"))
    many = ",".join(f"p{n}" for n in range(500))
    assert ids(ehr.post("/Patient/_search", data={"_id": many}).json()) == ["p7"]
    assert ehr.post("/Patient/_search", data={"_id": f"{many},x"}).status_code == 400
