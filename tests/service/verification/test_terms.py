"""A text as its terms."""

import pytest

from service.verification.terms import read


def terms(text):
    return [(term.kind, term.key) for term in read(text).terms]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SI/HI", "suicidal ideation, homicidal ideation"),
        ("Zoloft", "sertraline"),
        ("c/o SOB", "complains of shortness of breath"),
        ("heart attack", "MI"),
        ("twenty-one days", "3 weeks"),
        ("↑ dose", "increased dose"),
        ("hospitalised", "hospitalized"),
        ("tumour", "tumor"),
    ],
)
def test_two_ways_to_say_one_thing_have_the_same_terms(one, other):
    assert terms(one) == terms(other)


def test_words_of_their_own_are_no_abbreviations_in_small_letters():
    assert ("word", "homicidal-ideation") not in terms("Hi, it is us.")
    assert ("word", "homicidal-ideation") in terms("Denies HI.")


def test_a_name_is_told_from_the_first_word_of_a_sentence():
    assert ("name", "quillon") in terms("Dr. Quillon called.")
    assert ("name", "quillon") in terms("walks with Quillon")
    assert ("word", "quillon") in terms("Quillon walks.")


@pytest.mark.parametrize("text", ["", "None.", "Noted and agreed.", "He says so."])
def test_mere_phrasing_is_not_checkable(text):
    assert not read(text).is_checkable()


def test_every_term_stands_where_it_says():
    text = "Takes thirty mg of Prozac BID, s/p L knee surgery on 3 May 2024."
    assert all(text[t.start : t.end].strip() == t.said.strip() for t in read(text).terms)
