"""What one document or upload may cost: beyond it, it is set aside with its reason."""

import json
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from service.chart.formats import pdf
from service.chart.formats.plain import Unreadable
from service.chart.incoming import received
from service.chart.ingest import ingest
from service.chart.limits import MAX_DEPTH, MAX_UNUSABLE, is_too_deep, limited
from service.errors import TooMuch
from tests.service.chart.builders import a_bundle, a_note, a_patient, a_record, latest


def nested(depth):
    value = {"url": "x"}
    for _ in range(depth):
        value = {"url": "x", "extension": [value]}
    return value


def test_a_resource_that_is_nested_too_deep_is_quarantined_and_the_others_are_kept(session):
    deep = a_record("Condition", "deep", extension=[nested(MAX_DEPTH)])
    count = ingest(session, "test", [a_bundle(a_patient(), deep, a_record("Condition", "1"))])
    assert (count.kept, count.quarantined) == (2, 1)
    assert is_too_deep(nested(300)) and not is_too_deep(nested(30))


def test_an_upload_that_is_no_fhir_ends_soon():
    with pytest.raises(TooMuch, match="Nothing was kept"):
        list(limited(received([{} for _ in range(MAX_UNUSABLE + 1)])))
    assert len(list(limited(received([{} for _ in range(MAX_UNUSABLE)])))) == MAX_UNUSABLE


def a_pdf_that_draws_for_ever(pages):
    """Every page has the one stream, which writes a word again and again."""
    writer = PdfWriter()
    drawn = DecodedStreamObject()
    drawn.set_data(b"BT /F1 12 Tf " + b"(x) Tj " * 100_000 + b"ET")
    stream = writer._add_object(drawn.flate_encode())
    named = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(k): NameObject(v) for k, v in named.items()})
    fonts = DictionaryObject({NameObject("/F1"): font})
    for _ in range(pages):
        page = writer.add_blank_page(100, 100)
        page[NameObject("/Contents")] = stream
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_pdf_that_never_ends_is_killed_and_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_SECONDS", 1)
    content = a_pdf_that_draws_for_ever(200)
    assert len(content) < 200_000
    with pytest.raises(Unreadable, match="too long"):
        pdf.pdf_text(content)


def test_a_pdf_that_needs_too_much_memory_is_killed_and_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_MEMORY", 40 * 2**20)
    with pytest.raises(Unreadable, match="too much"):
        pdf.pdf_text(a_pdf_that_draws_for_ever(1))


def test_a_note_that_is_poisoned_is_kept_as_unreadable_and_read_no_more(session, monkeypatch):
    monkeypatch.setattr(pdf, "MAX_SECONDS", 1)
    note = a_note(a_pdf_that_draws_for_ever(200), "application/pdf")
    ingest(session, "test", [a_bundle(a_patient(), note)])
    record = latest(session, "DocumentReference/n1")
    assert record.standing == "unreadable"
    assert "too long" in json.dumps(record.gaps)
    tried = []
    monkeypatch.setattr(pdf.subprocess, "run", lambda *a, **k: tried.append(a))
    ingest(session, "test", [a_bundle(a_patient(), note)])
    assert tried == []
