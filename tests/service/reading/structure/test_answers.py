"""Labels, signs and boxes: what they say of the words beside them."""

import pytest

from tests.service.reading.structure.reading import stances, states, units


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Cramps: none\nNightmares: none", [("Cramps", "no"), ("Nightmares", "no")]),
        ("Cramps: none  Nightmares: yes", [("Cramps", "no"), ("Nightmares", "yes")]),
        ("SI:none HI:none AH:present", [("SI", "no"), ("HI", "no"), ("AH", "yes")]),
        ("SI: -\nAH: +", [("SI", "no"), ("AH", "yes")]),
        ("SI: denied. Sleep: poor.", [("SI", "no"), ("Sleep poor.", "plain")]),
        ("Sleep: poor Appetite: fair", [("Sleep poor", "plain"), ("Appetite fair", "plain")]),
        (
            "Drug allergies: Yes (amoxicillin - rash)",
            [("Drug allergies amoxicillin - rash", "yes")],
        ),
        ("Alcohol: none since 2020.", [("Alcohol since 2020", "no")]),
        ("HI: wears bilateral hearing aids.", [("HI wears bilateral hearing aids.", "plain")]),
        ("Allergies: no content recorded.", [("Allergies", "unknown")]),
        ("Firearms: unable to assess.", [("Firearms", "unknown")]),
        ("Suicidal thoughts? No.", [("Suicidal thoughts", "no")]),
        ("6. Suicidal behavior, lifetime: Yes", [("Suicidal behavior, lifetime", "yes")]),
        ("2. Feeling down: 3", [("Feeling down 3", "plain")]),
        ("Fever: Negative for 3 days", [("Fever Negative for 3 days", "plain")]),
        ("Constitutional: Negative.", [("Constitutional", "no")]),
        ("Psych: Positive for low mood.", [("Psych Positive for low mood.", "plain")]),
        ("Risk: moderate acute.", [("Risk moderate acute.", "plain")]),
    ],
)
def test_an_answer_is_the_stance_of_its_label(text, told):
    assert stances(text) == told


def test_what_goes_on_behind_an_answer_is_told_apart():
    assert stances("SI: No, but reports a passive death wish") == [
        ("SI", "no"),
        ("but reports a passive death wish", "plain"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Her son's school called: he is being bullied.",
        "Seen at 12:30 today.",
        "He said: I am fine.",
        "See https://example.org/a: no",
        "1:1 observation discontinued.",
    ],
)
def test_a_colon_in_running_words_makes_no_label(text):
    assert [unit.parts for unit in units(text)] == [(units(text)[0].place,)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SI-/HI-/AVH+", [("SI", "no"), ("HI", "no"), ("AVH", "yes")]),
        ("+SI, -HI", [("SI", "yes"), ("HI", "no")]),
        ("(+) SI (-) HI", [("SI", "yes"), ("HI", "no")]),
        ("SI - denied, AH - present", [("SI", "no"), ("AH", "yes")]),
        ("Psych: +depression, -SI", [("Psych depression", "yes"), ("Psych SI", "no")]),
    ],
)
def test_a_sign_is_an_answer(text, told):
    assert stances(text) == told


@pytest.mark.parametrize(
    "text", ["Follow-up on 3/4", "K+ 4.1, Na+ 138", "post-op pain, well-nourished"]
)
def test_a_hyphen_is_no_sign(text):
    assert {stance for _, stance in stances(text)} == {"plain"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x] SI  [ ] HI", [("SI", "yes"), ("HI", "no")]),
        ("☐ Fever ☒ Cough ☐ Rash", [("Fever", "no"), ("Cough", "yes"), ("Rash", "no")]),
        ("☑ Fever ☒ Cough", [("Fever", "yes"), ("Cough", "no")]),
        ("✓ SI ✗ HI", [("SI", "yes"), ("HI", "no")]),
        ("SI [x]  HI [ ]", [("SI", "yes"), ("HI", "no")]),
        ("Mood: [x] depressed [ ] anxious", [("Mood depressed", "yes"), ("Mood anxious", "no")]),
        ("_x_ Sad ___ Worried", [("Sad", "yes"), ("Worried", "no")]),
    ],
)
def test_a_tick_is_a_yes_and_an_empty_box_a_no(text, told):
    assert stances(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Suicidal ideation: ( ) Yes (X) No", [("Suicidal ideation", "no")]),
        ("Homicidal ideation:  Yes [ ] No [x]", [("Homicidal ideation", "no")]),
        ("SI Y N[x]", [("SI", "no")]),
        ("SI (Y) N", [("SI", "yes")]),
        ("AVH: Yes |No|", [("AVH", "no")]),
        ("SI: [ ] Yes [ ] No", [("SI", "unknown")]),
        ("SI: [x] Yes [x] No", [("SI", "unknown")]),
        ("SI: [ ] Yes [x] No  HI: [x] Yes [ ] No", [("SI", "no"), ("HI", "yes")]),
        ("Suicidal ideation:\n[ ] Yes\n[x] No", [("Suicidal ideation", "no")]),
    ],
)
def test_of_the_answers_beside_a_question_the_ticked_one_counts(text, told):
    assert stances(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x] Denies HI", [("Denies HI", "yes")]),
        ("[ ] Denies SI", [("Denies SI", "unknown")]),
        ("[ ] No known allergies", [("No known allergies", "unknown")]),
        (
            "[ ] Denies SI [x] Endorses SI",
            [("Denies SI", "unknown"), ("Endorses SI", "yes")],
        ),
    ],
)
def test_an_empty_box_before_words_that_deny_says_nothing(text, told):
    assert stances(text) == told


def test_an_empty_box_in_a_plan_is_still_to_be_done():
    assert stances("Plan:\n- [ ] Call pharmacy\n- [x] Order level") == [
        ("Call pharmacy", "planned"),
        ("Order level", "yes"),
    ]


@pytest.mark.parametrize(
    "text", ["Allergies: ***", "Mood: {mood:12345}", "Name: @NAME@", "Sleep: [insert]"]
)
def test_a_place_that_nobody_filled_is_of_the_form_and_says_nothing(text):
    unit = units(text)[0]
    assert (unit.stance.value, unit.state.value) == ("unknown", "template")


def test_a_label_with_nothing_behind_it_says_nothing():
    assert units("Alcohol:\n\nMood: low")[0].stance.value == "unknown"


def test_a_question_that_was_not_assessed_is_unknown_and_no_heading():
    assert states("Suicide risk: [not assessed]") == [("Suicide risk", "stands")]
    assert units("Suicide risk: [not assessed]")[0].stance.value == "unknown"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Suicide Risk Assessment\nIdeation: Passive\nPlan: None\nIntent: Denies",
            [("Passive Ideation", "plain"), ("Plan", "no"), ("Intent", "no")],
        ),
        (
            "SI: passive. Plan: none. Means: gun",
            [("passive SI", "plain"), ("Plan", "no"), ("Means gun", "plain")],
        ),
    ],
)
def test_a_plan_beside_ideation_and_intent_is_no_plan_of_treatment(text, told):
    assert stances(text) == told
    assert all(unit.section.value != "plan" for unit in units(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[ ] [x] SI\n[x] [ ] Anxiety", [("SI", "no"), ("Anxiety", "yes")]),
        (
            "Ideation:  None [ ]  Passive [x]",
            [("Ideation None", "unknown"), ("Passive Ideation", "yes")],
        ),
        ("Owns firearms? [ ] Yes [X] No [ ] Unknown", [("Owns firearms", "no")]),
        ("Any drug use? - Denied", [("Any drug use", "no")]),
        (
            "Use: Alcohol - none; cannabis - daily",
            [("Use Alcohol", "no"), ("Use cannabis - daily", "plain")],
        ),
        (
            "**Sleep**: poor **Appetite**: fair",
            [("Sleep poor", "plain"), ("Appetite fair", "plain")],
        ),
        ("Endorses: low mood; denies: SI", [("low mood;", "yes"), ("SI", "no")]),
    ],
)
def test_forms_that_are_rare_are_read_too(text, told):
    assert stances(text) == told
