"""RTF notes, as older EHRs and dictation systems send them."""

from striprtf.striprtf import rtf_to_text

from service.chart.formats.plain import DecodedText, Unreadable


def rtf_text(content: bytes, _content_type: str = "") -> DecodedText:
    """The document's text. RTF names its own code page; the file itself is ASCII."""
    try:
        source = content.decode("cp1252", errors="replace")
        text = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # a broken file can fail anywhere in the library
        reason = f"its attachment is RTF that cannot be read ({type(error).__name__})"
        raise Unreadable(reason) from None
    return DecodedText(str(text))
