"""What is directed, planned or not to be done, and whether it is in force."""

import pytest

from service.chart.render.registry import render
from service.chart.render.scene import Scene
from tests.service.chart.builders import a_concept, a_record


def headline(resource):
    return render(Scene(resource)).headline


def a_directive(status="active", **provision):
    kind = a_concept("Do Not Resuscitate")
    scope = a_concept("Advanced Care Directive")
    rule = {"type": "permit", **provision}
    return a_record("Consent", status=status, scope=scope, category=[kind], provision=rule)


@pytest.mark.parametrize(
    ("directive", "told"),
    [
        (a_directive(), "Consent (Advanced Care Directive, Do Not Resuscitate): permits, "),
        (a_directive("inactive"), "No longer in force (inactive): Consent (Advanced Care"),
        (a_directive("proposed"), "Not in force yet (proposed): Consent (Advanced Care"),
        (a_directive("rejected"), "Not in force (rejected): Consent (Advanced Care"),
        (a_directive(period={"end": "2025-01-01"}), "details (in force until 2025-01-01)"),
    ],
)
def test_a_directive_says_what_it_directs_and_whether_it_is_in_force(directive, told):
    assert told in headline(directive)


DRIVING = {"description": "Drive a car", "status": "in-progress", "doNotPerform": True}


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (
            a_record("CarePlan", title="Safety plan", activity=[{"detail": DRIVING}]),
            "Care plan, Safety plan: Do not: Drive a car (in-progress)",
        ),
        (
            a_record("ServiceRequest", code=a_concept("MRI"), doNotPerform=True),
            "Order: Do not: MRI",
        ),
        (
            a_record("DeviceRequest", codeCodeableConcept=a_concept("Belt"), doNotPerform=True),
            "Device order: Do not: Belt",
        ),
        (
            a_record("CommunicationRequest", code=a_concept("Call home"), doNotPerform=True),
            "Communication request: Do not: Call home",
        ),
    ],
)
def test_what_is_not_to_be_done_begins_with_do_not(resource, told):
    assert headline(resource) == told
    assert "Do not" not in headline(resource | {"doNotPerform": False, "activity": []})


@pytest.mark.parametrize(
    ("intent", "told"),
    [
        ("proposal", "Proposed, not decided: Care plan, Diet"),
        ("option", "An option, not decided: Care plan, Diet"),
        ("plan", "Care plan, Diet"),
    ],
)
def test_a_plan_that_nobody_decided_on_says_so(intent, told):
    assert headline(a_record("CarePlan", title="Diet", intent=intent)) == told


def test_what_a_record_does_not_name_is_not_told_as_missing():
    stay = a_record("Encounter", status="finished", reasonCode=[a_concept("Syncope")])
    stay |= {"class": {"code": "IMP"}, "period": {"start": "2026-05-18"}}
    assert headline(stay).startswith("Inpatient stay, for Syncope (")
    order = a_record("Consent", status="active", category=[a_concept("Court order")])
    assert headline(order).startswith("Consent (Court order) (")
