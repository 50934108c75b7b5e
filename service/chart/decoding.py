"""Bytes of a note into text, by what they are: plain text, HTML, C-CDA, RTF or PDF."""

import base64
import binascii
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

ENCODED_TWICE = "its attachment was encoded twice"
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{60,}={0,2}\s*")  # no note is one word of sixty letters
# UTF-8 that was read as Windows-1252: a lead byte's letter and one to three that can follow it.
_LATER = bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore") + "\x81\x8d\x8f\x90\x9d"
_MOJIBAKE = re.compile(f"[\xc2-\xf4][{_LATER}]{{1,3}}")
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
    if kind in ("text", "unknown") and (inner := _encoded(content)):
        again = decode(inner, content_type)
        return DecodedText(again.text, (*again.problems, ENCODED_TWICE))
    decoded = _READERS[kind](content, content_type)
    if len(decoded.text) > MAX_TEXT_CHARS:
        raise Unreadable("the text of its attachment is too long")
    if not decoded.text.strip():
        raise Unreadable("there is no text in its attachment")
    return DecodedText(mended(_newlines(decoded.text)), decoded.problems)


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


def _encoded(content: bytes) -> bytes | None:
    """What text that is base64 throughout stands for. Raises Unreadable where that is no text."""
    kept = content.strip()
    is_mixed = kept[:400].upper() != kept[:400] != kept[:400].lower()
    if not is_mixed or not _BASE64.fullmatch(kept):
        return None
    try:
        inner = base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise Unreadable("its attachment says it is text, and is encoded or cut off") from None
    if _sniffed(inner):
        return inner
    try:
        text = inner.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text or not any(map(str.isspace, text)) or not text.replace("\n", " ").isprintable():
        raise Unreadable("its attachment says it is text, and is not")
    return inner


def mended(text: str) -> str:
    """UTF-8 that was once read as Windows-1252 as what it was ("doesnâ€™t"): only where the letters
    are valid UTF-8 again, which real words do not come to be by chance."""
    return _MOJIBAKE.sub(lambda found: _mended(found[0]), text) if text else text


def _mended(said: str) -> str:
    for size in (4, 3, 2):
        head = said[:size]
        try:
            told = b"".join(map(_byte, head)).decode("utf-8")
        except (UnicodeError, ValueError):
            continue
        if len(told) == 1:
            return told + said[size:]
    return said


def _byte(char: str) -> bytes:
    return char.encode("cp1252") if ord(char) > 0xFF else bytes([ord(char)])


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")
