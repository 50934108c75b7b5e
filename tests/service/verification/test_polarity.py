"""What is denied and what is there are told apart."""

import pytest

from service.verification.polarity import flips


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Suicidal ideation.", "Denies SI."), ("Endorses SI", "Denies SI/HI"),
        ("No firearms at home.", "Firearms at home."), ("Hallucinations.", "No AVH."),
        ("Sleep apnea.", "There is no evidence of obstructive sleep apnea."),
        ("Has bipolar disorder.", "Bipolar disorder was ruled out."),
    ],
)  # fmt: skip
def test_a_flip_is_found(statement, source):
    assert flips(statement, source) is not None


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No suicidal ideation.", "Denies SI."), ("Denies SI, HI.", "Denies SI/HI."),
        ("No firearms at home, engaged in treatment", "no firearms at home, engaged in treatment"),
        ("Denies SI but has passive wish", "Denies SI but has passive wish to be dead"),
        ("No side effects. Mood good.", "Mood good, no side effects."),
    ],
)  # fmt: skip
def test_the_same_polarity_in_other_words_is_no_flip(statement, source):
    assert flips(statement, source) is None
