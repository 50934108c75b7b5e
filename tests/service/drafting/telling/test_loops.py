"""What is open, each thing for itself, and by words that name it."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import told


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Refer to nephrology.", "Refer to dietitian."),
        ("Neurology referral placed.", "Referral to social worker."),
        ("Refer to Dr. Smith for EMDR.", "Refer to nephrology."),
    ],
)
def test_a_referral_to_another_is_not_open_since_the_first(before, now):
    old = a_note(f"PLAN\n1. {before}\n", effective="2026-05-01")
    found = told(glue.OPEN, old, a_note(f"PLAN\n1. {now}\n", effective="2026-05-20"))
    assert before in found and now in found and "open since" not in found


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        ("NMDA receptor antibody: still no result.", "Sample may be lost; lab to answer, not yet."),
        ("Mild early signs of lithium excess are possible.", "Cause not clear yet."),
        ("Housing: spoke with the case manager.", "No answer yet from the county."),
    ],
)
def test_what_names_nothing_is_told_with_the_sentence_before_it(lead, said):
    assert f"{lead} {said}" in told(glue.OPEN, a_note(f"PLAN\n1. {lead} {said}\n"))


def test_what_names_something_or_begins_its_line_stands_alone():
    found = told(glue.OPEN, a_note("PLAN\n1. Slept well. TSH not drawn yet.\n2. Not booked yet.\n"))
    assert "Slept" not in found and "TSH not drawn yet." in found
