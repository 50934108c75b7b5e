"""A resource that does not keep to R4 is named by its elements, never by its values."""

import pytest

from service.chart.validation import problems
from service.fhir import wire

RIGHT = {
    "resourceType": "Observation",
    "id": "o-1",
    "status": "final",
    "code": {"text": "TSH"},
    "valueQuantity": {"value": 1.1, "unit": "mIU/L"},
    "contained": [{"resourceType": "Patient", "id": "p-1"}],
}


def received(**changed):
    return wire.parse(wire.dump(RIGHT | changed).decode())


def test_what_is_right_has_no_problems_as_received_and_as_a_value():
    assert problems(received()) == []
    assert problems(RIGHT) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": None}, "Observation.status"),
        ({"vendorThing": 1}, "Observation.vendorThing is no element of FHIR R4"),
        ({"id": "not right!"}, "Observation.id has a value R4 does not allow"),
        ({"contained": [{"resourceType": "Patient", "id": "no id!"}]}, "Observation.contained"),
        ({"effectiveDateTime": "yesterday"}, "Observation.effectiveDateTime"),
        ({"code": []}, "Observation.code"),
        ({"resourceType": "Thing"}, "Thing is no FHIR R4 resource type"),
    ],
)
def test_what_is_wrong_is_named_by_its_element_only(changed, told):
    found = problems(received(**changed))
    assert any(each.startswith(told) for each in found)
    assert "not right!" not in "".join(found)
