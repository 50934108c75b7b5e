"""Whole numbers as others write them."""

import pytest

from service.errors import BadInput
from service.numbers import whole_number
from service.review.reasons import CHOICES, chosen


def test_a_number_that_a_column_holds_is_taken():
    assert whole_number("0") == 0
    assert whole_number(12) == 12
    assert whole_number("9" * 18) == 10**18 - 1


@pytest.mark.parametrize("said", ["9" * 19, "0" * 5000, "", "-1", "1.0", "²", "٣", None, True])
def test_nothing_else_is(said):
    assert whole_number(said) is None


@pytest.mark.parametrize("where", ["7" * 5000, "²", "٣"])
def test_the_number_of_a_statement_that_there_is_not_is_refused_in_words(where):
    kind, choice = next((k, c) for k, told in CHOICES.items() for c in told if c.asks == "where")
    with pytest.raises(BadInput, match="number of the statement"):
        chosen(kind, choice.key, "", where)
