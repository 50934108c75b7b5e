"""HTML notes: blocks become lines, list items dashes, cells tabs; hidden text is left out."""

import re
from collections.abc import Iterator
from html import unescape

from bs4 import BeautifulSoup, Comment, Doctype, Tag
from bs4.element import NavigableString, PageElement

from service.chart.formats.css import RULES_NOT_READ, Rule, chosen, hidden_on, is_struck, rules_of
from service.chart.formats.plain import (
    HIDDEN_TEXT,
    STRUCK_TEXT,
    DecodedText,
    charset_text,
    declared_charset,
)

_DROPPED = (
    "script",
    "style",
    "head",
    "template",
    "noscript",
    "noframes",
    "object",
    "iframe",
    "svg",
)
_BLOCK_NAMES = """
address article aside blockquote body caption dd div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")  # XHTML: the parser would warn of it
_STRUCK_NAMES = ("del", "s", "strike")


def html_text(content: bytes, content_type: str) -> DecodedText:
    """The text that a reader of the page sees, one line a block."""
    declared = declared_charset(content_type) or _meta_charset(content)
    markup = charset_text(content, f"text/html; charset={declared}" if declared else "text/html")
    if "<" not in markup:
        return DecodedText(unescape(markup))
    soup = BeautifulSoup(_XML_DECLARATION.sub("", markup), "lxml")
    rules = rules_of(soup)
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    problems = tuple(_drop_unseen(soup, rules, markup))
    return DecodedText(_lines("".join(_pieces(soup))), problems)


def _meta_charset(content: bytes) -> str | None:
    found = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,40})", content[:4096], re.I)
    return declared_charset(f"text/html; charset={found[1].decode()}") if found else None


def _drop_unseen(soup: BeautifulSoup, rules: list[Rule], markup: str) -> Iterator[str]:
    """Takes out what is hidden or struck out; says so where that held any text."""
    struck, hidden = chosen(soup, rules, is_struck), chosen(soup, rules, hidden_on(markup))
    for problem, tags in (
        (STRUCK_TEXT, [*struck.tags, *soup.find_all(_STRUCK_NAMES)]),
        (HIDDEN_TEXT, [*hidden.tags, *soup.find_all(hidden=True)]),
    ):
        found = [_take_out(tag) for tag in tags]  # all of them, not up to the first with text
        if any(found):
            yield problem
    if not (struck.is_all and hidden.is_all):
        yield RULES_NOT_READ


def _take_out(tag: Tag) -> bool:
    """True when it held any text."""
    if tag.decomposed:
        return False
    has_text = bool(tag.get_text(strip=True))
    tag.decompose()
    return has_text


def _pieces(soup: BeautifulSoup) -> Iterator[str]:
    """The text in order, with a newline where a block begins or ends.

    Without recursion and without looking back up: pages of 100,000 nested tags exist.
    """
    depth_in_pre = 0
    for event, element in _walk(soup):
        if isinstance(element, Tag):
            is_start = event == "start"
            if element.name == "pre":
                depth_in_pre += 1 if is_start else -1
            yield _mark(element.name, is_start=is_start)
        elif isinstance(element, NavigableString) and not isinstance(element, Comment | Doctype):
            yield str(element) if depth_in_pre else re.sub(r"\s+", " ", str(element))


def _walk(soup: BeautifulSoup) -> Iterator[tuple[str, PageElement]]:
    """Every element at its start and every tag at its end."""
    stack: list[tuple[str, PageElement]] = [("start", soup)]
    while stack:
        event, element = stack.pop()
        yield event, element
        if isinstance(element, Tag) and event == "start":
            stack.append(("end", element))
            stack.extend(("start", child) for child in reversed(element.contents))


def _mark(name: str, *, is_start: bool) -> str:
    if name == "br":
        return "\n" if is_start else ""
    if name in ("td", "th"):
        return "" if is_start else "\t"
    if name == "li" and is_start:
        return "\n- "
    return "\n" if name in _BLOCKS else ""


def _lines(text: str) -> str:
    """Trimmed lines, never more than one empty one in a row."""
    trimmed = "\n".join(
        re.sub(r"(?<![ \xa0])[ \xa0]*+\t[ \t\xa0]*+", "\t", line).strip()
        for line in text.split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"\n\n(?=- )", "\n", trimmed)).strip()
