"""Orders, statements, administrations, dispenses and vaccines as assertions."""

import pytest

from tests.service.reading.resources.builders import (
    a_coding,
    a_name,
    a_resource,
    an_amount,
    an_order,
    read,
    says,
)


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ({}, "medicine & sertraline & affirmed & prescribed & now & on-2026-01-05"),
        ({"status": "on-hold"}, "sertraline & held"),
        ({"status": "stopped", "statusReason": a_name("tremor")}, "stopped & past & reason=tremor"),
        ({"status": "completed"}, "prescribed & past"),
        ({"status": "cancelled"}, "prescribed & negated"),
        ({"status": "draft"}, "considered & planned"),
        ({"status": "unknown"}, "unknown"),
        ({"status": "entered-in-error"}, "gone"),
        ({"intent": "proposal"}, "considered & planned"),
        ({"intent": "plan"}, "considered & planned"),
        ({"intent": "option"}, "considered & if"),
        ({"intent": "reflex-order"}, "considered & if"),
        ({"intent": "filler-order"}, "prescribed & now"),
        ({"doNotPerform": True}, "avoid"),
        ({"reportedBoolean": True}, "says-patient"),
        ({"reasonCode": [a_name("Major depressive disorder")]}, "reason=major-depressive-disorder"),
        ({"dispenseRequest": {"validityPeriod": {"end": "2026-02-01"}}}, "past & until=2026-02-01"),
        ({"dispenseRequest": {"validityPeriod": {"end": "2026-12-01"}}}, "prescribed & now"),
        ({"modifierExtension": [{"url": "http://x/odd", "valueString": "y"}]}, "unknown"),
        ({"modifierExtension": [{"url": "http://x/negated", "valueBoolean": True}]}, "negated"),
        ({"modifierExtension": [{"url": "http://x/negated", "valueBoolean": False}]}, "affirmed"),
    ],
)
def test_an_order_says_what_is_done_and_when(elements, wanted):
    assert says(an_order(**elements), wanted)


def a_dosage(**elements):
    return an_order("Haloperidol", dosageInstruction=[elements])


def repeats(**elements):
    return {"timing": {"repeat": elements}}


@pytest.mark.parametrize(
    ("dosage", "wanted"),
    [
        ({"doseAndRate": [{"doseQuantity": an_amount(5, "mg")}]}, "dose=('mass', 0.005)"),
        (
            {
                "doseAndRate": [
                    {"doseRange": {"low": an_amount(2, "mg"), "high": an_amount(5, "mg")}}
                ]
            },
            "dose=('mass', 0.002, 0.005)",
        ),
        (
            {"doseAndRate": [{"rateQuantity": an_amount(25, "ug/h")}]},
            "dose=('mass', 2.5e-05) & dose/hour",
        ),
        (repeats(frequency=2, period=1, periodUnit="d"), "frequency=(2.0, '')"),
        (repeats(frequency=1, period=1, periodUnit="wk"), "frequency=(0.142857, '')"),
        (
            repeats(frequency=1, frequencyMax=3, period=1, periodUnit="d"),
            "frequency=(1.0, '') & frequency=(3.0, '') & frequency<= & frequency>=",
        ),
        (repeats(frequency=1, period=4, periodMax=6, periodUnit="h"), "frequency=(6.0, '')"),
        (repeats(frequency=1, period=1, periodUnit="d", when=["HS"]), "frequency=(1.0, 'night')"),
        (repeats(dayOfWeek=["mon"]), "date=--weekday-0"),
        (repeats(timeOfDay=["08:00:00"]), "time=480"),
        (repeats(boundsDuration=an_amount(7, "d")), "duration=('days', 7.0)"),
        (repeats(boundsPeriod={"end": "2026-01-12"}), "past & until=2026-01-12"),
        (repeats(count=3), "count=3.0"),
        ({"timing": {"code": a_name("BID")}}, "frequency=(2.0, '')"),
        ({"asNeededBoolean": True}, "as-needed & frequency=(0.0, 'as-needed')"),
        ({"asNeededCodeableConcept": a_name("agitation")}, "as-needed & reason=agitation"),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": an_amount(20, "mg"),
                    "denominator": {"value": 1, "unit": "d"},
                }
            },
            "dose=('mass', 0.02) & dose/day & dose<=",
        ),
        ({"route": a_name("Intramuscular")}, "route=intramuscular"),
        ({"patientInstruction": "Take with food"}, "instruction=take with food"),
        (
            {"text": "as directed", "additionalInstruction": [a_name("ONCE A WEEK ONLY")]},
            "frequency=(0.142857, '') & instruction=once a week only",
        ),
        ({"text": "5 mg twice daily"}, "dose=('mass', 0.005) & frequency=(2.0, '')"),
    ],
)
def test_a_dosage_says_how_much_how_often_and_the_most(dosage, wanted):
    assert says(a_dosage(**dosage), f"haloperidol & {wanted}")


def test_steps_stand_in_their_sequence_however_they_are_sent():
    taper = an_order(
        "Prednisone",
        dosageInstruction=[
            {"sequence": 2, "text": "10 mg daily"},
            {"sequence": 1, "text": "40 mg daily for 5 days"},
        ],
    )
    assert says(taper, "step=1 & dose=('mass', 0.04)")
    assert says(taper, "step=2 & dose=('mass', 0.01)")
    assert [each.clause for each in read(taper)] == [0, 1]


def test_a_strength_is_no_dose():
    order = an_order("Sertraline 50 MG Oral Tablet")
    assert says(order, "sertraline & strength=('mass', 0.05) & route=oral")
    assert not says(order, "dose=('mass', 0.05)")


def test_the_form_in_a_name_is_no_medicine_of_its_own():
    found = read(an_order("Paliperidone palmitate 156 mg depot injection"))
    assert [each.concept.key for each in found] == ["paliperidone"]


def test_of_two_medicines_in_one_each_has_its_strength():
    order = an_order("Acetaminophen 300 MG / Hydrocodone Bitartrate 5 MG Oral Tablet")
    assert says(order, "acetaminophen & strength=('mass', 0.3) & route=oral")
    assert says(order, "hydrocodone & strength=('mass', 0.005) & route=oral")
    assert not says(order, "acetaminophen & strength=('mass', 0.005)")


def test_a_medicine_behind_a_reference_goes_by_its_name():
    inner = {"resourceType": "Medication", "id": "m", "code": a_name("Quetiapine 25 mg")}
    held = an_order(medicationReference={"reference": "Medication/m"})
    del held["medicationCodeableConcept"]
    assert says(held, "medicine & quetiapine", inner)
    contained = held | {"contained": [inner], "medicationReference": {"reference": "#m"}}
    assert says(contained, "medicine & quetiapine")
    shown = held | {"medicationReference": {"identifier": {"value": "7"}, "display": "Olanzapine"}}
    assert says(shown, "medicine & olanzapine")


def a_statement(**elements):
    return a_resource(
        "MedicationStatement", medicationCodeableConcept=a_name("Lithium"), **elements
    )


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ({"status": "active"}, "lithium & taken & now"),
        ({"status": "completed"}, "taken & past"),
        ({"status": "intended"}, "prescribed & planned"),
        ({"status": "not-taken"}, "taken & negated"),
        ({"status": "not-taken", "statusReason": [a_name("patient refuses")]}, "declined"),
        ({"status": "not-taken", "statusReason": [a_name("forgot")]}, "missed"),
        ({"status": "active", "informationSource": {"reference": "Patient/1"}}, "says-patient"),
        (
            {"status": "active", "informationSource": {"type": "RelatedPerson", "display": "wife"}},
            "says-collateral",
        ),
        ({"status": "active", "effectivePeriod": {"start": "2025", "end": "2025-03"}}, "past"),
    ],
)
def test_a_statement_says_whether_it_is_taken(elements, wanted):
    assert says(a_statement(**elements), wanted)


@pytest.mark.parametrize(
    ("resource_type", "elements", "wanted"),
    [
        ("MedicationAdministration", {"status": "completed"}, "given-once & past"),
        ("MedicationAdministration", {"status": "not-done"}, "taken & negated"),
        (
            "MedicationAdministration",
            {"status": "not-done", "statusReason": [a_name("Patient declined")]},
            "declined & affirmed",
        ),
        (
            "MedicationAdministration",
            {"status": "not-done", "statusReason": [a_name("Held: bradycardia")]},
            "held",
        ),
        (
            "MedicationAdministration",
            {"status": "completed", "dosage": {"dose": an_amount(5, "mg")}},
            "dose=('mass', 0.005)",
        ),
        ("MedicationDispense", {"status": "completed"}, "prescribed & past & event=dispensed"),
        ("MedicationDispense", {"status": "cancelled"}, "not-filled"),
        ("MedicationDispense", {"status": "declined"}, "declined"),
    ],
)
def test_what_was_given_or_handed_out(resource_type, elements, wanted):
    resource = a_resource(resource_type, medicationCodeableConcept=a_name("Lithium"), **elements)
    assert says(resource, f"medicine & lithium & {wanted}")


def test_a_vaccine_not_given_is_not_given():
    vaccine = {"vaccineCode": a_name("Influenza vaccine"), "occurrenceDateTime": "2026-01-02"}
    given = a_resource("Immunization", status="completed", **vaccine)
    refused = a_resource(
        "Immunization", status="not-done", statusReason=a_coding("PATOBJ"), **vaccine
    )
    assert says(given, "taken & past & affirmed & on-2026-01-02")
    assert says(refused, "declined")
