"""What is recorded in a way that no rule foresaw, and a draft that tells it all the same."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import a_problem, coded, lines, of, told


# Dates in words
@pytest.mark.parametrize("written", ["since childhood", "3 years ago", "in 2019 or 2020, it seems"])
def test_a_date_in_words_leaves_the_rest_of_the_chart_to_be_drafted(written):
    records = [
        a_problem("Bipolar disorder", onsetString=written),
        of("Immunization", vaccineCode={"text": "MMR"}, occurrenceString=written),
        of("AllergyIntolerance", code={"text": "Latex"}, recordedDate=written),
    ]
    assert [record.effective for record in records] == ["", "", ""]
    assert "Bipolar disorder" in told(glue.PATIENT, *records)


def test_a_birth_date_in_words_gives_no_age():
    patient = of("Patient", gender="female", birthDate="around 1980")
    assert lines(patient) == ["Patient: female"]


# Allergies
def an_allergy(to, *reactions, verified="confirmed", on="2020-01-01", **more):
    shown = [{"manifestation": [{"text": r}], "severity": severity} for r, severity in reactions]
    standing = {"clinicalStatus": coded("active"), "verificationStatus": coded(verified)}
    more = {**standing, "recordedDate": on, "reaction": shown, **more}
    return of("AllergyIntolerance", code={"text": to}, **more)


NONE_KNOWN = an_allergy("No known allergies", on="2015-01-01")


@pytest.mark.parametrize("to", ["Penicillin", "Latex", "Peanut"])
@pytest.mark.parametrize("beside", [[], [NONE_KNOWN]])
def test_an_allergy_that_nobody_confirmed_is_told_as_such(to, beside):
    doubted = an_allergy(to, ("Anaphylaxis", "severe"), verified="unconfirmed", criticality="high")
    said = f"Unconfirmed allergy: {to} - Anaphylaxis (severe)"
    found = told(glue.ALLERGIES, doubted, *beside)
    assert found == f"Allergies: {said}" + " · No known allergies" * len(beside)


def test_an_allergy_that_was_refuted_is_not_told_beside_that_there_is_none():
    refuted = an_allergy("Penicillin", verified="refuted")
    assert told(glue.ALLERGIES, refuted, NONE_KNOWN) == "Allergies: No known allergies"


@pytest.mark.parametrize(
    ("reactions", "said"),
    [
        ([("Rash", "mild"), ("Anaphylaxis", "severe")], "Anaphylaxis (severe), Rash (mild)"),
        ([("Hives", "moderate"), ("Swelling", "mild")], "Hives (moderate), Swelling (mild)"),
        ([("Rash", "mild"), ("Fever; collapse", "severe")], "Fever, collapse (severe), Rash"),
    ],
)
def test_all_reactions_of_an_allergy_are_told_the_severest_first(reactions, said):
    assert f"Latex - {said}" in told(glue.ALLERGIES, an_allergy("Latex", *reactions))


# Forms
def a_form(*answered):
    item = [
        {"linkId": f"{number}", "text": question, "answer": [{"valueString": said}]}
        for number, (question, said) in enumerate(answered)
    ]
    more = {"status": "completed", "authored": "2026-05-20", "item": item}
    return of("QuestionnaireResponse", questionnaire="https://forms.test/C-SSRS", **more)


@pytest.mark.parametrize(
    "asked",
    [
        "Have you ever attempted suicide?",
        "Actual suicide attempt (lifetime)",
        "Have you ever tried to kill yourself?",
    ],
)
def test_an_attempt_that_a_form_asked_for_is_told_ever_after(asked):
    lately = ("Thoughts of suicide in the past month", "No")
    assert f"{asked}: Yes" in told(glue.RISK, a_form((asked, "Yes"), lately))
    assert f"{asked}: " not in told(glue.RISK, a_form((asked, "No"), lately))


@pytest.mark.parametrize("said", ["1", "Hardly ever", "Sometimes"])
def test_a_count_of_a_scale_tells_of_nothing_that_happened(said):
    asked = "Harming myself or suicide attempt"
    form = a_form((asked, said), ("Thoughts of suicide in the past month", "No"))
    assert asked not in told(glue.RISK, form)


# What binds
def an_answer(asked, said, on="2026-05-20"):
    more = {"status": "final", "effectiveDateTime": on, "valueCodeableConcept": {"text": said}}
    return of("Observation", code={"text": asked}, **more)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Code status", "DNR/DNI"),
        ("Code status", "Full code"),
        ("Decision-making capacity", "Impaired"),
        ("Legal status", "Involuntary hold (5150)"),
    ],
)
def test_a_code_status_and_a_capacity_that_is_lost_bind(asked, said):
    assert told(glue.ALERTS, an_answer(asked, said)) == f"Alerts: {asked}: {said} (2026-05-20)"


def test_of_a_code_status_the_newest_word_binds():
    default = a_note("Code status: Full (default).", effective="2026-05-19")
    newer = a_note("DNR confirmed with patient.", effective="2026-05-25")
    assert "Full" in told(glue.ALERTS, default)
    assert "Full" not in told(glue.ALERTS, default, newer)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Decision-making capacity", "Has capacity"),
        ("Legal status", "Voluntary"),
        ("Guardianship", "Expired"),
    ],
)
def test_what_does_not_hold_does_not_bind(asked, said):
    assert not told(glue.ALERTS, an_answer(asked, said))


def test_a_hold_that_was_followed_by_a_voluntary_stay_is_over():
    hold = an_answer("Legal status", "Involuntary hold (5150)", "2026-05-01")
    assert not told(glue.ALERTS, hold, an_answer("Legal status", "Voluntary"))


# Who it is
@pytest.mark.parametrize(
    ("died", "said"),
    [
        ({"deceasedDateTime": "2026-04-01T10:00:00Z"}, "died 2026-04-01, aged 45 years, female"),
        ({"deceasedDateTime": "2026-04"}, "died 2026-04, female"),
        ({"deceasedBoolean": True}, "deceased, female"),
        ({"deceasedBoolean": False}, "46 years, female"),
    ],
)
def test_that_the_patient_died_is_told_first_with_the_age_at_death(died, said):
    patient = of("Patient", gender="female", birthDate="1980-05-01", **died)
    assert lines(patient) == [f"Patient: {said}"]


@pytest.mark.parametrize(
    "name", ["Bipolar disorder", "Paranoid schizophrenia", "Opioid use disorder"]
)
def test_a_grave_illness_in_remission_is_the_patients_still(name):
    assert f"{name}, in remission" in told(glue.PATIENT, a_problem(name, "remission"))
    assert name not in told(glue.PATIENT, a_problem(name, "resolved"))


def test_an_illness_in_remission_that_is_not_grave_is_over():
    assert "Asthma" not in told(glue.PATIENT, a_problem("Asthma", "remission"))
