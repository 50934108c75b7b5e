"""Copied-forward text is known for what it is; a changed word or number is not a copy."""

import pytest

from service.retrieval.copies import Written, copies_of, normal

OLD = "One admission in 2016 after an overdose of paracetamol. Citalopram helped then."


def is_copy(new, old=OLD):
    return copies_of([Written("old", old), Written("new", new)]) == {"new": "old"}


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        OLD.upper(),
        "- One admission in 2016\n  after an overdose of paracetamol.  Citalopram helped then",
        "One admission in 2016 after an overdose of paracetamol.",
    ],
)
def test_the_same_words_however_set_are_a_copy(new):
    assert is_copy(new)


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("2016", "2019"),
        OLD.replace("One", "No"),
        OLD.replace("helped", "never helped"),
        OLD + " A second admission followed in May.",
    ],
)
def test_a_changed_or_added_fact_is_not_a_copy(new):
    assert not is_copy(new)


def test_a_short_phrase_is_said_anew_at_each_visit():
    assert not is_copy("Denies SI.", "Denies SI.")


def test_copies_point_at_the_oldest_and_never_at_a_copy():
    written = [Written(str(n), OLD) for n in range(4)]
    assert copies_of(written) == {"1": "0", "2": "0", "3": "0"}


def test_signs_and_other_scripts_count():
    assert normal("T-score -2.5") != normal("T-score 2.5")
    assert normal("Größe über") != normal("Größe unter")
    assert normal("SI?") != normal("SI")
