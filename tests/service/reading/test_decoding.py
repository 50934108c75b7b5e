"""Text in the wrong encoding is read as it was meant, and every place stays that of the text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reading.decoding import decoded
from service.reading.layout import Place
from service.reading.read import read_statement, read_text

MEANT = [
    ("Pt can&#39;t recall. BP 92&#47;58.", "Pt can't recall. BP 92/58."),
    ("SI &amp; HI; temp &gt; 38&deg;C", "SI & HI; temp > 38°C"),
    ("50&nbsp;mg", "50\u00a0mg"),
    ("He doesnâ€™t smoke", "He doesn’t smoke"),
    ("70Â kg, 50 Âµg, Â½ tablet", "70 kg, 50 µg, ½ tablet"),
    ("dÃ©jÃ vu", "déjÃ vu"),
    ("Pt doesn?t drink; can\ufffdt sleep", "Pt doesn't drink; can't sleep"),
    ("said \\u201cno\\u201d\\nDenies SI", "said “no”\nDenies SI"),
    ("suicidal idea=\ntion, d=C3=A9j=C3=A0", "suicidal ideation, déjà"),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("<p>Meds:</p><ul><li>lithium</li></ul>", "\nMeds:\n\n- lithium\n"),
    ("no <b>tremor</b>", "no tremor"),
    ("he denies si period he sleeps period", "he denies si.\n he sleeps.\n"),
    ("Sleeps well.", "Sleeps well."),
    ("BMI=24, HR=80\nBP=120/80", "BMI=24, HR=80\nBP=120/80"),
    ("menstrual period late. New paragraph.", "menstrual period late. New paragraph."),
    ("~~50~~ <s>60</s> R&D; < 5 > 3", "~~50~~ <s>60</s> R&D; < 5 > 3"),
]


@pytest.mark.parametrize(("given", "meant"), MEANT, ids=[g for g, _ in MEANT])
def test_it_is_read_as_it_was_meant(given, meant):
    assert decoded(given).text == meant


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Pt&#39;s mood low. Denies SI &amp; HI. On lithium.", "lithium"),
        ("â€œfineâ€ he said. Takes sertraline 50Â mg.", "sertraline"),
        ("<p>A</p><ul><li>takes clozapine</li></ul>", "clozapine"),
        ("she takes olanzapine comma no si period sleeps period", "olanzapine"),
    ],
)
def test_an_assertion_stands_where_the_text_given_has_it(text, word):
    [found] = [a for a in read_text(text).assertions if a.concept.key == word]
    assert text[found.start : found.end] == word


def test_a_value_with_an_entity_inside_spans_the_entity():
    text = "Denies pain. Takes sertraline 50&nbsp;mg daily."
    [found] = [a for a in read_text(text).assertions if a.concept.key == "sertraline"]
    assert "50&nbsp;mg" in {text[v.start : v.end] for v in found.values}


def test_a_statement_is_decoded_too():
    text = "Doesn&#39;t smoke."
    assert [a.polarity for a in read_statement(text).assertions if a.concept.key == "tobacco"] == [
        "negated"
    ]


PIECES = st.sampled_from(
    (
        *("&amp;", "&#39;", "&nbsp;", "â€™", "Â", "<br>", "<p>", "</li>", "=\n", "=C3=A9"),
        *("\\u201c", "\\n", " period", " comma", "lithium 5 mg", "No ", "SI", ": ", ". ", "\n"),
        *(" ", "\ufffd", "a"),
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_place_lies_in_the_text_and_in_order(text):
    for reading in (read_text(text), read_statement(text)):
        last = 0
        for unit in reading.structure.units:
            assert last <= unit.place.start <= unit.place.end <= len(text)
            last = unit.place.start
            assert all(0 <= a <= b <= len(text) for a, b in unit.parts)
        for each in reading.assertions:
            assert 0 <= each.start < each.end <= len(text)
            assert all(0 <= v.start <= v.end <= len(text) for v in each.values)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_what_is_as_it_was_given_stays_in_its_place(text):
    told = decoded(text)
    for at, char in enumerate(told.text):
        start, end = told.place(Place(at, at + 1))
        assert end - start != 1 or text[start] == char or not char.isalnum()


@pytest.mark.parametrize(
    "piece", ["&", "&amp;", "&#", "â€™", "Â", "<p", "<br>", "=\n", "=C3", "\\u", " period", "n?t"]
)
def test_a_megabyte_of_one_thing_is_decoded_in_time(piece):
    began = time.process_time()
    decoded(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 60
