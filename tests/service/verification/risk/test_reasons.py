"""A statement on risk may not flip, drop, invent or date anew what its source says."""

import pytest

from service.verification.risk.reasons import risk_reasons


@pytest.mark.parametrize(
    ("statement", "source", "check"),
    [
        ("Passive SI with plan.", "Passive SI without plan.", "polarity"),
        ("Thoughts of killing herself.", "Denies SI.", "polarity"),
        ("Denies SI.", "SI not assessed.", "polarity"),
        ("SI, no plan.", "Passive SI, no plan.", "qualifier"),
        ("Denies SI.", "Denies active SI.", "qualifier"),
        ("Suicide attempt in 2018.", "Aborted suicide attempt in 2018.", "qualifier"),
        ("Suicide attempt.", "Suicide attempt in 2019.", "time"),
        ("Cutting last week.", "Cutting in high school.", "time"),
        ("SI today.", "SI yesterday.", "time"),
        ("Father died by suicide.", "Patient: no. Uncle died by suicide.", "subject"),
        ("Suicide attempt.", "Family history: suicide attempt.", "subject"),
        ("She assaulted her partner.", "Assaulted by her partner.", "subject"),
        ("Talks about suicide.", "Mother reports he talks about suicide.", "attribution"),
        ("Attempt by hanging in 2019.", "Attempt by overdose in 2019.", "means"),
        ("Daily SI.", "Occasional SI.", "qualifier"),
        ("Abuse by an uncle.", "Denies SI.", "risk"),
        ("Acute risk low.", "Acute risk moderate.", "risk level"),
        ("Denies SI. Low risk.", "Denies SI.", "risk level"),
        ("Suicide risk low.", "Suicide risk moderate; violence risk low.", "risk level"),
        ("Plans to overdose.", "Thoughts of suicide.", "risk"),
        ("Pt has made an attempt.", "Uncle made an attempt. Pt never made an attempt.", "polarity"),
        ("Life is not worth living.", "Denies that life is not worth living.", "polarity"),
        ("Voices tell him to hurt others.", "Voices tell him to cut.", "qualifier"),
        ("Suicide attempt.", "Jumped from a bridge.", "risk"),
        ("SI over the past month.", "SI over the past week.", "time"),
        ("Protective factors: faith, job.", "Protective factors: faith.", "protective factors"),
    ],
)
def test_an_altered_statement_is_named(statement, source, check):
    assert check in {reason.check for reason in risk_reasons(statement, source)}


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No suicidal thoughts.", "Denies SI."),
        ("No SI.", "No active or passive SI."),
        (
            "Suicidal thoughts since Tuesday.",
            "Has been thinking about killing herself since Tuesday.",
        ),
        ("Prior suicide attempt (2019, overdose).", "Suicide attempt by overdose in 2019."),
        ("Maternal aunt died by suicide.", "FHx: maternal aunt died by suicide."),
        ("Acute risk low to moderate.", "Acute risk low to moderate, chronic risk elevated."),
        ("No suicide attempts, two overdoses.", "No SA. ODs x2."),
        ("No thoughts of self-harm.", "Nil thoughts of DSH."),
        ("SI in the past week.", "SI over the past week."),
        ("SI with a plan (overdose).", "SI with a plan to overdose."),
        ("Hurt her knee. Beat me at chess.", "Nothing of risk."),
        ("od right eye, sib well.", "Nothing of risk."),
        ("Cutting in March.", "2026-03-10: cutting."),
        ("Cutting down on alcohol, alcohol abuse.", "Nothing of risk."),
        ("SI joint pain. Hi, doctor.", "SI joint pain."),
    ],
)
def test_the_same_risk_in_other_words_is_not_doubted(statement, source):
    assert risk_reasons(statement, source) == []
