"""A record is in the chart of the one patient that it is about, or in nobody's."""

import pytest

from service.chart.compartments import patient_of
from service.chart.security import labels_of
from tests.service.chart.builders import a_record

P1, P2 = {"reference": "Patient/p1"}, {"reference": "Patient/p2"}


def owner(resource, *others):
    held = {f"{r['resourceType']}/{r['id']}": r for r in others}
    return patient_of(resource, resolve=lambda r: r, find=held.get)


@pytest.mark.parametrize(
    ("resource", "patient"),
    [
        ({"resourceType": "Patient", "id": "p1"}, "Patient/p1"),
        ({"resourceType": "Condition", "subject": P1}, "Patient/p1"),
        ({"resourceType": "Immunization", "patient": P1}, "Patient/p1"),
        ({"resourceType": "Coverage", "beneficiary": P1}, "Patient/p1"),
        ({"resourceType": "Task", "for": P1}, "Patient/p1"),
        (
            {
                "resourceType": "Appointment",
                "participant": [{"actor": {"reference": "Practitioner/1"}}, {"actor": P1}],
            },
            "Patient/p1",
        ),
        ({"resourceType": "Appointment", "participant": [{"actor": P1}, {"actor": P2}]}, None),
        ({"resourceType": "Condition", "subject": {"reference": "Group/1"}}, None),
        ({"resourceType": "Condition", "subject": {"identifier": {"value": "7"}}}, None),
        ({"resourceType": "Condition", "subject": "odd"}, None),
        ({"resourceType": "Condition", "recorder": P1}, None),
        ({"resourceType": "Group", "member": [{"entity": P1}]}, None),
        ({"resourceType": "Practitioner"}, None),
        ({"resourceType": "Provenance", "target": [P1]}, "Patient/p1"),
        ({"resourceType": "Provenance", "target": [{"reference": "Goal/1"}]}, "Patient/p1"),
        ({"resourceType": "Provenance", "target": [{"reference": "Goal/2"}]}, None),
        ({"resourceType": "Binary", "securityContext": {"reference": "Goal/1"}}, "Patient/p1"),
    ],
)
def test_whose_record_it_is(resource, patient):
    assert owner(resource, a_record("Goal", "1")) == patient


def test_labels_come_from_every_place_that_carries_them():
    inline = {
        "url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/"
        "extension-inline-sec-label",
        "valueCoding": {"code": "PSYTHPN"},
    }
    basis = {
        "url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/"
        "extension-sec-label-basis",
        "valueCoding": {"code": "42CFRPart2"},
    }
    document = {
        "resourceType": "DocumentReference",
        "meta": {"security": [{"code": "R", "extension": [basis]}]},
        "securityLabel": [{"coding": [{"code": "SUD"}]}],
        "content": [{"extension": [inline]}],
    }
    assert labels_of(document) == {"R", "42CFRPart2", "SUD", "PSYTHPN"}
    assert labels_of({"resourceType": "Composition", "confidentiality": "V"}) == {"V"}
    assert labels_of({"resourceType": "X", "meta": {"security": "odd"}}) == set()
