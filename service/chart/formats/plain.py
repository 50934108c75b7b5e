"""Plain text, and what every reader needs: the result, the refusal, the character set."""

import codecs
import re
from dataclasses import dataclass
from email.message import Message

HIDDEN_TEXT = "the page hides text from its reader; that text was left out"
STRUCK_TEXT = "struck-out text was left out"


class Unreadable(ValueError):
    """No text can be made of it; the message says why in words that hold no content."""


@dataclass(frozen=True)
class DecodedText:
    """The text, and what went wrong without making it unreadable."""

    text: str
    problems: tuple[str, ...] = ()


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def plain_text(content: bytes, content_type: str) -> DecodedText:
    """What says that it is text. Raises Unreadable when it plainly is not."""
    has_mark = any(content.startswith(mark) for mark, _ in _MARKS)
    sample = content[:400]
    if sample.count(0) > len(sample) // 10 and not has_mark and not _looks_utf16(content):
        raise Unreadable("its attachment says it is text, and is not")
    return DecodedText(charset_text(content, content_type))


def charset_text(content: bytes, content_type: str) -> str:
    """Bytes as text: by byte order mark, declared charset, UTF-8, and last Windows-1252."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    for charset in (_looks_utf16(content), declared_charset(content_type), "utf-8"):
        try:
            if charset:
                return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", errors="replace")


def declared_charset(content_type: str) -> str | None:
    """A codec for the charset parameter; Latin-1 means Windows-1252, as in every browser."""
    header = Message()
    header["content-type"] = " ".join(content_type.split()) or "text/plain"
    name = header.get_param("charset")
    try:
        codec = codecs.lookup(str(name).strip()) if name else None
        "".encode(codec.name if codec else "utf-8")  # refuses codecs that are no charset (rot13)
    except (LookupError, ValueError):
        return None
    if codec is None:
        return None
    return "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name


def _looks_utf16(content: bytes) -> str | None:
    """By its zeros, all at the even or all at the odd places; writing that is not Latin has them
    only in its blanks and figures."""
    sample = content[:4_000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 4 or (odd > 1 and not even):
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) // 4 or (even > 1 and not odd) else None


def unknown_text(content: bytes, content_type: str) -> DecodedText:
    """A type nobody knows may still be text; only what is clearly text is taken."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if any(ord(c) < 32 and c not in "\t\n\r\f" for c in text[:4096]):
        raise Unreadable(f"its attachment is of a kind we cannot read ({mime_of(content_type)})")
    return DecodedText(text)


def picture(_content: bytes, content_type: str) -> DecodedText:
    raise Unreadable(f"its attachment is a picture or recording ({mime_of(content_type)})")


def mime_of(content_type: str) -> str:
    """The bare MIME type, fit to be shown: a type that is not one is not repeated."""
    mime = content_type.partition(";")[0].strip()
    return mime if re.fullmatch(r"[\w.+/-]{1,80}", mime) else "no type given"
