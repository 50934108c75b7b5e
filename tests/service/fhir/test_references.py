"""A reference means the same record however it is written."""

import pytest

from service.fhir.references import (
    base_of,
    contained,
    local_ref,
    references_in,
    resolve,
    type_of,
)

BASE = "https://ehr.test/fhir"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Patient/1", "Patient/1"),
        ("Patient/1/_history/4", "Patient/1"),
        (f"{BASE}/Patient/1", "Patient/1"),
        (f"{BASE}/Patient/1/_history/4", "Patient/1"),
        ("https://elsewhere.test/fhir/Patient/1", None),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", None),
        ("#contained", None),
        ("Patient?identifier=a|b", None),
        ("Patient/1/../2", None),
        ("patient/1", None),
    ],
)
def test_what_a_reference_means_here(written, meant):
    assert local_ref(written, bases=(BASE,)) == meant


def test_a_bundle_says_what_its_full_urls_mean():
    known = {"urn:uuid:1": "Patient/9", "https://x.test/Patient/2": "Patient/2"}
    assert resolve("urn:uuid:1", known=known) == "Patient/9"
    assert resolve("https://x.test/Patient/2/_history/1", known=known) == "Patient/2"
    assert resolve("urn:uuid:2", known=known) == "urn:uuid:2"


def test_the_base_and_the_type_of_an_address():
    assert base_of(f"{BASE}/Patient/1") == BASE
    assert base_of("urn:uuid:1") is None
    assert type_of(f"{BASE}/Patient/1/_history/2") == "Patient"
    assert type_of("urn:uuid:1") == ""


def test_references_are_found_at_every_depth_and_contained_ones_followed():
    resource = {
        "subject": {"reference": "Patient/1"},
        "basedOn": [{"reference": "#r"}],
        "contained": [{"resourceType": "X", "id": "r", "who": {"reference": "Practitioner/2"}}],
    }
    assert list(references_in(resource)) == ["Patient/1", "Practitioner/2"]
    assert contained(resource, "#r")["resourceType"] == "X"
    assert contained({"contained": [{"id": "#r"}]}, "#r") == {"id": "#r"}
    assert contained({"contained": "odd"}, "#r") is None


@pytest.mark.parametrize("written", ["Binary/..", "Binary/.", "Patient/../Binary", "Binary/../x"])
def test_dots_name_nothing(written):
    assert local_ref(written) is None
    assert local_ref("http://ehr.test/fhir/" + written, bases=("http://ehr.test/fhir",)) is None


def test_an_id_may_hold_dots():
    assert local_ref("Binary/1..2") == "Binary/1..2"
    assert local_ref("Binary/..a") == "Binary/..a"
