"""Lists under a header: what it says of its items, and where they end."""

import pytest

from tests.service.reading.structure.reading import sections, shown, stances, units


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Patient denies:\n- SI\n- HI\n\nSleeps well.",
            [("SI", "no"), ("HI", "no"), ("Sleeps well.", "plain")],
        ),
        ("Patient denies:\n\n- SI\n\n- HI", [("SI", "no"), ("HI", "no")]),
        ("Denies: fever, chills\nReports: cough", [("fever, chills", "no"), ("cough", "yes")]),
        ("Denies: SI. Endorses low mood.", [("SI.", "no"), ("Endorses low mood.", "plain")]),
        (
            "She currently denies any of the following:\nfever\nchills\nShe has a cough.",
            [("fever", "no"), ("chills", "no"), ("She has a cough.", "plain")],
        ),
        (
            "Denies:\nfever\nchills\nMood: good",
            [("fever", "no"), ("chills", "no"), ("Mood good", "plain")],
        ),
        (
            "Denies:\n  - SI\n  - HI\n- Sleep poor",
            [("SI", "no"), ("HI", "no"), ("Sleep poor", "plain")],
        ),
        ("- Denies:\n  - SI\n- Reports:\n  - pain", [("SI", "no"), ("pain", "yes")]),
        ("Symptoms\n- Denies\n  - SI\n- Reports\n  - pain", [("SI", "no"), ("pain", "yes")]),
        (
            "Denies:\n- SI\n- endorses HI\n- AH: yes",
            [("SI", "no"), ("endorses HI", "plain"), ("AH", "yes")],
        ),
        (
            "Stop taking:\n  - ibuprofen\nContinue taking:\n  - lithium",
            [("ibuprofen", "stopped"), ("lithium", "plain")],
        ),
        ("Held: lithium\nDeclined: ECT", [("lithium", "held"), ("ECT", "declined")]),
        (
            "Pertinent negatives: SI, HI. Pertinent positives: fever.",
            [("SI, HI.", "no"), ("fever.", "yes")],
        ),
        ("Refuted (does not have): Pneumonia", [("Pneumonia", "no")]),
        (
            "Past trials:\nFluoxetine 40 mg - no effect\n\nPlan:\nStart lithium",
            [("Fluoxetine 40 mg - no effect", "stopped"), ("Start lithium", "planned")],
        ),
        ("Allergies:\nNone\n\nMedications:\nNone", [("Allergies", "no"), ("Medications", "no")]),
        (
            "Medications:\n[DISCONTINUED] trazodone 50 mg\ncetirizine 10 mg",
            [("trazodone 50 mg", "stopped"), ("cetirizine 10 mg", "plain")],
        ),
    ],
)
def test_a_headers_stance_counts_for_its_items_until_the_list_ends(text, told):
    assert stances(text) == told


def test_a_header_in_a_sentence_is_read_with_each_item():
    text = "She was given the following:\n- lithium\n- sertraline"
    assert stances(text) == [
        ("She was given the following lithium", "plain"),
        ("She was given the following sertraline", "plain"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Meds: 1) sertraline 50 mg daily 2) trazodone 50 mg qhs",
        "Meds: 1. sertraline 50 mg daily. 2. trazodone 50 mg qhs",
        "Meds: • sertraline 50 mg daily • trazodone 50 mg qhs",
    ],
)
def test_a_list_that_runs_in_is_cut_into_its_items(text):
    told = [words.rstrip(".") for words, _ in sections(text)]
    assert told == ["sertraline 50 mg daily", "trazodone 50 mg qhs"]
    assert {unit.list_of for unit in units(text)} == {0}


def test_a_dose_at_a_sentences_end_begins_no_list():
    assert len(units("1. Sertraline 50 mg x 2. Continue")) == 2


def test_the_number_of_an_item_is_shown_and_not_read():
    text = "IMPRESSION:\n1.No sign of fracture.\n2.Small effusion."
    assert shown(text) == ["1.No sign of fracture.", "2.Small effusion."]
    assert [words for words, _ in sections(text)] == ["No sign of fracture.", "Small effusion."]


def test_items_of_one_list_have_its_number():
    numbers = [unit.list_of for unit in units("- a b\n- c d\n\nText here.\n\n- e f")]
    assert numbers[0] == numbers[1] != numbers[3]
    assert numbers[2] == -1


def test_a_wrapped_item_is_one():
    text = "- Continue sertraline 50 mg daily and\n  check sodium in a week\n- RTC"
    assert len(units(text)) == 2
