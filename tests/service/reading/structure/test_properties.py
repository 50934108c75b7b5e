"""Whatever the text: nothing is lost, offsets are exact, and time grows with its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reading.layout import Section, Structure
from service.reading.structure import read_structure

PIECES = [
    *("- ", "1. ", "6b. ", "2)", "• ", "[x] ", "[ ] ", "(X) ", "|No|", " | ", "Y ", "N ", "~~"),
    *("Denies:", "Plan:", "ALLERGIES", "**Plan:**", "# A", "Stop taking:", "SI", "HI: ", "none"),
    *("yes", "Doctor: ", "Patient: ", "Copied from previous note:", "2026-03-01", "Addendum:", "a"),
    *(
        "[03/01/2026 14:02 RN]",
        "in error",
        "not 5 mg",
        "lithium 900 mg",
        "***",
        "{x}",
        "---",
        "Mood",
    ),
    *("?", ".", ", ", "+", "(", "he sleeps", "\n", "\n\n", "  ", "\t", "\u00a0", "\u200b"),
    *("> ", "\r\n", "\u2028", "é", "☐ ", "½"),
]
MB = 1_000_000


def check(text: str) -> Structure:
    structure = read_structure(text)
    covered, last = bytearray(len(text)), 0
    for unit in structure.units:
        start, end = unit.place
        assert last <= start < end <= len(text)
        last = end
        assert unit.parts
        assert all(0 <= a < b <= len(text) for a, b in unit.parts)
        for a, b in (unit.place, unit.header or unit.place):
            covered[a:b] = b"\1" * (b - a)
    lost = [c for c, seen in zip(text, covered, strict=True) if c.isalnum() and not seen]
    assert not lost, lost
    return structure


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_nothing_that_a_note_says_is_lost(text):
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text):
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_a_place_in_a_units_words_leads_back_to_the_text(text):
    for unit in read_structure(text).units:
        words = unit.words(text)
        for at, char in enumerate(words):
            if not char.isspace():
                assert text[unit.offset(at)] == char


@pytest.mark.parametrize(
    "piece",
    [
        *' \n-|[](:1aA.?!"_*~#\t,;>=+<{@/•\u00a0\u200b',
        "[ ]",
        "a: ",
        "a. ",
        "- ",
        "\n\n",
        "(Y)",
        "~~",
        "<s>",
    ],
)
def test_a_megabyte_of_one_thing_is_read_in_time(piece):
    began = time.process_time()
    read_structure(piece * (MB // len(piece)))
    assert time.process_time() - began < 60  # 0.1 to 6 s; what is not linear takes far longer


@pytest.mark.parametrize(
    "line", ["a\n", "A: \n", "- a\n", "a | b\n", "# a\n", "Denies:\n", "D: a?\n"]
)
def test_twice_the_lines_take_twice_the_time(line):
    def seconds(count):
        began = time.process_time()
        read_structure(line * count)
        return time.process_time() - began

    seconds(100)
    assert seconds(16_000) < 32 * seconds(2_000) + 2.0  # 8 times where linear, 64 where not


def test_no_sentence_is_longer_than_a_thousand_characters():
    units = read_structure("word " * 2_000).units
    assert all(u.place.end - u.place.start <= 1_000 for u in units)
    assert len(units) > 9


@pytest.mark.parametrize("text", ["", " ", "\n\n", "---", "\ufeff", "| | |"])
def test_a_text_that_says_nothing_has_no_unit(text):
    assert check(text).units == ()


def test_the_kind_of_the_whole_text_is_taken_over():
    assert (
        read_structure("Mother: bipolar.", section=Section.FAMILY).units[0].section
        is Section.FAMILY
    )
