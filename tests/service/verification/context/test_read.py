"""Every word is read as it is meant: is it so, when, of whom, who says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.verification.context.read import read
from service.verification.context.vocabulary import Polarity, Says, Time
from service.verification.words import stem


def reading(text, word):
    return next(each for each in read(text) if each.stem == stem(word))


@pytest.mark.parametrize(
    ("text", "word", "polarity"),
    [
        ("She has a fever.", "fever", "affirmed"),
        ("Denies fever, chills, or rash.", "rash", "negated"),
        ("No fever, chills or rash; cough present.", "rash", "negated"),
        ("No fever, chills or rash; cough present.", "cough", "affirmed"),
        ("There is no evidence of stroke.", "stroke", "negated"),
        ("Screen negative for depression.", "depression", "negated"),
        ("Pulmonary embolism was ruled out.", "embolism", "negated"),
        ("Neither fever nor cough.", "cough", "negated"),
        ("No fever but cough.", "cough", "affirmed"),
        ("Denies nausea, mood is anxious.", "anxious", "affirmed"),
        ("ROS: Neg: fever, cough. Pos: rash.", "cough", "negated"),
        ("ROS: Neg: fever, cough. Pos: rash.", "rash", "affirmed"),
        ("Fever: denies. Cough: yes.", "fever", "negated"),
        ("Fever: denies. Cough: yes.", "cough", "affirmed"),
        ("He does not deny cough.", "cough", "affirmed"),
        ("Not without pain.", "pain", "affirmed"),
        ("No increase in tremor.", "tremor", "affirmed"),
        ("Not only tremor but rigidity.", "tremor", "affirmed"),
        ("r/o pneumonia", "pneumonia", "possible"),
        ("?pneumonia", "pneumonia", "possible"),
        ("Pneumonia cannot be excluded.", "pneumonia", "possible"),
        ("Probable pneumonia.", "pneumonia", "possible"),
        ("Tremor could not be assessed.", "tremor", "unassessed"),
        ("Declined to answer about violence.", "violence", "unassessed"),
        ("Allergy status is not documented; tremor.", "allergy", "undocumented"),
        ("She doesn't have a rash.", "rash", "negated"),
        ("Rash denied.", "rash", "negated"),
        ("Fever and rash denied, sleeps well.", "fever", "negated"),
        ("Fever and rash denied, sleeps well.", "sleeps", "affirmed"),
        ("Rash yes, fever no, cough yes.", "rash", "affirmed"),
        ("Rash (+), fever (-), cough (+).", "fever", "negated"),
        ("Rash (+), fever (-), cough (+).", "cough", "affirmed"),
        ("Nil fever.", "fever", "negated"),
        ("Denies fever and that the rash itches.", "rash", "negated"),
        ("Family concerned about neglect.", "neglect", "possible"),
        ("Drug screen could not be done.", "drug", "unassessed"),
        ("Call p.r.n. for rash. No cough.", "cough", "negated"),
    ],
)
def test_is_it_so(text, word, polarity):
    assert reading(text, word).polarity == Polarity(polarity)


@pytest.mark.parametrize(
    ("text", "word", "time"),
    [
        ("Chest pain.", "pain", "recent"),
        ("Current chest pain.", "pain", "current"),
        ("History of stroke.", "stroke", "historical"),
        ("Stroke in 2019.", "stroke", "historical"),
        ("Past medical history significant for stroke and sepsis.", "sepsis", "historical"),
        ("PMH: stroke.", "stroke", "historical"),
        ("HISTORY OF PRESENT ILLNESS: cough.", "cough", "recent"),
        ("A two-day history of cough.", "cough", "recent"),
        ("Return if cough worsens.", "cough", "hypothetical"),
        ("Should she develop a cough, call.", "cough", "hypothetical"),
        ("Call for any new rash.", "rash", "hypothetical"),
        ("Would leave if cough worsens.", "leave", "hypothetical"),
        ("Has a rash if she is cold.", "rash", "recent"),
        ("CRISIS PLAN\nCall a friend.\nReports a cough.", "cough", "recent"),
        ("CRISIS PLAN\nCall a friend.\nCough.", "cough", "hypothetical"),
        ("SOCIAL HISTORY\nAssault in 2019.", "assault", "historical"),
        ("A 40-year-old man with seizures who presents with cough.", "seizures", "standing"),
        ("A 40-year-old man with seizures who presents with cough.", "cough", "recent"),
        ("Most recent cough in May.", "cough", "recent"),
        ("Will start lithium.", "lithium", "planned"),
        ("Allergic to latex.", "allergic", "standing"),
        ("History of stroke, presents with cough.", "cough", "recent"),
    ],
)
def test_when_is_it(text, word, time):
    assert reading(text, word).time == Time(time)


def test_the_heading_of_a_cut_out_sentence_is_heard():
    (found,) = (each for each in read("Overdose.", "family") if each.stem == stem("overdose"))
    assert found.subject == "family"


@pytest.mark.parametrize(
    ("text", "word", "subject"),
    [
        ("Mother has depression.", "depression", "mother"),
        ("FHx: depression.", "depression", "family"),
        ("FAMILY HISTORY\nBrother: depression.", "depression", "brother"),
        ("History of depression in his father.", "depression", "father"),
        ("His sister's depression.", "depression", "sister"),
        ("Lives with his mother, has depression.", "depression", "patient"),
        ("Mother reports that he has depression.", "depression", "patient"),
        ("Family history of depression; personal history of mania.", "mania", "patient"),
        ("Note of another patient, who had seizures.", "seizures", "another person"),
        ("FHx: depression. Patient has mania.", "mania", "patient"),
        ("Child abuse.", "abuse", "patient"),
        ("The overdose is that of another Ann Lee; she has a cough.", "overdose", "another person"),
        ("The overdose is that of another Ann Lee; she has a cough.", "cough", "patient"),
        ("The family had wanted her seen for her bleeding.", "bleeding", "patient"),
    ],
)
def test_of_whom_is_it(text, word, subject):
    assert reading(text, word).subject == subject


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("Depression.", "depression", "unsaid"),
        ("Reports depression.", "depression", "patient"),
        ("Patient states he has depression.", "depression", "patient"),
        ("Mother states he has depression.", "depression", "collateral"),
        ("Per wife, he has depression.", "depression", "collateral"),
        ("Tremor observed on exam.", "tremor", "unsaid"),
        ("On exam a tremor.", "tremor", "observed"),
        ('He said "total despair" twice.', "despair", "quoted"),
    ],
)
def test_who_says_so(text, word, says):
    assert reading(text, word).says == Says(says)


def test_offsets_point_at_the_word_of_the_text():
    text = "PLAN\nRest.\n\nPMH: asthma. Denies SI, fever."
    for each in read(text):
        assert text[each.start : each.end].strip() == text[each.start : each.end] != ""
    found = reading(text, "fever")
    assert text[found.start : found.end] == "fever"


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text):
    assert all(0 <= each.start < each.end <= len(text) for each in read(text))
