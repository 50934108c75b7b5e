"""Text that its author struck out or hid does not come out as a note's words; what is garbled does
not come out quietly shorter."""

import base64
import time

import pytest

from service.chart.decoding import ENCODED_TWICE, decode, mended
from service.chart.formats.css import RULES_NOT_READ
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
        "<style>tr.void td{text-decoration:line-through}</style>"
        "<table><tr class=void><td>Lithium</td></tr></table>",
        "<style>.med.off{text-decoration:line-through}</style><p class='med off'>Lithium</p>",
        "<style>[data-state=ended]{text-decoration:line-through}</style>"
        "<p data-state=ended>Lithium</p>",
        "<style>.meds > p:first-child{text-decoration:line-through}</style>"
        "<div class=meds><p>Lithium</p></div>",
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
        "<style>.a .off *{display:none}</style><div class=a><p class=off><i>Clozapine</i></div>",
        "<p style='display:/* as before */none'>Clozapine</p>",
        r"<p style='displ\61y:none !important'>Clozapine</p>",
        "<p style='visibility: collapse'>Clozapine</p>",
        "<p style='opacity:0.01'>Clozapine</p>",
        "<p style='font-size:1px'>Clozapine</p>",
        "<p style='position:absolute; left:-9999px'>Clozapine</p>",
        "<p style='text-indent:-9999px'>Clozapine</p>",
        "<div style='height:0;overflow:hidden'>Clozapine</div>",
        "<p style='transform:scale(0)'>Clozapine</p>",
        "<p style='clip-path:inset(100%)'>Clozapine</p>",
        "<p style='color:#FFF'>Clozapine</p>",
        "<p style='color: rgb(255, 255, 255)'>Clozapine</p>",
    ],
)
def test_hidden_html_is_left_out_and_said(hidden):
    read = decode(f"<html><body>{hidden} Sertraline</body></html>".encode(), HTML)
    assert (read.text, read.problems) == ("Sertraline", (HIDDEN_TEXT,))


@pytest.mark.parametrize(
    "shown",
    [
        "<p style='display:block'>Clozapine</p>",
        "<p style='display:none;display:block'>Clozapine</p>",
        "<p style='opacity:0.9;font-size:11px'>Clozapine</p>",
        "<p style='font-size:1em;left:-12px'>Clozapine</p>",
        "<p style='font-size:0.9em;transform:scale(0.9)'>Clozapine</p>",
        "<p style='overflow:hidden;height:20px'>Clozapine</p>",
        "<p style='background:#024;color:#fff'>Clozapine</p>",
        "<p style='color:#fff000'>Clozapine</p>",
        "<style>p:hover, p::before{display:none}</style><p>Clozapine</p>",
        "<style>.a .b{display:none}</style><p class=b>Clozapine</p>",
    ],
)
def test_what_is_shown_is_read(shown):
    read = decode(f"<html><body>{shown}</body></html>".encode(), HTML)
    assert (read.text, read.problems) == ("Clozapine", ())


@pytest.mark.parametrize(
    "rules",
    [
        "p:unheard-of(3){display:none}",
        "".join(f".a{n} .b * .c{{display:none}}" for n in range(3_000)),
    ],
)
def test_rules_that_are_not_read_are_said(rules):
    page = f"<html><style>{rules}</style><body>{'<p><b>x</b></p>' * 300}</body></html>"
    assert decode(page.encode(), HTML).problems == (RULES_NOT_READ,)


@pytest.mark.parametrize(
    "style",
    [
        *("/*" * 200_000, "height:0;" * 100_000, "overflow:hidden;" * 100_000),
        *("\\61" * 200_000, "font-size:" + "0" * 500_000, "left:-" * 100_000),
    ],
)
def test_a_hostile_style_takes_no_time(style):
    began = time.process_time()
    decode(f"<html><body><p style='{style}'>x</p>y</body></html>".encode(), HTML)
    assert time.process_time() - began < 2


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
        (rb"{\rtf1{\stylesheet{\s1\strike Old;}}a {\s1 gone}b}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1{\stylesheet{\*\cs2\v No;}}a {\cs2 gone}b}", "a b", (HIDDEN_TEXT,)),
        (rb"{\rtf1{\stylesheet{\s1\strike Old;}}\s1 gone\pard  b}", "b", (STRUCK_TEXT,)),
        (rb"{\rtf1{\stylesheet{\s1\strike Old;}}\s1\strike0 a b}", "a b", ()),
        (rb"{\rtf1{\stylesheet{\s1\strike Old;}{\s2 New;}}a {\s2 b}}", "a b", ()),
        (rb"{\rtf1{\stylesheet{\s1 New;}}{\s1\strike gone}a {\s1 b}}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\strike gone\pard  too}b}", "a b", (STRUCK_TEXT,)),
        (rb"{\rtf1 a {\fs0 gone}b}", "a b", (HIDDEN_TEXT,)),
        (rb"{\rtf1 a {\fs24 b}}", "a b", ()),
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
