"""The process that reads one PDF: bytes on stdin, JSON on stdout. See pdf.py.

Arguments: seconds of a processor, bytes of memory; beyond either the kernel ends it.
"""

import logging
import resource
import sys
from collections.abc import Iterator
from io import BytesIO

import orjson
import pypdf.filters  # noqa: F401  else loaded below the limit, where that fails as an ImportError
from pypdf import PdfReader

MAX_PAGES = 1000  # a whole paper chart; beyond it is something else
MAX_CHARS = 20 * 2**20


class _Refused(ValueError):
    """Why no text can be made of it, in words that hold no content."""


def main() -> None:
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # pypdf logs fragments of a broken file, which is chart text.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    sys.stdout.buffer.write(orjson.dumps(_answer(sys.stdin.buffer.read())))


def _answer(content: bytes) -> dict[str, object]:
    try:
        pages = list(_pages(content))
    except _Refused as refused:
        return {"unreadable": str(refused)}
    except MemoryError:
        sys.exit(1)
    except Exception as error:  # a broken file can fail anywhere in the library
        reason = f"its attachment is a PDF that cannot be read ({type(error).__name__})"
        return {"unreadable": reason}
    text = "\n\n".join(page for page in pages if page)
    if not text:
        return {"unreadable": "no text in this PDF (a scan?)"}
    empty = sum(not page for page in pages)
    problems = [f"{empty} page(s) of this PDF have no text (scans?)"] if empty else []
    return {"text": text, "problems": problems}


def _pages(content: bytes) -> Iterator[str]:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise _Refused("its attachment is a PDF that needs a password")
    if len(reader.pages) > MAX_PAGES:
        raise _Refused(f"its attachment is a PDF of more than {MAX_PAGES} pages")
    chars = 0
    for page in reader.pages:
        text = page.extract_text().strip().encode("utf-8", "replace").decode()
        chars += len(text)
        if chars > MAX_CHARS:
            raise _Refused("the text of its attachment is too long")
        yield text


if __name__ == "__main__":
    main()
