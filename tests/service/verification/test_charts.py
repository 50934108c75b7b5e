"""A Bundle is read by the service's rules: replaced, restricted and strangers' records stay out."""

import base64

import pytest

from fhir_fixtures import stories
from service.errors import BadInput
from service.verification.charts import records_of


def a_note(id_, text, **elements):
    data = base64.b64encode(text.encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "id": id_,
        "status": "current",
        "subject": {"reference": "Patient/1"},
        "type": {"text": "Progress note"},
        "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
        **elements,
    }


def a_patient(id_="1"):
    return {"resourceType": "Patient", "id": id_}


def refs(*resources):
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    return {record.resource_ref for record in records_of(bundle)} - {"Patient/1"}


def test_a_replaced_note_is_no_source():
    old, new = (
        a_note("old", "Denies SI."),
        a_note(
            "new",
            "Endorses SI.",
            relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/old"}}],
        ),
    )
    assert refs(a_patient(), old, new) == {"DocumentReference/new"}


def test_the_last_version_of_a_record_is_the_one():
    older = a_note("n", "First.", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    newer = a_note("n", "Second.", meta={"lastUpdated": "2026-02-01T00:00:00Z"})
    bundle = {"resourceType": "Bundle", "entry": [{"resource": newer}, {"resource": older}]}
    (record,) = records_of(bundle)
    assert "Second." in record.text


LABEL = {
    "security": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}
    ]
}


def test_a_restricted_record_is_no_source_nor_is_one_of_a_restricted_encounter():
    visit = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "meta": LABEL,
        "subject": {"reference": "Patient/1"},
    }
    inside = a_note("in", "Counselling.", context={"encounter": [{"reference": "Encounter/e"}]})
    assert refs(a_patient(), a_note("open", "Well."), a_note("shut", "Well.", meta=LABEL)) == {
        "DocumentReference/open"
    }
    assert refs(a_patient(), visit, inside) == set()


def test_another_patients_records_are_left_aside_and_two_charts_refused():
    stranger = a_note("s", "Takes lithium.") | {"subject": {"reference": "Patient/2"}}
    assert refs(a_patient(), a_note("n", "Well."), stranger) == {"DocumentReference/n"}
    with pytest.raises(BadInput, match="records of 2 patients"):
        refs(a_patient(), a_patient("2"), stranger)


@pytest.mark.parametrize("name", stories.names())
def test_nothing_that_a_story_excludes_is_a_source(name):
    told = stories.story(name)
    found = {record.resource_ref for record in records_of(told.bundle)}
    assert not found & set(told.expected["not_evidence"])
