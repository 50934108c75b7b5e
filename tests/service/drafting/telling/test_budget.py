"""What is left out as told already tells the same facts; what only shares words is told."""

import pytest

from service.drafting.telling.budget import fitted
from service.summary.document import Section, Statement


def fits(first, second, *, told=()):
    section = Section("plan", "Plan", (Statement(first), Statement(second)))
    return fitted([section], map(Statement, told), 200)


def kept(first, second):
    found = fits(first, second)
    assert found.left == [] and len(found.again) == 2 - len(found.sections[0].statements)
    return len(found.sections[0].statements)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Takes sertraline 50 mg daily since May.", "Takes sertraline 100 mg daily since May."),
        ("Endorses suicidal thoughts with a plan.", "Denies suicidal thoughts with a plan."),
        ("Command voices tell him to leave.", "No command voices tell him to leave."),
        ("Depression since the second child.", "Mother: depression since the second child."),
        ("PHQ-9 total score 17 (2026-03-10)", "PHQ-9 total score 9 (2026-05-10)"),
        # what only shares words
        ("Repeat lithium level in 4 weeks.", "Repeat creatinine level in 4 weeks."),
        ("Sister drives her to each visit on Friday.", "Sister drives her to work on Friday."),
        ("Call the pharmacy about the refill.", "Call the school about the refill."),
        ("Sertraline 50 mg stopped for a tremor.", "Sertraline 50 mg stopped for a rash."),
    ],
)
def test_what_says_something_else_is_never_left_out_as_told(first, second):
    assert kept(first, second) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Hypertension, well controlled on amlodipine. (2026-01-05)",
            "Hypertension is controlled on amlodipine. (2026-02-01)",
        ),
        ("No SI, no HI, no AVH. (2026-05-01)", "Denies suicidal ideation. (2026-05-01)"),
        ("PHQ-9 total score 9 (2026-05-10)", "PHQ-9 9 (2026-05-10)"),
        ("Sertraline 50 mg daily for depression.", "Zoloft 50 mg daily."),
        ("Call the pharmacy about the refill.", "Call the pharmacy about the refill. (2026-05-01)"),
    ],
)
def test_what_says_the_same_in_whatever_words_is_told_once_and_counted(first, second):
    assert kept(first, second) == 1


def test_what_comes_later_and_tells_more_takes_its_place():
    more = "Hypertension on amlodipine, with headache each morning."
    found = fits("Hypertension on amlodipine.", more)
    assert [s.text for s in found.sections[0].statements] == [more] and len(found.again) == 1


def test_what_several_tell_together_is_not_told_again():
    told = ("Risk: Denies SI. (2026-05-01) · Denies HI. (2026-05-01)", "Sleeps well.")
    found = fits("No SI and no HI.", "Sleeps well, works again.", told=told)
    assert [s.text for s in found.sections[0].statements] == ["Sleeps well, works again."]
    assert len(found.again) == 1
