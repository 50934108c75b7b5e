"""Layouts of forms, flowsheets and notes of real records: what each unit says."""

import pytest

from tests.service.reading.structure.reading import sections, stances, states, units


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Pregnant?  Y/N: N\nLives alone?  Y/N: Y", [("Pregnant", "no"), ("Lives alone", "yes")]),
        ("Seizures ..... none\nStroke ..... no", [("Seizures", "no"), ("Stroke", "no")]),
        ("Risk to self = none; Neglect = low", [("Risk to self", "no"), ("Neglect low", "plain")]),
        ("Ulcer: □ Yes ■ No", [("Ulcer", "no")]),
        ("Suicidal thoughts?\n  (o) Yes\n  ( ) No", [("Suicidal thoughts", "yes")]),
        ("_X_ Consent\n___ Pacemaker", [("Consent", "yes"), ("Pacemaker", "no")]),
        ("Psychosis\n  None\nAnxiety\n  Denied", [("Psychosis", "no"), ("Anxiety", "no")]),
        ("EtOH: 0\nPHQ-9: 0", [("EtOH", "no"), ("PHQ-9 0", "plain")]),
        ("Hx of self harm: no hx", [("Hx of self harm", "no")]),
        (
            "low mood, +anhedonia, -SI/HI, no AVH.",
            [("low mood", "plain"), ("anhedonia", "yes"), ("SI/HI", "no"), ("no AVH", "plain")],
        ),
        (
            "Pertinent negatives\n  • fever\nPertinent positives\n  • headache",
            [("fever", "no"), ("headache", "yes")],
        ),
        (
            "Family history:\n  Mother\n    - asthma\n  Father\n    - gout",
            [("Mother asthma", "plain"), ("Father gout", "plain")],
        ),
        (
            "Medication trials:\n- paroxetine\n\nCurrent:\n- duloxetine",
            [("paroxetine", "stopped"), ("duloxetine", "plain")],
        ),
        (
            "denies si\nhears voices nightly\nrefuses meds",
            [("denies si", "plain"), ("hears voices nightly", "plain"), ("refuses meds", "plain")],
        ),
        (
            "          Yes   No\nParanoia   x\nMania            x",
            [("Paranoia", "yes"), ("Mania", "no")],
        ),
        (
            "Med    | Dose   | Taking?\nlithium | 600 mg | Y\nzoloft | 50 mg | N - ran out",
            [("lithium 600 mg", "plain"), ("zoloft 50 mg ran out", "no")],
        ),
    ],
)
def test_a_layout_is_read_by_what_it_means(text, told):
    assert stances(text) == told


@pytest.mark.parametrize(
    "line",
    [
        "Appetite: [poor/fair/good]",
        "Suicidal ideation: denies / endorses",
        'Psych: {Psych ROS:19197::"Negative for depression"}',
        "Normal ranges: lithium 0.6-1.2",
        "GAD-7 scoring: 5 mild, 10 moderate",
    ],
)
def test_what_explains_a_form_or_was_not_chosen_says_nothing(line):
    [unit] = [u for u in units(f"Mood low.\n{line}") if u.place.start > 5]
    assert unit.state == "template" or unit.stance == "unknown"


def test_a_result_keeps_its_unit_and_its_day_and_leaves_out_the_flag():
    flow = "         02/02   03/09\nWt kg    80      82"
    assert stances(flow) == [("Wt 02/02 80 kg", "plain"), ("Wt 03/09 82 kg", "plain")]
    results = "Test    Result   Flag   Ref\nTSH     6.8      H      0.4-4.0"
    assert stances(results) == [("TSH 6.8 Ref 0.4-4.0", "plain")]


def test_a_table_of_kin_or_allergens_is_of_that_section():
    assert sections("Relative, Condition, Age\nMother, Asthma, 40\nFather, Gout, 52")[1] == (
        "Mother Asthma Age 40",
        "family",
    )
    assert (
        sections("Allergen    Reaction\nLatex       Hives\nSulfa       Rash")[1][1] == "allergies"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "HPI (copied forward 2/1/26): daily panic.\nUPDATE 3/12/26: Sleeps well.",
            [("daily panic.", "pasted"), ("Sleeps well.", "stands")],
        ),
        (
            "[Carried over from 10/2025] Smokes.\n[Updated 03/2026] Quit.",
            [("Smokes.", "pasted"), ("[Updated 03/2026] Quit.", "stands")],
        ),
        (
            "=== Begin imported text (Valley, 11/2/25) ===\nOn lithium.\n"
            "=== End imported text ===\nOff lithium.",
            [("On lithium.", "pasted"), ("Off lithium.", "stands")],
        ),
    ],
)
def test_pasted_text_ends_where_the_present_is_told(text, told):
    assert [each for each in states(text) if each[1] != "template"] == told


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("Allergies: penicillin, sulfa.\nCorrection: sulfa was entered in error.", ["sulfa."]),
        ("Has asthma and diabetes.\nErratum: there is no diabetes.", ["diabetes."]),
        (
            "Lithium 1.9 -- ERROR, see below\nCorrected result: 0.9",
            ["Lithium 1.9 -- ERROR, see below"],
        ),
        ("Right knee swollen. [edit 2/3: LEFT knee, not right]", ["Right knee swollen."]),
        ("Pt is pregnant.\nAddendum: disregard the pregnancy.", ["Pt is pregnant."]),
        (
            "Entry 1: Agitated.\nEntry 2: Entry 1 belongs to another patient.",
            ["Entry 1 Agitated."],
        ),
        ("Had two attempts.\nAmended 3/2/26 by Dr. Osei: one attempt.", ["Had two attempts."]),
        ("Given aspirin.\nAddendum: also given ibuprofen.", []),
    ],
)
def test_a_correction_takes_back_what_it_names_and_no_more(text, taken_back):
    assert [words for words, state in states(text) if state == "corrected"] == taken_back


def test_what_a_correction_only_voids_is_told_as_not_so():
    text = "Allergic to sulfa.\nCorrection: sulfa allergy was entered in error; tolerates it."
    assert stances(text)[1:] == [
        ("sulfa allergy was entered in error;", "no"),
        ("tolerates it.", "plain"),
    ]
