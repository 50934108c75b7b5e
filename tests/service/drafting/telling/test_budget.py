"""What is left out as told already tells nothing more; another number or a denial does."""

import pytest

from service.drafting.telling.budget import fitted
from service.summary.document import Section, Statement


def kept(first, second):
    section = Section("plan", "Plan", (Statement(first), Statement(second)))
    (found,), left = fitted([section], (), 200)
    assert left == []
    return len(found.statements)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Takes sertraline 50 mg daily since May.", "Takes sertraline 100 mg daily since May."),
        ("Endorses suicidal thoughts with a plan.", "Denies suicidal thoughts with a plan."),
        ("Command voices tell him to leave.", "No command voices tell him to leave."),
        ("Depression since the second child.", "Mother: depression since the second child."),
    ],
)
def test_what_says_otherwise_is_never_left_out_as_told(first, second):
    assert kept(first, second) == 2


def test_what_says_the_same_is_told_once():
    again = "Hypertension is controlled on amlodipine. (2026-02-01)"
    assert kept("Hypertension, well controlled on amlodipine. (2026-01-05)", again) == 1
