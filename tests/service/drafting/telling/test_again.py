"""What a statement tells that others tell already: a medicine that goes on as its row has it."""

import pytest

from service.drafting.telling.again import said, tells_again

ROWS = "Medicines now: prazosin 6 mg at bedtime · venlafaxine XR 150 mg once daily"


def is_again(text, told=ROWS):
    return all(tells_again(item, said(told)) for item in said(text))


@pytest.mark.parametrize(
    "text",
    [
        "Continue venlafaxine XR 150 mg daily. (2026-08-18)",
        "Continue prazosin 6 mg at bedtime.",
        "Keep prazosin as is.",
    ],
)
def test_that_a_medicine_goes_on_as_its_row_has_it_is_told_already(text):
    assert is_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "Continue prazosin 8 mg at bedtime.",
        "Continue venlafaxine XR 150 mg daily for six months.",
        "Increase venlafaxine XR to 225 mg.",
        "Continue lithium 300 mg.",
    ],
)
def test_another_dose_an_end_or_another_medicine_is_not(text):
    assert not is_again(text)


def test_nor_that_one_goes_on_which_its_row_has_as_stopped():
    assert not is_again("Continue prazosin.", "Medicines now: prazosin stopped (2026-08-01)")
