"""What the sandbox EHR itself writes is R4, say two validators that it does not use."""

from starlette.testclient import TestClient

from tests.fhir_fixtures.resources import (
    a_document,
    a_patient,
    a_provenance,
    a_transaction,
    an_entry,
)
from tests.fhir_fixtures.validators import (
    Resource,
    fhirkit_errors,
    medplum_errors_of_each,
)


def answers(ehr: TestClient) -> list[Resource]:
    """One of each kind of thing that the server makes up."""
    ehr.put("/Patient/p1", json=a_patient(id="p1"))
    ehr.put("/DocumentReference/d1", json=a_document("Patient/p1", id="d1"))
    ehr.put("/Provenance/v1", json=a_provenance("DocumentReference/d1", "Patient/p1", id="v1"))
    bad = an_entry({"resourceType": "Patient", "nickname": "M"})
    paths = [
        "/metadata",
        "/DocumentReference?_revinclude=Provenance:target&mood=low",
        "/Patient/p1",
        "/Patient/p1/_history",
        "/Patient/nobody",
    ]
    batch = a_transaction(an_entry(a_patient()), bad, type="batch")
    return [ehr.get(path).json() for path in paths] + [ehr.post("/", json=batch).json()]


def test_answers_are_valid_for_fhirkit(ehr: TestClient) -> None:
    assert [fhirkit_errors(resource) for resource in answers(ehr)] == [[]] * 6


def test_answers_are_valid_for_medplum(ehr: TestClient) -> None:
    assert medplum_errors_of_each(answers(ehr)) == [[]] * 6
