"""What names a patient and those close to them is read from the resources, whatever their shape."""

import json

from service.chart.identity import identity
from tests.service.drafting.builders import a_record


def a_person(resource_type, **elements):
    raw = json.dumps({"resourceType": resource_type, **elements})
    return a_record(resource_type, "somebody", raw=raw)


def test_a_patient_and_their_contacts_are_known_by_name_number_and_place():
    found = identity(
        [
            a_person(
                "Patient",
                name=[{"family": "Lindqvist-Moore", "given": ["Karin", "M."]}],
                identifier=[{"value": "NFH-1"}],
                birthDate="1944-02-11",
                telecom=[{"value": "+1-555-0107"}],
                address=[{"line": ["7 Quarry Road"], "city": "Northfield", "postalCode": "01360"}],
                contact=[
                    {
                        "name": {"text": "Walter Lindqvist"},
                        "telecom": [{"value": "+1-555-0108"}],
                        "address": {"city": "Springfield"},
                    }
                ],
            )
        ]
    )
    assert found.names == {"Lindqvist-Moore", "Karin", "M.", "Walter", "Lindqvist"}
    assert found.numbers == {"NFH-1"} and found.births == {"1944-02-11"}
    assert found.contacts == {"+1-555-0107", "+1-555-0108"}
    assert found.addresses == {"7 Quarry Road", "Northfield", "01360", "Springfield"}


def test_a_related_person_counts_and_a_clinician_does_not():
    records = [
        a_person("RelatedPerson", name=[{"given": ["Hodan"]}]),
        a_person("Practitioner", name=[{"given": ["Ines"]}]),
    ]
    assert identity(records).names == {"Hodan"}


def test_elements_of_the_wrong_shape_are_passed_over():
    found = identity([a_person("Patient", name="Karin", telecom=3, address=["x"], contact=None)])
    assert found == identity([])
