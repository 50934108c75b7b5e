"""Headings in all their forms, and what stands under them."""

import pytest

from tests.service.reading.structure.reading import sections, states, units


@pytest.mark.parametrize(
    "heading",
    [
        "PLAN",
        "PLAN:",
        "Plan:",
        "**Plan:**",
        "**Plan**",
        "# Plan",
        "## Plan ##",
        "Plan\n----",
        "=== PLAN ===",
        "III. PLAN",
    ],
)
def test_a_heading_opens_its_section_however_it_is_written(heading):
    assert sections(f"Sleeps well.\n\n{heading}\nLithium")[-1] == ("Lithium", "plan")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Plan: see again.", [("see again.", "plan")]),
        (
            "ALLERGIES: NKDA MEDS: sertraline PMH: asthma",
            [("ALLERGIES", "allergies"), ("sertraline", "medicines"), ("asthma", "past-history")],
        ),
        (
            "Three weeks of cough. PMH: asthma",
            [("Three weeks of cough.", "other"), ("asthma", "past-history")],
        ),
        (
            "Allergies: penicillin - rash. Takes sertraline.",
            [("penicillin - rash.", "allergies"), ("Takes sertraline.", "other")],
        ),
        (
            "Safety plan: call sister. Passive SI.",
            [("call sister.", "safety-plan"), ("Passive SI.", "other")],
        ),
        (
            "FAMILY HISTORY\n- Depression\n\nPAST PSYCHIATRIC HISTORY\n- PTSD",
            [("Depression", "family"), ("PTSD", "past-history")],
        ),
        (
            "FAMILY HISTORY: unknown to him.\nSleep: poor",
            [("unknown to him.", "family"), ("Sleep poor", "other")],
        ),
        ("FHx: as told\nMother: bipolar", [("as told", "family"), ("Mother bipolar", "family")]),
        ("MSE: Alert.\nMood: low", [("Alert.", "mental-state"), ("Mood low", "mental-state")]),
        (
            "ALLERGIES:\nLithium - tremor\nMEDICATIONS:\nQuetiapine",
            [("Lithium - tremor", "allergies"), ("Quetiapine", "medicines")],
        ),
        ("PHQ-9: 18 on 1/5", [("PHQ-9 18 on 1/5", "scores")]),
    ],
)
def test_what_stands_behind_a_heading_is_of_its_section(text, told):
    assert sections(text) == told


def test_an_unknown_heading_stands_under_the_one_above_unless_written_like_it():
    assert sections("# Plan\n## Neurology\nSee again")[-1][1] == "plan"
    assert sections("# Plan\nx\n# Neurology\nSee them")[-1][1] != "plan"


def test_a_heading_without_text_is_of_the_form():
    assert states("PLAN\n\nASSESSMENT\nDepression.")[0] == ("PLAN", "template")


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Start sertraline 50 mg.", "plan"),
        ("RTC 2 wks", "plan"),
        ("We will see her on Friday.", "plan"),
        ("34-year-old with low mood.", "history"),
        ("Tender over the left knee.", "other"),
    ],
)
def test_without_headings_lines_tell_their_section_where_they_can(text, section):
    assert units(text)[0].section.value == section


def test_a_heading_in_capitals_needs_no_colon():
    text = "HPI 34yo with low mood\nPMH asthma\nMEDS sertraline"
    assert sections(text) == [
        ("34yo with low mood", "history"),
        ("asthma", "past-history"),
        ("sertraline", "medicines"),
    ]
