"""A quote is found again although its page was set differently, never when a value differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.drafting.quotes import find, nearest

TEXT = "Plan: Continue bupropion XL 300 mg — every morning. “I have my color back.” PHQ-9 9."


@pytest.mark.parametrize(
    "quote",
    [
        "Continue bupropion XL 300 mg - every morning",
        "continue  BUPROPION xl 300 mg every morning",
        '"I have my color back"',
        "PHQ 9 9",
    ],
)
def test_space_case_punctuation_and_quote_marks_may_differ(quote):
    match = find(quote, TEXT)
    assert match is not None and match.score == 1.0


@pytest.mark.parametrize(
    "quote", ["bupropion XL 30 mg", "bupropion XL 3000 mg", "every evening", "back color my", ""]
)
def test_another_value_word_or_order_is_not_the_quote(quote):
    assert find(quote, TEXT) is None


def test_offsets_are_into_the_text():
    match = find("continue BUPROPION", TEXT)
    assert match and TEXT[match.start : match.end] == "Continue bupropion"


def test_nearest_forgives_a_letter_in_a_long_quote_only():
    assert nearest("Continue bupropion XL 300 mg every mornin", TEXT) is not None
    assert nearest("bupropon", TEXT) is None


@given(st.text(max_size=200), st.text(max_size=400))
def test_no_text_breaks_the_search(quote, text):
    match = find(quote, text)
    assert match is None or 0 <= match.start < match.end <= len(text)


def test_characters_that_nobody_sees_do_not_hide_a_quote():
    text = "Denies su\u200bici\u200bdal ideation."
    match = find("denies suicidal ideation", text)
    assert text[match.start : match.end] == "Denies su\u200bici\u200bdal ideation"
    assert find("50 mg", "5\u200b0 mg") is None
