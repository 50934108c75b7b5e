"""Capitals beside the words that they stand for."""

from service.verification.initials import spelled


def test_capitals_that_no_list_has_stand_for_the_words_that_they_begin():
    text = "Benign on fine-needle aspiration."
    (span,) = spelled(text, "FNA was benign.")
    assert text[slice(*span)] == "fine-needle aspiration"
    assert spelled("FNA was benign.", text) == ((0, 3),)


def test_other_first_letters_spell_nothing():
    assert spelled("Benign on core needle biopsy.", "FNA was benign.") == ()
