"""Text that its author struck out or hid does not come out as a note's words; what is garbled does
not come out quietly shorter."""

import base64

import pytest

from service.chart.decoding import ENCODED_TWICE, decode, mended
from service.chart.formats.plain import HIDDEN_TEXT, STRUCK_TEXT, Unreadable
from service.chart.formats.rtf import BROKEN_OFF, STRAY_BRACE

HTML = "text/html"
RTF = "text/rtf"


@pytest.mark.parametrize(
    "struck",
    [
        "<s>Lithium 900 mg</s>",
        "<del>Lithium 900 mg</del>",
        "<strike>Lithium <b>900</b> mg</strike>",
        "<span style='color:red; text-decoration: line-through'>Lithium</span>",
        "<span style='text-decoration-line:underline line-through'>Lithium</span>",
        "<style>.old { text-decoration: line-through }</style><p class='x old'>Lithium</p>",
        "<style>p.a, #gone{text-decoration:line-through}</style><i id=gone>Lithium</i>",
    ],
)
def test_struck_html_is_left_out_and_said(struck):
    read = decode(f"<html><body>{struck} Sertraline 50 mg</body></html>".encode(), HTML)
    assert (read.text, read.problems) == ("Sertraline 50 mg", (STRUCK_TEXT,))


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display:none'>Clozapine</p>",
        "<p hidden>Clozapine</p>",
        "<style>.off{display:none}</style><p class=off>Clozapine</p>",
    ],
)
def test_hidden_html_is_left_out_and_said(hidden):
    read = decode(f"<html><body>{hidden} Sertraline</body></html>".encode(), HTML)
    assert (read.text, read.problems) == ("Sertraline", (HIDDEN_TEXT,))


def test_a_comment_is_no_text_and_an_insertion_is():
    read = decode(b"<html><body><!-- stop --><ins>Sertraline</ins></body></html>", HTML)
    assert (read.text, read.problems) == ("Sertraline", ())


@pytest.mark.parametrize(
    ("source", "text", "problems"),
    [
        (rb"{\rtf1 a {\strike gone}b}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a \strike gone\strike0  b}", "a  b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\striked1 gone {\b all}}b}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\deleted gone}b}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\v gone\'e9\u233?}b}", "a b", (HIDDEN_TEXT,)),
        (rb"{\rtf1 a \strike gone\plain  b}", "a  b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\strike}b}", "a b", ()),
        (rb"{\rtf1 {\strike0 a} b}", "a b", ()),
    ],
)
def test_struck_and_hidden_rtf_is_left_out_and_said(source, text, problems):
    read = decode(source, RTF)
    assert (read.text.strip(), read.problems) == (text, problems)


def test_rtf_behind_a_stray_brace_is_read_and_the_fault_is_said():
    read = decode(rb"{\rtf1 Judgment normal. }\par Assessment: suicidal.\par Plan: admit.}", RTF)
    assert "suicidal" in read.text
    assert "admit" in read.text
    assert read.problems == (STRAY_BRACE,)


def test_rtf_that_breaks_off_says_so():
    read = decode(rb"{\rtf1 Judgment normal. {\b Assess", RTF)
    assert "Assess" in read.text
    assert read.problems == (BROKEN_OFF,)


def test_deleted_narrative_of_a_cda_is_left_out_and_what_follows_it_stays():
    document = (
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
        b'<title>Plan</title><text><content revised="delete">Lithium</content> Sertraline '
        b'<content styleCode="Strikethrough">Warfarin</content></text></section></component>'
        b"</structuredBody></component></ClinicalDocument>"
    )
    read = decode(document, "text/xml")
    assert (read.text.strip(), read.problems) == ("Plan\nSertraline", (STRUCK_TEXT,))


def test_text_that_was_encoded_twice_is_read_and_said():
    said = "Reports insomnia. Takes lithium 600 mg nightly. No suicidal thoughts."
    read = decode(base64.b64encode(said.encode()), "text/plain")
    assert (read.text, read.problems) == (said, (ENCODED_TWICE,))


@pytest.mark.parametrize(
    "content",
    [base64.b64encode(bytes(range(256))), base64.b64encode(b"Takes lithium 600 mg. " * 9)[:-3]],
)
def test_encoded_text_that_makes_no_sense_is_unreadable(content):
    with pytest.raises(Unreadable):
        decode(content, "text/plain")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("said", ["Lithium 900 mg", "Лечение 2 раза в день, потом 3"])
def test_utf_16_without_its_mark_is_read(charset, said):
    assert decode(said.encode(charset), "text/plain").text == said


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("doesnâ€™t", "doesn’t"),
        ("CafÃ© 50Âµg â‰¥ 5", "Café 50µg ≥ 5"),
        ("temperature 38Â°C", "temperature 38°C"),
        ("â€œfineâ€\x9d", "“fine”"),
    ],
)
def test_mojibake_is_mended(garbled, meant):
    assert mended(garbled) == meant


@pytest.mark.parametrize("right", ["São «x»", "Ärger – Öl", "Âge", "naïve café", "50 µg ½", ""])
def test_right_text_is_not_mended(right):
    assert mended(right) == right
