"""Bytes of a note into text, by what they are: plain text, HTML, C-CDA, RTF or PDF."""

import re
from collections.abc import Callable

from service.chart.formats.cda import cda_text
from service.chart.formats.html import html_text
from service.chart.formats.pdf import pdf_text
from service.chart.formats.plain import (
    DecodedText,
    Unreadable,
    picture,
    plain_text,
    unknown_text,
)
from service.chart.formats.rtf import rtf_text

MAX_TEXT_CHARS = 20 * 2**20  # a compressed PDF can hold far more than its bytes

_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "application/x-rtf": "rtf",
    "text/richtext": "rtf",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "text/xml": "cda",
    "application/xml": "cda",
    "application/hl7-v3+xml": "cda",
    "application/cda+xml": "cda",
    "application/hl7-cda+xml": "cda",
    "text/cda+xml": "cda",
}
_READERS: dict[str, Callable[[bytes, str], DecodedText]] = {
    "text": plain_text,
    "html": html_text,
    "cda": cda_text,
    "rtf": rtf_text,
    "pdf": pdf_text,
    "unknown": unknown_text,
    "picture": picture,
}


def kind_of(content_type: str) -> str:
    """Which of our readers a MIME type asks for: text, html, cda, rtf, pdf, picture, unknown."""
    mime = content_type.partition(";")[0].strip().lower()
    if mime in _KINDS:
        return _KINDS[mime]
    if mime.startswith(("image/", "audio/", "video/")):
        return "picture"
    return "text" if mime.startswith("text/") else "unknown"


def decode(content: bytes, content_type: str) -> DecodedText:
    """The text in these bytes. What they begin with outweighs the type that they claim.

    Raises Unreadable.
    """
    if not content.strip():
        raise Unreadable("its attachment is empty")
    kind = _sniffed(content) or kind_of(content_type)
    decoded = _READERS[kind](content, content_type)
    if len(decoded.text) > MAX_TEXT_CHARS:
        raise Unreadable("the text of its attachment is too long")
    if not decoded.text.strip():
        raise Unreadable("there is no text in its attachment")
    return DecodedText(_newlines(decoded.text), decoded.problems)


def _sniffed(content: bytes) -> str | None:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"{\\rtf"):
        return "rtf"
    if b"<ClinicalDocument" in content[:4096] and start.startswith(b"<"):
        return "cda"
    if re.match(rb"<(!doctype html|html)[\s>]", start, re.IGNORECASE):
        return "html"
    return None


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")
