"""PDF notes. A scan has no text in it, and says so."""

import logging
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader

from service.chart.formats.plain import DecodedText, Unreadable

MAX_PAGES = 1000  # a whole paper chart; beyond it is something else
MAX_CHARS = 20 * 2**20

# pypdf logs fragments of a broken file, which is chart text.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pdf_text(content: bytes, _content_type: str = "") -> DecodedText:
    """The text of all pages, an empty line between them. Raises Unreadable."""
    try:
        pages = list(_pages(content))
    except Unreadable:
        raise
    except Exception as error:  # a broken file can fail anywhere in the library
        reason = f"its attachment is a PDF that cannot be read ({type(error).__name__})"
        raise Unreadable(reason) from None
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise Unreadable("no text in this PDF (a scan?)")
    empty = sum(not page for page in pages)
    problems = (f"{empty} page(s) of this PDF have no text (scans?)",) if empty else ()
    return DecodedText(text, problems)


def _pages(content: bytes) -> Iterator[str]:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("its attachment is a PDF that needs a password")
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(f"its attachment is a PDF of more than {MAX_PAGES} pages")
    chars = 0
    for page in reader.pages:
        text = page.extract_text().strip()
        chars += len(text)
        if chars > MAX_CHARS:
            raise Unreadable("the text of its attachment is too long")
        yield text
