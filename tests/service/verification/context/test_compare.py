"""A statement that turns what its source says is found; one in other words is not doubted."""

import pytest

from service.verification.context.compare import context_reasons, under_heading


@pytest.mark.parametrize(
    ("statement", "source", "check"),
    [
        ("Suicidal ideation.", "Denies SI.", "polarity"),
        ("Endorses SI", "Denies SI/HI", "polarity"),
        ("No firearms at home.", "Firearms at home.", "polarity"),
        ("Hallucinations.", "No AVH.", "polarity"),
        ("Sleep apnea.", "There is no evidence of obstructive sleep apnea.", "polarity"),
        ("Has bipolar disorder.", "Bipolar disorder was ruled out.", "polarity"),
        ("Closet unlocked.", "Closet locked.", "polarity"),
        ("Reports SI today", "Denies SI today. Reported SI in March.", "polarity"),
        ("Pneumonia.", "Possible pneumonia.", "certainty"),
        ("Possible pneumonia.", "Pneumonia.", "certainty"),
        ("Denies HI.", "HI not assessed.", "certainty"),
        ("Denies HI.", "HI: declined to answer", "certainty"),
        ("Denies HI.", "HI not documented.", "certainty"),
        ("Seizures.", "History of seizures.", "time"),
        ("Current seizures.", "Seizures in 2019.", "time"),
        ("Chest pain.", "Return if chest pain occurs.", "time"),
        ("Started lithium.", "Will start lithium.", "time"),
        ("Patient has depression.", "Mother has depression.", "subject"),
        ("Family history of depression.", "Patient has depression.", "subject"),
        ("Patient reports insomnia.", "Mother reports insomnia.", "attribution"),
    ],
)
def test_a_turn_is_found_and_named(statement, source, check):
    assert check in {reason.check for reason in context_reasons(statement, source)}
    assert all(reason.contradicts for reason in context_reasons(statement, source))


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No suicidal ideation.", "Denies SI."),
        ("Denies SI, HI.", "Denies SI/HI."),
        ("No firearms at home, engaged in treatment", "no firearms at home, engaged in treatment"),
        ("Denies SI but has passive wish", "Denies SI but has passive wish to be dead"),
        ("No side effects. Mood good.", "Mood good, no side effects."),
        ("Sleep is poor", "Not sleeping well"),
        ("Asthma", "PMH: asthma"),
        ("Aunt died by suicide", "Family history: maternal aunt died by suicide 2009"),
        ("Mom died of cancer.", "Mother died of cancer."),
        ("History of hypertension", "Hypertension"),
        ("No history of seizures", "No seizures"),
        ("Poor sleep", "Patient reports poor sleep"),
        ("Start lithium", "Plan: will start lithium"),
        ("A sleep apnea test showed no evidence of sleep apnea.", "No evidence of sleep apnea."),
        ("Pain.", "Nothing of that kind."),
    ],
)
def test_the_same_in_other_words_is_not_doubted(statement, source):
    assert context_reasons(statement, source) == []


def test_the_reason_shows_both_sentences():
    (reason,) = context_reasons("Well. Has SI.", "Sleeps well. Denies SI.")
    assert (reason.said, reason.source) == ("Has SI.", "Denies SI.")


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        (
            "FAMILY HISTORY\nSuicide attempt.",
            "Suicide attempt.",
            "Family history: Suicide attempt.",
        ),
        ("FAMILY HISTORY\nBrother: mania.", "Brother: mania.", "Family history: Brother: mania."),
        ("FHx: mania.", "FHx: mania.", "FHx: mania."),
        ("FHx: mania.\nExam: tremor.", "tremor.", "tremor."),
        ("Tremor.", "Tremor.", "Tremor."),
    ],
)
def test_a_quote_stands_behind_the_heading_that_decides_how_it_is_meant(text, quote, shown):
    start = text.index(quote)
    assert under_heading(text, start, start + len(quote)) == shown
