"""Quotes, differences, earlier words and times, as values."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import BadInput, WrongSetting
from service.review.former import texts_before
from service.review.sources import Highlight
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import FindingKind, SummaryStatus, SummaryType, Support
from service.web.pages import words
from service.web.pages.diff import word_diff
from service.web.pages.frame import TEMPLATES, compile_all
from service.web.pages.patients import patient_ref
from service.web.pages.quotes import pieces
from service.web.pages.signin import safe_next
from service.web.pages.times import fhir_day, instant, length, zone_named

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def a_text(*texts, writer="person"):
    statements = tuple(Statement(text, writer=writer) for text in texts)
    return Document("T", (), (Section("s", "S", statements),))


def test_overlapping_highlights_share_the_pieces_they_share():
    made = pieces("abcdef", [Highlight(0, 4, 1), Highlight(2, 6, 2, finding_number=7)])
    assert [(p.text, p.statements, p.findings) for p in made] == [
        ("ab", (1,), ()),
        ("cd", (1, 2), (7,)),
        ("ef", (2,), (7,)),
    ]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50))))
def test_the_pieces_are_the_whole_text_whatever_the_offsets(text, spans):
    made = pieces(text, [Highlight(start, end, 0) for start, end in spans])
    assert "".join(piece.text for piece in made) == text


@given(st.text(alphabet="ab .\n", max_size=60), st.text(alphabet="ab .\n", max_size=60))
def test_a_word_diff_holds_both_texts_whole(before, after):
    changes = word_diff(before, after)
    assert "".join(c.text for c in changes if c.kind != "new") == before
    assert "".join(c.text for c in changes if c.kind != "gone") == after


def test_a_word_diff_names_the_words_that_changed():
    changes = word_diff("takes 50 mg daily", "takes 100 mg daily")
    assert [(c.kind, c.text) for c in changes if c.kind != "same"] == [
        ("gone", "50"),
        ("new", "100"),
    ]


def test_a_blank_between_changed_words_is_changed_with_them():
    changes = word_diff("no risk now", "some plan today")
    assert [c.text for c in changes] == ["no risk now", "some plan today"]


@pytest.mark.parametrize("words", [3_000, 60_000])
def test_two_long_texts_that_share_little_are_told_apart_at_once(words):
    before = " ".join(f"{n % 7}a" for n in range(words))
    after = " ".join(f"{n % 5}a" for n in range(words))
    began = time.process_time()
    changes = word_diff(before, after)
    assert time.process_time() - began < 2
    assert "".join(c.text for c in changes if c.kind != "gone") == after


def test_the_words_before_an_edit_are_found_across_a_removal():
    first, edited = a_text("a", "b", "c"), a_text("a", "b", "c, reworded")
    shorter = a_text("b", "c, reworded")
    assert texts_before([shorter, edited, first]) == {1: "c"}


def test_a_new_draft_ends_the_look_back():
    assert texts_before([a_text("quite", "another"), a_text("x", "y", "z")]) == {}


def test_only_what_a_person_worded_can_be_taken_back():
    assert texts_before([a_text("a", writer="extractive"), a_text("b", writer="extractive")]) == {}


def test_an_instant_is_shown_in_the_zone_with_its_name():
    shown = instant(datetime(2026, 9, 1, 12, 5, tzinfo=UTC), STOCKHOLM)
    assert shown == '<time datetime="2026-09-01T12:05:00+00:00">2026-09-01 14:05 CEST</time>'


@pytest.mark.parametrize(
    ("written", "says"), [("2026", "2026"), ("2026-05-01", "2026-05-01"), ("no date", "no date")]
)
def test_a_fhir_date_is_shown_as_precisely_as_it_was_written(written, says):
    assert says in fhir_day(written, STOCKHOLM)


def test_a_fhir_instant_is_shown_in_the_zone():
    assert "2026-05-01 12:00 CEST" in fhir_day("2026-05-01T10:00:00Z", STOCKHOLM)


@pytest.mark.parametrize(
    ("passed", "says"), [(timedelta(seconds=5), "just now"), (timedelta(minutes=90), "1 h ago")]
)
def test_an_age_is_its_largest_whole_unit(passed, says):
    assert length(passed) == says


def test_an_unknown_time_zone_is_a_wrong_setting():
    with pytest.raises(WrongSetting, match="COUNTERSIGN_TIME_ZONE"):
        zone_named("Mars/Olympus")


@pytest.mark.parametrize("path", ["//evil.test", "/\\evil.test", "https://evil.test", "", "/a\nb"])
def test_signing_in_leads_nowhere_else(path):
    assert safe_next(path) == "/"


@pytest.mark.parametrize("typed", ["Patient/a-1", " a-1 ", "a-1"])
def test_a_patient_may_be_typed_with_or_without_its_type(typed):
    assert patient_ref(typed) == "Patient/a-1"


@pytest.mark.parametrize("typed", ["", "Group/1", "a b", "Patient/", "x" * 65])
def test_what_is_no_patient_id_is_refused(typed):
    with pytest.raises(BadInput):
        patient_ref(typed)


def test_every_value_has_its_words():
    assert set(words.STATUS) == set(SummaryStatus)
    assert set(words.TYPE) == set(SummaryType)
    assert set(words.FINDING) == set(FindingKind)
    assert set(words.SUPPORT) == {*Support, None}


def test_a_server_has_compiled_every_template_before_it_is_asked():
    TEMPLATES.cache.clear()
    compile_all()
    assert len(TEMPLATES.cache) == len(TEMPLATES.list_templates())


def test_a_day_that_is_no_day_is_shown_as_it_was_written_and_as_text():
    assert fhir_day('<b>"1', STOCKHOLM) == (
        '<time datetime="&lt;b&gt;&#34;1">&lt;b&gt;&#34;1</time>'
    )


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("allergy", "2 allergies"),
        ("family history", "2 family histories"),
        ("study", "2 studies"),
        ("survey", "2 surveys"),
        ("medicine as taken", "2 medicines as taken"),
        ("medicine given", "2 medicines given"),
        ("note", "2 notes"),
    ],
)
def test_more_than_one_is_counted_in_english(noun, many):
    assert (words.counted(2, noun), words.counted(1, noun)) == (many, f"1 {noun}")


def test_a_type_of_record_without_a_name_of_its_own_is_two_words():
    assert words.resource("MedicationDispense") == "Medication dispense"
    assert words.resource("AllergyIntolerance") == "Allergy"
    assert words.resource("Immunization") == "Immunization"
