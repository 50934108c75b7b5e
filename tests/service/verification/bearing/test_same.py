"""What counts as a quote in other words, and what no longer does."""

import pytest

from service.reading.read import read_statement
from service.verification.bearing.same import reads_alike

ALIKE = [
    ("Immunization: flu, seasonal (2020-02-13)", "Immunization: Influenza, seasonal (2020-02-13)"),
    ("Olanzapine 10 mg qHS for two weeks", "olanzapine 10 mg at bedtime for 2 weeks"),
    ("Sertraline 100 mg oral pill (for MDD)", "Sertraline 100 mg oral tablet (for MDD)"),
    ("FAMILY hx: pt does not know.", "FAMILY HISTORY: patient does not know."),
]
OTHER = [
    ("Olanzapine 10 mg at bedtime for 2 weeks", "Olanzapine 10 mg at bedtime for 3 weeks"),
    ("Tremor before the dose", "Tremor after the dose"),
    ("Denies hopelessness.", "Hopelessness."),
    ("Practitioner: Dr. Quill", "Practitioner: Dr. Sarah Brown"),
    ("Her mother has asthma.", "She has asthma."),
    ("Switched from sertraline to fluoxetine.", "Switched from fluoxetine to sertraline."),
    ("No locking, fever.", "No locking, no fever."),
]


@pytest.mark.parametrize(("said", "quote"), ALIKE)
def test_other_words_for_the_same_are_a_quote(said, quote):
    assert reads_alike(read_statement(said), [quote])


@pytest.mark.parametrize(("said", "quote"), OTHER)
def test_another_thing_value_person_or_turn_is_none(said, quote):
    assert not reads_alike(read_statement(said), [quote])


def test_quotes_one_after_the_other_are_told_in_their_order():
    quotes = ["Lithium 600 mg qHS.", "Tremor."]
    assert reads_alike(read_statement("Lithium 600 mg at bedtime. Tremor."), quotes)
    assert not reads_alike(read_statement("Tremor. Lithium 600 mg at bedtime."), quotes)


def test_a_text_that_says_nothing_is_no_quote():
    assert not reads_alike(read_statement("And so on."), ["As before."])
