"""Who the patient is, law and directives, substances, people, goals and own words."""

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import a_note, facts, read_bundle, resources, said, the_fact

PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "1980-05-01",
    "gender": "male",
    "name": [
        {"use": "official", "family": "Doe", "given": ["Jo"]},
        {"use": "usual", "text": "Joey"},
    ],
}


def identity(found, key):
    return the_fact(found, FactKind.IDENTITY, key)


def test_age_is_told_of_the_day_and_names_by_their_use():
    found = facts(read_bundle([PATIENT]), on="2026-04-30")
    assert said(identity(found, "age"), "age") == ["45 years"]
    assert said(identity(found, "usual-name"), "item") == ["Joey"]


def test_a_death_is_told():
    found = facts(read_bundle([{**PATIENT, "deceasedDateTime": "2026-03-01"}]))
    assert identity(found, "death").why == "died on 2026-03-01"


def test_a_death_that_a_note_fears_is_none():
    found = facts(a_note("Chest tightness and fear of dying. Mother's death in 2019 still hurts."))
    assert found.find(FactKind.IDENTITY, "death") is None


def test_an_interpreter_that_is_needed():
    url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
    told = {**PATIENT, "extension": [{"url": url, "valueBoolean": True}]}
    assert identity(facts(read_bundle([told])), "interpreter").status == "needed"


def test_two_code_statuses_are_a_conflict():
    found = facts(
        a_note("Code status: full code.", on="2026-01-01"),
        a_note("Code status: DNR.", on="2026-02-01"),
    )
    assert [c.kind for c in found.conflicts] == [ConflictKind.DIRECTIVE]


def test_a_consent_that_denies_stands_as_a_denial():
    consent = {
        "resourceType": "Consent",
        "status": "active",
        "dateTime": "2026-01-01",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"text": "Privacy"}],
        "provision": {"type": "deny"},
    }
    patient = {"reference": "Patient/p"}
    (fact,) = facts(read_bundle([PATIENT, {**consent, "id": "c", "patient": patient}])).of(
        FactKind.DIRECTIVE
    )
    assert (fact.standing, fact.status) == (Standing.CURRENT, "denied")


def test_how_much_is_drunk_and_what_is_denied():
    found = facts(a_note("Drinks 6 beers a day. Denies cannabis use."))
    assert said(the_fact(found, FactKind.SUBSTANCE, "alcohol"), "quantity") == ["6 beers"]
    assert the_fact(found, FactKind.SUBSTANCE, "cannabis").standing is Standing.REFUTED


def test_own_words_are_kept_whole():
    found = facts(a_note('He said, "I cannot sleep and I feel hopeless."'))
    assert [fact.name for fact in found.of(FactKind.QUOTE)] == [
        "I cannot sleep and I feel hopeless."
    ]


def test_a_goal_has_how_far_it_is_reached():
    goal = {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "achievementStatus": {"text": "improving"},
        "description": {"text": "Walk without pain"},
        "startDate": "2026-01-01",
    }
    goals = facts(resources(goal)).of(FactKind.GOAL)
    assert goals and {fact.status for fact in goals} == {"improving"}
    assert not facts(resources(goal)).of(FactKind.PROBLEM, FactKind.SYMPTOM)


def test_a_relatives_answer_is_a_fact_of_the_family_only():
    told = {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "relationship": {"text": "Mother"},
        "condition": [{"code": {"text": "Schizophrenia"}}],
    }
    patient = {"reference": "Patient/p"}
    found = facts(read_bundle([PATIENT, {**told, "id": "f", "patient": patient}]))
    assert [fact.name for fact in found.of(FactKind.FAMILY)] == ["mother: schizophrenia"]
    assert not found.of(FactKind.PROBLEM)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Physical restraint", FactKind.DIRECTIVE),
        ("Seclusion", FactKind.DIRECTIVE),
        ("Firearms at home", FactKind.RISK),
    ],
)
def test_what_is_ordered_not_to_be_done_is_not_in_force(name, kind):
    order = {"resourceType": "ServiceRequest", "status": "active", "code": {"text": name}}
    not_to = facts(resources({**order, "doNotPerform": True})).of(kind)
    assert not_to and Standing.CURRENT not in [fact.standing for fact in not_to]
