"""A transcript is read as what it asserts: an answer takes its question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.verification.check import Source, check_text
from service.verification.speakers import asserted, is_transcript

VISIT = """Doctor: Any chest pain or fainting?
Patient: No.
Doctor: Do you smoke?
Patient: Yeah, about ten a day.
Doctor: You don't drink?
Patient: Right.
Doctor: Any drug use?
Patient: I'd rather not say.
Doctor: Have you had surgery?
Guest_family: He had his appendix out.
"""


def said(text):
    return [each.said for each in asserted(text)]


def support(summary, text=VISIT):
    return [each["support"] for each in check_text([Source("t", text)], summary)["statements"]]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("No.", "Denies headaches."),
        ("Nope", "Denies headaches."),
        ("Yeah.", "Reports headaches."),
        ("I don't think so.", "Denies headaches."),
        ("Uh-huh", "Reports headaches."),
        ("Maybe.", "Possible headaches."),
        ("I don't know.", "Unable to determine headaches."),
        ("I'd rather not talk about it.", "Declined to answer headaches."),
        ("Every night, honestly.", "Reports headaches, every night."),
        ("I used to, as a boy.", "History of headaches, as a boy."),
        ("My brother does.", "Brother has headaches."),
        ("Not really, no.", "Denies headaches."),
        ("Oh, no.", "Denies headaches."),
    ],
)
def test_a_short_answer_takes_its_question(answer, told):
    assert said(f"Doctor: Do you have any headaches?\nPatient: {answer}\n")[0] == told


def test_what_follows_the_answer_stands_for_itself():
    assert said("Dr: Any pain?\nPt: No, but I have a cough.\n") == [
        "Denies pain.",
        "but I have a cough.",
    ]


def test_the_patient_asked_as_you_is_told_of_as_they():
    assert said("Dr: Do you hurt yourself?\nPt: No.") == ["Denies hurt themselves."]
    assert said("Dr: Does your dad ever hurt you?\nPt: No.") == ["Denies that dad ever hurt them."]


def test_a_question_with_a_tag_asks_what_stands_before_it():
    assert said("Dr: And the cutting, is that still going on?\nPt: No.") == ["Denies cutting."]


def test_two_questions_share_one_answer():
    assert said("Doctor: Any fever? Chills?\nPatient: No.\n") == ["Denies fever.", "Denies Chills."]


def test_a_question_nobody_answers_asserts_nothing():
    assert said("Doctor: Hello.\nPatient: Hello.\nDoctor: Any fever?\n") == ["Hello.", "Hello."]


def test_labels_inside_a_line_begin_turns():
    assert said("Doctor: Any pain? Patient: No. Doctor: Any fever? Patient: Yes.") == [
        "Denies pain.",
        "Reports fever.",
    ]


def test_offsets_quote_question_and_answer():
    first = asserted(VISIT)[0]
    assert VISIT[first.start : first.end] == "Any chest pain or fainting?\nPatient: No."


def test_a_patients_she_is_somebody_else():
    text = "Doctor: Is your mother well?\nPatient: No.\nDoctor: Sorry.\nPatient: She had cancer."
    assert said(text)[-1] == "Family history: She had cancer."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (VISIT, True),
        ("PLAN: rest.\nPMH: asthma.", False),
        ("Patient: seen today.", False),
        ("**Clinician:** Any pain?\n**Client:** No.", True),
        ("[00:01] Nurse: Hi.\n[00:04] Pt: Hi.", True),
        ("Ann: Any pain?\nTom: No.\nAnn: Do you smoke?\nTom: Yes.", True),
        ("Mood: low.\nSleep: poor?\nMood: low.\nPlan: rest.\nSleep: fair.", False),
    ],
)
def test_a_transcript_has_two_speakers(text, expected):
    assert is_transcript(text) is expected


def test_under_names_the_one_who_asks_is_the_clinician():
    assert said("Ann: Any pain?\nTom: No.\nAnn: Any fever?\nTom: Yes.") == [
        "Denies pain.",
        "Reports fever.",
    ]


def test_statements_about_the_patient_are_compared_with_the_dialogue():
    true = "Denies chest pain or fainting. Smokes. Denies drinking. He had his appendix out."
    assert support(true) == ["supported"] * 4
    assert set(support("Reports chest pain. Does not smoke. Denies drug use.")) == {"contradicted"}


@given(st.text(alphabet="Doctor: Patient?\nNoYes. ", max_size=200))
def test_no_transcript_breaks_the_reading(text):
    assert all(0 <= each.start < each.end <= len(text) for each in asserted(text))
