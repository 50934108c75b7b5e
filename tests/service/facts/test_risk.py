"""Risk topics: the latest word, who says so, and whatever ever happened."""

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import a_note, facts, resources, the_fact


def risk(found, key):
    return the_fact(found, FactKind.RISK, key)


def test_the_latest_word_stands_and_the_earlier_is_kept():
    found = facts(
        a_note("She reports suicidal ideation.", on="2026-01-01"),
        a_note("She denies suicidal ideation.", on="2026-03-01"),
    )
    fact = risk(found, "suicidal-ideation")
    assert fact.standing is Standing.PAST
    assert "denied on 2026-03-01 by the patient" in fact.why and "2026-01-01" in fact.why
    assert [change.on for change in fact.history] == ["2026-01-01", "2026-03-01"]


def test_what_was_only_ever_denied_is_not_so():
    fact = risk(facts(a_note("Denies suicidal ideation.")), "suicidal-ideation")
    assert (fact.standing, fact.status) == (Standing.REFUTED, "denied")


def test_an_attempt_is_past_and_keeps_its_day():
    fact = risk(facts(a_note("She made a suicide attempt in 2019.")), "suicide-attempt")
    assert (fact.standing, fact.since) == (Standing.PAST, "2019")


def test_a_yes_of_a_questionnaire_stands_with_its_day():
    answered = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-03-01",
        "item": [
            {
                "linkId": "93247-5",
                "text": "Have you actually had any thoughts of killing yourself?",
                "answer": [{"valueBoolean": True}],
            }
        ],
    }
    found = facts(resources(answered))
    assert [(f.standing, f.on) for f in found.of(FactKind.RISK)] == [
        (Standing.CURRENT, "2026-03-01")
    ]


def test_not_asked_is_not_denied():
    fact = risk(facts(a_note("Suicidal ideation: not assessed.")), "suicidal-ideation")
    assert fact.standing is Standing.UNKNOWN


def test_a_revoked_safety_plan_is_past():
    plan = {
        "resourceType": "CarePlan",
        "status": "revoked",
        "intent": "plan",
        "title": "Safety plan",
    }
    fact = risk(facts(resources(plan)), "safety-plan")
    assert (fact.standing, fact.status) == (Standing.PAST, "revoked")


def test_the_level_of_a_flag_is_told():
    flag = {
        "resourceType": "Flag",
        "status": "active",
        "code": {"text": "High suicide risk"},
        "period": {"start": "2026-02-01"},
    }
    fact = risk(facts(resources(flag)), "suicide-risk")
    assert (fact.standing, fact.status) == (Standing.CURRENT, "high")


def test_the_patient_denies_what_another_says():
    found = facts(
        a_note("Patient denies access to guns.", on="2026-03-01"),
        a_note("Collateral: Mother reports that he has a gun.", on="2026-03-02"),
    )
    assert [c.kind for c in found.conflicts] == [ConflictKind.WHO]


def test_never_beside_what_happened_is_a_conflict():
    found = facts(
        a_note("She made a suicide attempt in 2019.", on="2025-01-01"),
        a_note("No history of suicide attempts.", on="2026-03-01", author="Dr. B"),
    )
    assert [c.kind for c in found.conflicts] == [ConflictKind.WHO]
    fact = risk(found, "suicide-attempt")
    assert (fact.standing, fact.since) == (Standing.PAST, "2019")


@pytest.mark.parametrize(
    "sentence", ["If suicidal, call 988.", "Return if you have thoughts of suicide."]
)
def test_what_is_only_warned_of_is_no_risk(sentence):
    assert all(f.key != "suicidal-ideation" for f in facts(a_note(sentence)).of(FactKind.RISK))


def test_anothers_risk_is_not_the_patients():
    assert not facts(a_note("Her brother is suicidal.")).of(FactKind.RISK)
