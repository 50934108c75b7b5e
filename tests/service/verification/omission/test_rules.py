"""Each rule of must-carry finds its fact in prose, and in the record that holds it."""

import pytest

from tests.service.facts.charts import an_order
from tests.service.verification.omission.texts import RULES, a_result, asked, chart, left_out

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
    ("problem", "PMH: hypertension."),
    ("score", "PHQ-9 14 today."),
    ("result", "Na 128 (low)."),
    ("substance-use", "Smokes 1 ppd."),
    ("dependants", "Lives with her two young children."),
    ("language", "Seen with a Dari interpreter."),
    ("goal", "His goal is to drive a bus again."),
    ("pending", "Vitamin B12 level is pending."),
    ("symptom", "Chest pain when walking."),
]
CURRENT = {"coding": [{"code": "active"}]}
IN_RECORDS = [
    (
        "allergy",
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": CURRENT,
            "code": {"text": "penicillin"},
        },
    ),
    ("medication", an_order("Lithium 300 mg", 300)),
    ("stopped-medication", an_order("Paroxetine 20 mg", 20, status="stopped")),
    (
        "risk",
        {"resourceType": "Flag", "status": "active", "code": {"text": "Suicide risk"}},
    ),
    (
        "safety-plan",
        {"resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "Safety plan"},
    ),
    (
        "directive",
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "code": {"text": "Do not resuscitate"},
        },
    ),
    (
        "problem",
        {
            "resourceType": "Condition",
            "clinicalStatus": CURRENT,
            "code": {"text": "Hypertension"},
        },
    ),
    (
        "goal",
        {
            "resourceType": "Goal",
            "lifecycleStatus": "active",
            "description": {"text": "Walk daily"},
            "expressedBy": {"reference": "Patient/p", "display": "the patient"},
        },
    ),
    (
        "pending",
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "code": {"text": "TSH"},
            "authoredOn": "2026-02-20",
        },
    ),
    ("score", a_result("PHQ-9 total score", 14, "survey")),
    ("result", a_result("Sodium", 128, "laboratory")),
]


@pytest.mark.parametrize(("kind", "text"), IN_PROSE)
def test_a_fact_in_prose_alone_is_asked_for_and_carried_by_itself(kind, text):
    assert kind in [each for each, _ in asked(text)]
    assert left_out(text, text) == []
    assert kind in [each for each, _ in left_out("Seen today.", text)]


@pytest.mark.parametrize(("kind", "resource"), IN_RECORDS)
def test_a_fact_in_a_record_alone_is_asked_for(kind, resource):
    records = chart(resource)
    assert kind in [each for each, _ in asked(records=records)]
    assert kind in [each for each, _ in left_out("Seen today.", records=records)]


def test_every_kind_of_the_rules_has_its_example():
    shown = {kind for kind, _ in (*IN_PROSE, *IN_RECORDS)}
    assert {rule.kind for rule in RULES} == shown


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
    measures = chart(
        a_result("PHQ-9 total score", 21, "survey", on="2026-03-01"),
        a_result("PHQ-9 total score", 9, "survey", on="2026-05-01"),
    )
    assert left_out(said, records=measures) == missing
