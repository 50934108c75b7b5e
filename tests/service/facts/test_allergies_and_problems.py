"""Allergies and problems: the latest word, what shows, what is refuted, what is disputed."""

import pytest

from service.facts import ConflictKind, FactKind, Standing
from service.reading.assertions import Certainty
from tests.service.facts.charts import a_note, an_order, facts, resources, said, the_fact

VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def an_allergy(name, **more):
    active = {"coding": [{"code": "active"}]}
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": active,
        "code": {"text": name},
        **more,
    }


def a_problem(name, status="active", verified="confirmed", on="2020-01-01", **more):
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": status}]},
        "verificationStatus": {"coding": [{"system": VERIFIED, "code": verified}]},
        "code": {"text": name},
        "recordedDate": on,
        **more,
    }


def allergy(found, key):
    return the_fact(found, FactKind.ALLERGY, key)


def problem(found, key):
    return the_fact(found, FactKind.PROBLEM, key)


def test_an_allergy_has_its_reaction_severity_and_criticality():
    shown = {"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}
    found = facts(resources(an_allergy("Penicillin", criticality="high", reaction=[shown])))
    fact = allergy(found, "penicillin")
    assert fact.standing is Standing.CURRENT
    assert (said(fact, "reaction"), said(fact, "severity")) == (["Anaphylaxis"], ["severe"])
    assert said(fact, "criticality") == ["high"]


def test_a_note_tells_the_reaction_too():
    found = facts(a_note("Allergies:\n- penicillin (rash)\n- latex"))
    assert said(allergy(found, "penicillin"), "reaction") == ["rash"]
    assert allergy(found, "latex").standing is Standing.CURRENT


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, Standing.REFUTED),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, Standing.PAST),
        ({"verificationStatus": {"coding": [{"code": "unconfirmed"}]}}, Standing.UNKNOWN),
    ],
)
def test_an_allergy_stands_as_its_statuses_say(more, standing):
    found = facts(resources(an_allergy("Sulfa drugs", **more)))
    (fact,) = found.of(FactKind.ALLERGY)
    assert fact.standing is standing


def test_no_known_allergies_is_a_fact_of_its_own():
    (fact,) = facts(a_note("Allergies: NKDA")).of(FactKind.ALLERGY)
    assert (fact.key, fact.standing) == ("none-known", Standing.CURRENT)
    assert fact.name.startswith("no known")


def test_no_known_allergies_beside_an_allergy_is_a_conflict():
    found = facts(
        a_note("Allergies: penicillin (rash)", on="2026-01-01"),
        a_note("Allergies: NKDA", on="2026-02-01"),
    )
    assert [c.kind for c in found.conflicts] == [ConflictKind.NO_ALLERGY]
    assert [side.on for side in found.conflicts[0].sides] == ["2026-02-01", "2026-01-01"]
    assert allergy(found, "none-known").standing is Standing.DISPUTED


def test_an_allergy_found_after_none_was_known_is_no_conflict():
    found = facts(
        a_note("Allergies: NKDA", on="2020-01-01"),
        a_note("Allergies: penicillin (rash)", on="2026-02-01"),
    )
    assert not found.conflicts


def test_an_allergen_that_is_ordered_is_a_conflict():
    found = facts(resources(an_allergy("Lamotrigine"), an_order("Lamotrigine", 25)))
    assert [c.kind for c in found.conflicts] == [ConflictKind.ALLERGIC]


def test_a_refuted_allergen_may_be_ordered():
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    found = facts(resources(an_allergy("Lamotrigine", **refuted), an_order("Lamotrigine", 25)))
    assert not found.conflicts


@pytest.mark.parametrize(
    ("sentence", "key", "standing"),
    [
        ("Assessment: hypertension.", "hypertension", Standing.CURRENT),
        ("No evidence of pneumonia.", "pneumonia", Standing.REFUTED),
        ("Possible pneumonia.", "pneumonia", Standing.UNKNOWN),
        ("Pneumonia has resolved.", "pneumonia", Standing.PAST),
        ("She had pneumonia in 2019.", "pneumonia", Standing.PAST),
    ],
)
def test_a_problem_stands_as_it_is_told(sentence, key, standing):
    assert problem(facts(a_note(sentence)), key).standing is standing


def test_what_is_possible_stays_possible():
    assert problem(facts(a_note("Possible pneumonia.")), "pneumonia").certainty is not (
        Certainty.SURE
    )


def test_a_doubt_does_not_take_back_what_is_known():
    found = facts(
        resources(a_problem("Bipolar disorder")), a_note("Possible bipolar disorder, type II?")
    )
    assert problem(found, "bipolar-disorder").standing is Standing.CURRENT


def test_what_is_only_feared_is_no_problem():
    found = facts(a_note("Return if you develop chest pain or a seizure."))
    assert not found.of(FactKind.PROBLEM, FactKind.SYMPTOM)


def test_active_on_the_list_and_refuted_there_later_is_disputed():
    found = facts(
        resources(
            a_problem("Psychosis"), a_problem("Psychosis", verified="refuted", on="2026-01-01")
        )
    )
    assert problem(found, "psychosis").standing is Standing.DISPUTED
    assert [c.kind for c in found.conflicts] == [ConflictKind.REFUTED]


def test_a_history_of_it_in_a_note_does_not_end_what_the_list_has_as_active():
    found = facts(resources(a_problem("Hypertension")), a_note("History of hypertension."))
    assert problem(found, "hypertension").standing is Standing.CURRENT


def test_the_familys_illness_is_never_the_patients():
    found = facts(a_note("Mother has bipolar disorder. Father died of suicide."))
    assert not found.of(FactKind.PROBLEM, FactKind.RISK)
    names = {fact.name for fact in found.of(FactKind.FAMILY)}
    assert "mother: bipolar disorder" in names


def test_left_in_one_note_and_right_in_another_is_a_conflict():
    found = facts(
        a_note("Left knee pain.", on="2026-02-01"),
        a_note("Right knee pain.", on="2026-02-03"),
    )
    assert [c.kind for c in found.conflicts] == [ConflictKind.SIDE]


def test_a_long_sentence_copied_forward_adds_no_newness():
    told = (
        "Patient with hypertension and type 2 diabetes reports worsening headache with nausea, "
        "photophobia and dizziness after missed doses."
    )
    found = facts(
        a_note(told, on="2025-01-01"),
        a_note("Hypertension has resolved.", on="2025-06-01"),
        a_note(f"Interval note.\n\n{told}", on="2026-02-01"),
    )
    fact = problem(found, "hypertension")
    assert (fact.standing, fact.on) == (Standing.PAST, "2025-06-01")
    assert fact.sources[-1].copies == 1


def test_struck_and_pasted_text_is_no_fact():
    found = facts(
        a_note("Hypertension.\n\nAddendum 2026-03-02: Correction: hypertension was ruled out.")
    )
    assert problem(found, "hypertension").standing is not Standing.CURRENT


def test_an_allergy_to_what_was_taken_once_is_no_conflict():
    found = facts(
        a_note("Took lamotrigine 25 mg from January, stopped 02/01/2026 for a rash."),
        resources(
            {
                "resourceType": "AllergyIntolerance",
                "code": {"text": "Lamotrigine"},
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "recordedDate": "2026-02-01",
            }
        ),
    )
    assert ConflictKind.ALLERGIC not in {conflict.kind for conflict in found.conflicts}


def test_a_problem_of_which_a_later_word_denies_the_kind_is_in_dispute():
    found = facts(
        a_note("Has type 2 diabetes. Has hypertension.", on="2026-01-05"),
        a_note("No diabetes: A1c 5.2.", on="2026-02-20"),
    )
    assert the_fact(found, FactKind.PROBLEM, "type-2-diabetes").standing is Standing.DISPUTED
    assert the_fact(found, FactKind.PROBLEM, "hypertension").standing is Standing.CURRENT


@pytest.mark.parametrize(
    ("severities", "worst"),
    [(["mild", "severe"], "severe"), (["mild", "moderate", None], "moderate"), ([None], None)],
)
def test_an_allergy_is_as_severe_as_its_worst_reaction(severities, worst):
    shown = [{"manifestation": [{"text": "Rash"}], "severity": each} for each in severities]
    listed = resources(an_allergy("Latex", reaction=shown))
    found = the_fact(facts(listed), FactKind.ALLERGY, "latex")
    assert said(found, "severity") == [worst] * bool(worst)


WEIGHED = "MDD. Bipolar disorder considered given an aunt; no hx of mania."


def test_what_the_list_refutes_is_refuted_by_the_note_that_weighs_it_too():
    refuted = a_problem("Bipolar disorder", verified="refuted", on="2026-01-13")
    found = facts(resources(refuted), a_note(WEIGHED, on="2026-01-13"))
    assert problem(found, "bipolar-disorder").standing is Standing.REFUTED


def test_what_is_weighed_again_later_is_open():
    refuted = a_problem("Bipolar disorder", verified="refuted", on="2026-01-13")
    found = facts(resources(refuted), a_note(WEIGHED, on="2026-05-02"))
    assert problem(found, "bipolar-disorder").standing is Standing.UNKNOWN
