"""The panel of first screens can be held, and its words mean what it says that they mean."""

import pytest

from fhir_fixtures import stories
from tests.benchmarks._briefs import MOST_LINES, MOST_WORDS, has, judged, panel

KINDS = {"who", "changed", "danger", "medicine", "loop", "unread"}


def test_every_story_has_its_first_screen():
    assert sorted(panel()) == stories.names()
    for story in panel().values():
        assert 6 <= len(story["must"]) <= 12
        assert {must["kind"] for must in story["must"]} <= KINDS
        assert story["conflict"] and story["must_not"]


@pytest.mark.parametrize("name", stories.names())
def test_one_brief_holds_all_that_is_asked_in_its_lines_and_words(name):
    lines = panel()[name]["holds"].strip().splitlines()
    found = judged(panel()[name], lines)
    assert (found.missed, found.untold, found.wrong) == ((), (), ())
    assert len(lines) <= MOST_LINES
    assert sum(len(line.split()) for line in lines) <= MOST_WORDS


@pytest.mark.parametrize(
    ("line", "entry", "stands"),
    [
        ("Fluoxetine 30 mg", "30", True),
        ("Fluoxetine 300 mg", "30", False),
        ("Apixaban 2.5 mg", "5", False),
        ("Creatinine 1.4.", "1.4", True),
        ("PHQ-9 not done", "9", False),
        ("PHQ-9 9 (17)", "9", True),
        ("Seen 2026-08-05", "5", False),
        ("Denied SI", "deni", True),
        ("Now normal", "no", False),
        ("No SI", "si", True),
        ("Safety plan", "safe ", False),
        ("In his safe since May", "safe ", True),
        ("Sertraline or venlafaxine", "prazosin|venlafaxine", True),
    ],
)
def test_numbers_and_short_words_stand_alone_and_other_words_go_on(line, entry, stands):
    assert has(line, entry) is stands


@pytest.mark.parametrize(
    "line",
    [
        "on 2026-08-05",
        "on 08/05/2026",
        "8/5/26:",
        "(08/05)",
        "August 5, 2026",
        "5 Aug",
        "Aug 05",
    ],
)
def test_a_day_stands_however_it_is_written(line):
    assert has(line, "2026-08-05") and has(line, "2026-08-05|x")
    assert not has(line, "2026-08-06")


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("in August", True),
        ("Aug 2026", True),
        ("08/2026", True),
        ("2026-08-31", True),
        ("8/31/2026", True),
        ("August 2024", False),
        ("2025-08", False),
        ("12 months", False),
    ],
)
def test_a_month_stands_by_name_by_number_and_in_its_days(line, stands):
    assert has(line, "2026-08") is stands


def test_a_year_stands_in_a_date_and_in_no_longer_number():
    assert has("admitted 02/20/2024", "2024") and has("2024-02-20", "2024")
    assert not has("MRN 120245", "2024")


def test_what_is_asked_must_stand_in_one_line():
    story = {
        "must": [{"name": "lithium", "all": ["lithium", "600"]}],
        "conflict": [{"name": "NSAIDs", "sides": [["no NSAIDs"], ["ibuprofen"]]}],
        "must_not": [{"name": "aspirin", "all": ["aspirin"], "unless": ["stopped"]}],
    }
    apart = judged(story, ["Lithium", "600 mg", "Takes no NSAIDs", "Ibuprofen", "Aspirin 81 mg"])
    assert (apart.held, apart.told) == ((), ())
    assert apart.wrong == ("aspirin <- Aspirin 81 mg",)
    together = judged(
        story, ["Lithium 600 mg", "No NSAIDs, ibuprofen 07-28", "Aspirin stopped in January"]
    )
    assert (together.missed, together.untold, together.wrong) == ((), (), ())


def test_a_source_in_brackets_is_no_head_of_a_form_and_a_head_is():
    story = {"must": [], "conflict": [], "must_not": []}
    assert judged(story, ["Denies SI (progress note, 2026-08-26)"]).wrong == ()
    assert judged(story, ["PROGRESS NOTE Date of service: 08/26/2026"]).wrong
