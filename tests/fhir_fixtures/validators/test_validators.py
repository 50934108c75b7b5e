"""Both outside validators accept what we write when it is right and refuse it when it is not."""

from typing import Any

import pytest

from tests.fhir_fixtures.resources import a_device, a_document, a_patient, a_provenance
from tests.fhir_fixtures.validators import (
    fhirkit_errors,
    medplum_errors,
    medplum_errors_of_each,
)

RIGHT = [
    a_patient(),
    a_device(),
    a_document("Patient/1"),
    a_provenance("DocumentReference/1", "Device/1"),
]
# Each with the element that an error must name.
WRONG: list[tuple[dict[str, Any], str]] = [
    (a_device(deviceName=[{"name": "Countersign"}]), "deviceName"),
    (a_device(maker="us"), "maker"),
    (a_document("Patient/1", status=None), "status"),
    (a_document("Patient/1", content=[]), "content"),
    (a_document("Patient/1", date="yesterday"), "date"),
    (a_document("Patient/1", category={"text": "note"}), "category"),
    (a_provenance("DocumentReference/1", "Device/1", agent=None), "agent"),
    (a_provenance("DocumentReference/1", "Device/1", recorded=None), "recorded"),
]


@pytest.mark.parametrize("resource", RIGHT, ids=lambda r: str(r["resourceType"]))
def test_fhirkit_accepts_what_is_right(resource: dict[str, Any]) -> None:
    assert fhirkit_errors(resource) == []


@pytest.mark.parametrize(("resource", "element"), WRONG)
def test_fhirkit_refuses_what_is_wrong(resource: dict[str, Any], element: str) -> None:
    assert any(element in error for error in fhirkit_errors(resource))


def test_medplum_accepts_what_is_right() -> None:
    assert medplum_errors_of_each(RIGHT) == [[] for _ in RIGHT]


def test_medplum_refuses_what_is_wrong() -> None:
    found = medplum_errors_of_each([resource for resource, _ in WRONG])
    for errors, (_, element) in zip(found, WRONG, strict=True):
        assert any(element in error for error in errors), element


def test_medplum_answers_for_one() -> None:
    assert medplum_errors(a_device()) == []


def test_a_missing_validator_is_a_skip_but_a_failure_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Node"):
        medplum_errors(a_device())
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Node"):
        medplum_errors(a_device())
