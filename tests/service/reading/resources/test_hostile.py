"""Odd and hostile resources: an answer each time, and never a slow one."""

import re
import time

import pytest

from service.reading.resources import prose_places, read_resource
from service.reading.resources.registry import READERS
from tests.service.reading.resources.builders import a_name, a_resource, an_order

ODD = [None, 7, True, "", "x", [], {}, [[]], [None], {"a": [1]}]
ELEMENTS = re.findall(
    r"\w+",
    """
    status intent code medicationCodeableConcept medicationReference dosageInstruction dosage
    subject verificationStatus clinicalStatus modifierExtension focus component hasMember result
    item reaction category class period reasonCode statusReason provision participant name
    extension birthDate valueQuantity valueCodeableConcept interpretation referenceRange
    dispenseRequest activity target relationship condition prediction finding vaccineCode event
    onsetAge bodySite dataAbsentReason
    """,
)


@pytest.mark.parametrize("resource_type", READERS)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_odd_element_fails_a_resource(resource_type, odd):
    whole = {element: a_name("Asthma") for element in ELEMENTS}
    for element in ELEMENTS:
        resource = a_resource(resource_type, **(whole | {element: odd}))
        for each in read_resource(resource, "Asthma\n", on="2026-01-01"):
            assert 0 <= each.start < each.end <= len("Asthma")
        prose_places(resource, "Asthma\n")


@pytest.mark.parametrize("piece", ["a", "1", "[", "(", " ", "a ", "1 ", "mg ", "no ", "a/", "-"])
def test_a_megabyte_of_anything_reads_in_a_second(piece):
    long = piece * (1_000_000 // len(piece))
    order = an_order(
        long, dosageInstruction=[{"text": long, "patientInstruction": long}], note=[a_name(long)]
    )
    answered = a_resource(
        "QuestionnaireResponse",
        item=[{"linkId": "1", "text": long, "answer": [{"valueString": long}]}],
    )
    start = time.process_time()
    for resource in (order, answered, a_resource("Condition", code=a_name(long))):
        read_resource(resource, f"{long}\n{long}\n")
        prose_places(resource, f"{long}\n{long}\n")
    assert time.process_time() - start < 12  # well below one; quadratic takes minutes
