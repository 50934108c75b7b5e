"""C-CDA and other XML notes: headings and narrative, no entities, no network."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from html.entities import html5

from lxml import etree  # type: ignore[import-untyped]

from service.chart.formats.html import html_text
from service.chart.formats.pdf import pdf_text
from service.chart.formats.plain import (
    STRUCK_TEXT,
    DecodedText,
    Unreadable,
    charset_text,
    plain_text,
)
from service.chart.formats.rtf import rtf_text

# Narrative elements that stand on lines of their own (CDA R2, NarrativeBlock.xsd).
_BLOCKS = frozenset(
    {
        "paragraph",
        "list",
        "item",
        "table",
        "tr",
        "caption",
        "title",
        "text",
        "section",
        "br",
        "thead",
        "tbody",
        "content-block",
    }
)
REPLACEMENT = "\ufffd"
UNKNOWN_ENTITY = f"a sign in its attachment has an unknown name; {REPLACEMENT} stands for it"
# Any but XML's own five, which the parser knows.
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{0,31});")
_INNER: dict[str, Callable[[bytes, str], DecodedText]] = {
    "text/html": html_text,
    "application/pdf": pdf_text,
    "text/rtf": rtf_text,
    "application/rtf": rtf_text,
}


def cda_text(content: bytes, content_type: str = "") -> DecodedText:
    """Titles and narrative of a C-CDA, or all the text of other XML. Raises Unreadable."""
    content, unknown = _told_entities(content)
    root = _root(content, content_type)
    inner = next(root.iter("{*}nonXMLBody"), None)
    if inner is not None:
        return _non_xml(inner)
    problems: tuple[str, ...] = (STRUCK_TEXT,) if _drop_deleted(root) else ()
    problems += (UNKNOWN_ENTITY,) if unknown else ()
    narrative = "\n".join(_narrative(root)) if _name(root) == "ClinicalDocument" else ""
    return DecodedText(narrative or _lines(_pieces(root)), problems)


def _told_entities(content: bytes) -> tuple[bytes, bool]:
    """Entities as the characters that they name in HTML, and whether any names none: the parser
    drops an entity, and the text behind it, without a word."""
    unknown = False

    def told(found: re.Match[bytes]) -> bytes:
        nonlocal unknown
        char = html5.get(f"{found[1].decode()};", "")
        unknown = unknown or not char
        return "".join(f"&#{ord(c)};" for c in char or REPLACEMENT).encode()

    return _ENTITY.sub(told, content), unknown


def _drop_deleted(root: etree._Element) -> bool:
    """Takes out narrative that is marked as deleted or struck; its tail stays."""
    found = False
    for element in list(root.iter("{*}content", "{*}paragraph", "{*}item", "{*}td")):
        style = str(element.get("styleCode") or "").casefold()
        if element.get("revised") == "delete" or "strike" in style or "line-through" in style:
            found = found or bool("".join(element.itertext()).strip())
            tail = element.tail
            element.clear()
            element.tail = tail
    return found


def _root(content: bytes, content_type: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(_unmarked(content), parser)
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:  # a wrong encoding declaration is common when documents were pasted together
        return etree.fromstring(charset_text(content, content_type).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("its attachment is XML that cannot be read") from None


def _unmarked(content: bytes) -> bytes:
    return content.lstrip(b" \t\r\n") if content[:1].isspace() else content


def _narrative(root: etree._Element) -> Iterator[str]:
    title = root.find("{*}title")
    if title is not None:
        yield _lines(_pieces(title))
    for section in root.iter("{*}section"):
        heading, text = section.find("{*}title"), section.find("{*}text")
        said = _lines(_pieces(text)) if text is not None else ""
        named = _lines(_pieces(heading)) if heading is not None else ""
        if said or named:
            yield f"\n{named}\n{said}".rstrip()


def _pieces(element: etree._Element) -> Iterator[str]:
    """Text in order with newlines round blocks and tabs between cells."""
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        name = _name(node)
        if event == "start":
            yield "\n- " if name == "item" else "\n" if name in _BLOCKS else ""
            yield _flat(node.text)
        else:
            yield "\t" if name in ("td", "th") else "\n" if name in _BLOCKS else ""
            yield _flat(node.tail) if node is not element else ""


def _flat(text: str | None) -> str:
    """White space in XML narrative is layout: only elements make lines."""
    return re.sub(r"\s+", " ", text or "")


def _lines(pieces: Iterator[str]) -> str:
    lines = (" ".join(line.replace("\t", " | ").split()) for line in "".join(pieces).split("\n"))
    return "\n".join(kept for line in lines if (kept := line.strip("| ").strip()))


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _non_xml(body: etree._Element) -> DecodedText:
    """An unstructured document: another format inside the XML, base64 or plain."""
    text = next(body.iter("{*}text"), None)
    if text is None or not text.text:
        raise Unreadable("its attachment is a C-CDA without a body")
    kind = str(text.get("mediaType") or "text/plain")
    if text.get("representation") != "B64":
        return DecodedText(text.text)
    try:
        inner = base64.b64decode("".join(text.text.split()), validate=True)
    except binascii.Error:
        raise Unreadable("its attachment is a C-CDA whose body is broken base64") from None
    return _INNER.get(kind, plain_text)(inner, kind)
