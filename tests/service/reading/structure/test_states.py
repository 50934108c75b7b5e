"""Text that does not count as said here and now, and who says it."""

import pytest

from tests.service.reading.structure.reading import sections, states, units


def standing(text):
    return [words for words, state in states(text) if state == "stands"]


@pytest.mark.parametrize(
    "text",
    [
        "Olanzapine 15 mg at night.\nADDENDUM: the dose above was recorded in error; the correct "
        "dose is olanzapine 5 mg, not 15 mg.",
        "Seizure last week.\nCorrection: the seizure paragraph above belongs to another patient.",
        "Takes lithium 900 mg.\n\nError, disregard.",
        "Pain in the right knee.\nCorrection: left knee, not right knee.",
        "Warfarin 5 mg (entered in error)",
        "Sleeps well. Allergic to penicillin.\nAddendum: penicillin allergy was entered in error.",
    ],
)
def test_a_correction_takes_back_what_it_names(text):
    assert [state for _, state in states(text)].count("corrected") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Lithium 600 mg.\nAddendum: sister called, he slept well.",
        "Metformin was never filled.\nAspirin stopped, still on the ED list in error.",
        "Felt the last dose was wrong for her.\nSleeps well.",
    ],
)
def test_an_addendum_that_takes_nothing_back_corrects_nothing(text):
    assert {state for _, state in states(text)} == {"stands"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Clozapine stopped.\nCopied from previous note: On clozapine.\n\nSleeps.",
            ["Clozapine stopped.", "Sleeps."],
        ),
        (
            "--- Pasted from note of 2026-01-12 ---\nMood low.\n\nX.\n--- end ---\nMood good.",
            ["Mood good."],
        ),
        ("> Mood low.\n> Takes lithium.\nMood good.", ["Mood good."]),
        ("Previous note (12 Jan):\nMood low.\nToday: mood good", ["mood good"]),
        ("eGFR\n> 60 ml", ["eGFR", "> 60 ml"]),
    ],
)
def test_pasted_text_is_told_from_what_is_written_now(text, kept):
    assert standing(text) == kept


@pytest.mark.parametrize(
    "line",
    [
        "Electronically signed by J Smith MD on 03/04/2026",
        "This note was dictated using voice recognition software.",
        "C. Fontaine, MD",
        "Patient is a *** year old.",
        "CONFIDENTIALITY NOTICE: this information is confidential and protected.",
    ],
)
def test_a_signature_a_disclaimer_and_an_unfilled_place_are_of_the_form(line):
    assert states(f"Mood low.\n{line}")[-1][1] == "template"


@pytest.mark.parametrize(
    "struck", ["~~lithium 900 mg~~", "<del>lithium 900 mg</del>", "<s>lithium 900 mg</s>"]
)
def test_struck_words_are_told_apart(struck):
    told = states(f"Takes {struck} lithium 600 mg.")
    assert told == [
        ("Takes", "stands"),
        ("lithium 900 mg", "struck"),
        ("Takes lithium 600 mg.", "stands"),
    ]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026-03-01. Clozapine stopped.", ["2026-03-01"]),
        (
            "[03/01/2026 14:02 RN Smith] Slept.\n[03/02/2026 07:10 RN Lee] Ate.",
            ["2026-03-01", "2026-03-02"],
        ),
        ("Late entry for 2 May 2026: Patient fell.", ["2026-05-02"]),
        ("13/05/2026 Seen at home.", ["2026-05-13"]),
        ("Labs:\n2026-01-05: WBC 3.1\n\nPlan: recheck", ["2026-01-05", ""]),
        ("Admitted 2026-02-19, discharged 2026-02-26.", [""]),
        ("99/99/2026 x", [""]),
    ],
)
def test_an_entry_is_of_the_date_that_it_begins_with(text, dates):
    assert [unit.dated for unit in units(text)] == dates


def test_the_turns_of_a_talk_have_their_speakers_and_answers_their_questions():
    text = "Doctor: Any wish to die?\nPatient: No.\nDoctor: Do you sleep?\nMother: He does not."
    told = [(u.speaker, u.answers) for u in units(text)]
    assert told == [("clinician", -1), ("patient", 0), ("clinician", -1), ("mother", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "Q: Do you drink?\nA: Two beers.",
        "[doctor] do you drink ? \n[patient] two beers .",
        "Dr. Lee: Do you drink? Patient: Two beers.\nDr. Lee: Daily?",
        "Doctor: how much do you drink\nPatient: two beers\nDoctor: ok\nPatient: yes",
    ],
)
def test_a_talk_is_known_in_all_its_forms(text):
    found = units(text)
    assert {u.section.value for u in found} == {"talk"}
    assert found[1].answers == 0


@pytest.mark.parametrize(
    "text", ["Mother: bipolar disorder\nFather: alcohol", "Provider: Lee\nPatient: Doe"]
)
def test_the_labels_of_a_note_are_no_talk(text):
    assert all(section != "talk" for _, section in sections(text))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Mother: he has not slept.", "mother"),
        ("Collateral (wife, by phone): he has not slept.", "wife"),
        ("COLLATERAL (SISTER)\nHe has not slept.", "sister"),
        ("Collateral: He has not slept.", ""),
    ],
)
def test_a_relative_who_tells_is_a_speaker(text, who):
    unit = units(text)[-1]
    assert (unit.speaker, unit.section.value) == (who, "collateral")
