"""Each rule of must-carry finds its fact in prose, and in the record that holds it."""

import pytest

from tests.service.drafting.builders import a_measure, a_record
from tests.service.verification.omission.texts import RULES, asked, left_out

IN_PROSE = [
    ("allergy", "Allergic to latex (hives)."),
    ("medication", "Continue sertraline 50 mg daily."),
    ("stopped-medication", "Stopped paroxetine because of nausea."),
    ("monitoring", "On lithium 900 mg. Lithium level 0.8."),
    ("risk", "Denies SI."),
    ("risk", "HI toward a neighbour."),
    ("risk", "Owns a shotgun."),
    ("risk", "Protective factors: her sister, her faith."),
    ("risk", "Acute risk low."),
    ("risk", "Overdosed in 2019."),
    ("safety-plan", "Crisis plan reviewed."),
    ("legal", "Held on a 72-hour hold."),
    ("legal", "Lacks capacity to consent."),
    ("restraint", "Placed in restraints once."),
    ("directive", "DNR/DNI."),
    ("pregnancy", "She is 22 weeks pregnant."),
    ("pregnancy", "Breastfeeding."),
    ("problem", "PMH: hypertension."),
    ("score", "PHQ-9 14 today."),
    ("result", "Na 128 (low)."),
    ("substance-use", "Smokes 1 ppd."),
    ("dependants", "Lives with her two young children."),
    ("language", "Seen with a Dari interpreter."),
    ("goal", "His goal is to drive a bus again."),
    ("pending", "Vitamin B12 level is pending."),
]
IN_RECORDS = [
    ("allergy", "AllergyIntolerance", "Allergy: penicillin", {"title": "penicillin"}),
    ("medication", "MedicationRequest", "Lithium 300 mg (active)", {"title": "Lithium 300 mg"}),
    (
        "stopped-medication",
        "MedicationRequest",
        "Paroxetine 20 mg (stopped)",
        {"title": "Paroxetine 20 mg", "status": "stopped"},
    ),
    ("risk", "Flag", "Flag: suicide risk (active)", {"title": "Flag: suicide risk"}),
    ("safety-plan", "CarePlan", "Care plan, Safety plan (active)", {"title": "Safety plan"}),
    ("directive", "Consent", "Do not resuscitate (active)", {"title": "Do not resuscitate"}),
    ("pregnancy", "Condition", "Pregnant (active)", {"title": "Pregnant"}),
    ("problem", "Condition", "Hypertension (active)", {"title": "Hypertension"}),
    ("language", "Patient", "Dari; interpreter needed", {"title": "Leila"}),
    (
        "goal",
        "Goal",
        "Goal: walk daily; expressed by the patient (active)",
        {"title": "Goal: walk daily"},
    ),
    ("pending", "ServiceRequest", "Order: TSH (active)", {"title": "Order: TSH"}),
]


@pytest.mark.parametrize(("kind", "text"), IN_PROSE)
def test_a_fact_in_prose_alone_is_asked_for_and_carried_by_itself(kind, text):
    assert kind in [each for each, _ in asked(text)]
    assert left_out(text, text) == []
    assert kind in [each for each, _ in left_out("Seen today.", text)]


@pytest.mark.parametrize(("kind", "resource_type", "line", "columns"), IN_RECORDS)
def test_a_fact_in_a_record_alone_is_asked_for(kind, resource_type, line, columns):
    record = a_record(resource_type, line, **{"status": "active", **columns})
    assert kind in [each for each, _ in asked(records=[record])]
    assert kind in [each for each, _ in left_out("Seen today.", records=[record])]


@pytest.mark.parametrize(
    ("kind", "name", "value"), [("score", "PHQ-9", "14"), ("result", "Sodium", "128 mmol/L (low)")]
)
def test_a_measurement_in_a_record_alone_is_asked_for(kind, name, value):
    category = {"score": "survey", "result": "laboratory"}[kind]
    measure = a_measure(name, value, "2026-05-01", category=category)
    assert kind in [each for each, _ in left_out("Seen today.", records=[measure])]


def test_every_rule_has_its_examples():
    recorded = {kind for kind, *_ in IN_RECORDS} | {"score", "result"}
    assert {rule.kind for rule in RULES if rule.record_types} == recorded
    assert sum(bool(rule.prose) for rule in RULES) == len(IN_PROSE)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("PHQ-9 9, down from 21.", []),
        ("PHQ-9 fell to 9.", []),
        ("PHQ-9 was 21, then 9.", []),
        ("PHQ-9 9.", [("score", ("direction",))]),
        ("PHQ-9 rose to 9.", [("score", ("direction",))]),
        ("PHQ-9 21.", [("score", ("value",))]),
    ],
)
def test_the_direction_of_a_score_belongs_to_it(said, missing):
    assert left_out(said, "PHQ-9 fell from 21 to 9.") == missing
    measures = [a_measure("PHQ-9", "21", "2026-03-01"), a_measure("PHQ-9", "9", "2026-05-01")]
    assert left_out(said, records=measures) == missing
