"""GET /patients/{id}/facts: facts, quotes, conflicts; nothing of restricted records."""

import base64

import pytest

from service.chart.ingest import ingest


def a_note(text, number, on, **more):
    attached = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    return {
        "resourceType": "DocumentReference",
        "id": number,
        "status": "current",
        "subject": {"reference": "Patient/f1"},
        "date": on,
        "content": [{"attachment": attached}],
        **more,
    }


CHART = (
    {"resourceType": "Patient", "id": "f1", "birthDate": "1980-05-01", "gender": "female"},
    a_note("Started sertraline 50 mg daily. Denies suicidal ideation.", "n1", "2026-01-05"),
    a_note("Allergies: penicillin (rash)", "n2", "2026-01-06"),
    a_note("Allergies: NKDA", "n3", "2026-02-06"),
    a_note(
        "Group session notes: takes naltrexone 50 mg daily.",
        "n4",
        "2026-02-07",
        meta={"security": [{"code": "42CFRPart2"}]},
    ),
)


def the_chart(session):
    entry = [{"resource": each} for each in CHART]
    ingest(session, "test", [{"resourceType": "Bundle", "type": "collection", "entry": entry}])


@pytest.fixture
def asked(committed, clinician):
    committed(the_chart)
    return clinician.get("/api/v1/patients/f1/facts").json()


def test_facts_lead_to_the_words_that_they_rest_on(asked):
    (sertraline,) = [f for f in asked["facts"] if f["key"] == "sertraline"]
    assert (sertraline["standing"], sertraline["since"]) == ("current", "2026-01-05")
    assert [v["words"] for v in sertraline["values"]] == ["50 mg", "daily"]
    (source,) = sertraline["sources"]
    assert source["source_ref"] == "DocumentReference/n1"
    assert source["quote"] == "Started sertraline 50 mg daily."


def test_conflicts_keep_both_sides(asked):
    (conflict,) = asked["conflicts"]
    assert conflict["kind"] == "no-allergy"
    assert [side["on"] for side in conflict["sides"]] == ["2026-02-06", "2026-01-06"]


def test_a_restricted_record_feeds_nothing_and_that_is_told_to_who_treats(asked):
    assert "naltrexone" not in str(asked)
    assert asked["withheld_words"] == "1 restricted record was not used."


def test_who_does_not_treat_is_not_told(committed, sign_in):
    committed(the_chart)
    body = sign_in("qa").get("/api/v1/patients/f1/facts").json()
    assert body["withheld_words"] == "Some records may not be shown to you."


def test_some_kinds_can_be_asked_for(asked, clinician):
    body = clinician.get("/api/v1/patients/f1/facts", params={"kind": ["risk", "allergy"]}).json()
    assert {fact["kind"] for fact in body["facts"]} == {"risk", "allergy"}
    assert clinician.get("/api/v1/patients/f1/facts?kind=mood").status_code == 422


def test_nobody_s_facts_are_a_404_and_looking_leaves_its_mark(asked, clinician, sign_in):
    assert clinician.get("/api/v1/patients/nobody/facts").status_code == 404
    rows = sign_in("it").get("/api/v1/audit", params={"action": "chart.viewed"}).json()["rows"]
    assert [row["patient_ref"] for row in rows] == ["Patient/f1"]
