"""A note's sentences, with headings and exact places."""

from service.drafting.notes import sentences
from tests.service.drafting.builders import a_note

BODY = """OUTPATIENT PSYCHIATRY - PROGRESS NOTE
Date of service: 05/01/2026

INTERVAL HISTORY
PHQ-9 9 today (17 on 03/10/2026). "I have my color back." Seen by Dr. Moreau in May.

SUBSTANCE USE: denies alcohol, nicotine.

PLAN
1. Continue bupropion XL 300 mg every morning.
2. RTC 3 months.
S. Lindqvist, MD
"""


def test_each_sentence_is_at_its_place():
    note = a_note(BODY)
    found = sentences(note.text)
    assert all(" ".join(note.text[s.start : s.end].split()) == s.text for s in found)


def test_sentences_stand_under_their_headings():
    by_text = {s.text: s.heading for s in sentences(a_note(BODY).text)}
    assert by_text["PHQ-9 9 today (17 on 03/10/2026)."] == "INTERVAL HISTORY"
    assert by_text["RTC 3 months."] == "PLAN"


def test_a_label_on_the_line_stays_in_the_sentence():
    found = {s.text: s.heading for s in sentences(a_note(BODY).text)}
    assert found["SUBSTANCE USE: denies alcohol, nicotine."] == "SUBSTANCE USE"


def test_titles_of_doctors_do_not_end_a_sentence():
    assert "Seen by Dr. Moreau in May." in [s.text for s in sentences(a_note(BODY).text)]


def test_list_numbers_signatures_and_the_notes_own_data_are_no_sentences():
    said = " | ".join(s.text for s in sentences(a_note(BODY).text))
    assert "Date of service" not in said
    assert "Lindqvist" not in said
    assert "1. " not in said


def test_a_fragment_is_told_with_the_sentence_before_it():
    body = "Heard voices in June. None since then. No HI. Eats well."
    assert [s.text for s in sentences(a_note(body).text)] == [
        "Heard voices in June. None since then. No HI.",
        "Eats well.",
    ]


def test_a_quotation_is_never_cut():
    body = 'She said: "I am not my worst week. Write that down." Sleeps well at night.'
    assert [s.text for s in sentences(a_note(body).text)] == [
        'She said: "I am not my worst week. Write that down."',
        "Sleeps well at night.",
    ]


def test_a_bare_line_above_its_text_is_a_heading():
    (sentence,) = sentences(a_note("Results pending\nPathology of the hip is pending.").text)
    assert sentence.heading == "Results pending"


def test_a_note_without_text_has_no_sentences():
    assert sentences("Progress note, 2026-05-01, psychiatrist\n\n\n") == []
