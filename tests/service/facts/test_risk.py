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


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("command-hallucinations", "Denies command hallucinations since 02/01."),
        ("passive-death-wish", "No wish to be dead since 2/10."),
        ("self-harm", "No self-harm since February 3."),
    ],
)
def test_what_is_denied_since_a_day_is_the_word_of_the_day_it_was_told(key, word):
    found = facts(
        a_note("Has command hallucinations. Wish to be dead. Self-harm.", on="2026-02-20"),
        a_note(word, on="2026-03-01"),
    )
    fact = risk(found, key)
    assert (fact.on, fact.standing) == ("2026-03-01", Standing.PAST)


@pytest.mark.parametrize(
    "denial", ["No suicide attempts.", "No hx suicide attempt.", "Never attempted suicide."]
)
def test_who_denies_any_attempt_denies_the_overdose_that_is_known(denial):
    found = facts(
        a_note(denial, on="2026-02-01"),
        a_note("Took an overdose in 2011.", on="2026-03-01"),
    )
    (conflict,) = found.conflicts
    assert (conflict.kind, conflict.key) == (ConflictKind.WHO, "suicide-attempt")
    assert "2026-02-01" in conflict.why and "2011" in conflict.why


@pytest.mark.parametrize(
    "denial",
    ["No suicide attempts since discharge.", "No suicide attempts in the interval."],
)
def test_a_denial_of_some_time_is_none_of_what_was_before(denial):
    found = facts(
        a_note("Took an overdose in 2011.", on="2026-01-01"), a_note(denial, on="2026-02-01")
    )
    assert not found.conflicts


@pytest.mark.parametrize(
    ("asked", "standing"),
    [
        ("Have you had thoughts of killing yourself? (lifetime)", Standing.PAST),
        ("Have you ever had thoughts of killing yourself?", Standing.PAST),
        ("Have you had thoughts of killing yourself? (past month)", Standing.CURRENT),
    ],
)
@pytest.mark.parametrize("kind", ["Observation", "QuestionnaireResponse"])
def test_what_was_asked_of_the_whole_life_is_not_of_today(asked, standing, kind):
    item = [{"linkId": "1", "text": asked, "answer": [{"valueBoolean": True}]}]
    given = {"code": {"text": asked}, "valueBoolean": True, "status": "final"}
    of_kind = given if kind == "Observation" else {"status": "completed", "item": item}
    found = facts(resources({"resourceType": kind, **of_kind}))
    assert risk(found, "suicidal-ideation").standing is standing


@pytest.mark.parametrize(
    "denial", ["Denies active SI, plan, intent.", "No active SI.", "No active suicidal thoughts."]
)
def test_active_ideation_that_is_denied_is_not_so(denial):
    fact = risk(facts(a_note(f"Passive death wish at times. {denial}")), "active-suicidal-ideation")
    assert fact.standing is Standing.REFUTED
