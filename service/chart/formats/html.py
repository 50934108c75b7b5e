"""HTML notes: blocks become lines, list items dashes, cells tabs; hidden text is left out."""

import re
from collections.abc import Iterator
from html import unescape

from bs4 import BeautifulSoup, Comment, Doctype, Tag
from bs4.element import NavigableString, PageElement

from service.chart.formats.plain import (
    HIDDEN_TEXT,
    STRUCK_TEXT,
    DecodedText,
    charset_text,
    declared_charset,
)

_DROPPED = ("script", "style", "head", "template", "noscript", "object", "iframe", "svg")
_BLOCK_NAMES = """
address article aside blockquote body caption dd div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")  # XHTML: the parser would warn of it
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|font-size\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"text-decoration[a-z-]{0,20}\s{0,20}:[^;]{0,60}line-through", re.IGNORECASE)
_STRUCK_NAMES = frozenset({"del", "s", "strike"})
# A page's own rules for what is hidden or struck: ".old{display:none}", "span.x, #y{...}".
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,1000})\}")


def html_text(content: bytes, content_type: str) -> DecodedText:
    """The text that a reader of the page sees, one line a block."""
    declared = declared_charset(content_type) or _meta_charset(content)
    markup = charset_text(content, f"text/html; charset={declared}" if declared else "text/html")
    if "<" not in markup:
        return DecodedText(unescape(markup))
    soup = BeautifulSoup(_XML_DECLARATION.sub("", markup), "lxml")
    rules = list(_rules(soup))
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    problems = tuple(_drop_unseen(soup, rules))
    return DecodedText(_lines("".join(_pieces(soup))), problems)


def _meta_charset(content: bytes) -> str | None:
    found = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,40})", content[:4096], re.I)
    return declared_charset(f"text/html; charset={found[1].decode()}") if found else None


def _rules(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """(selector, declarations) of the page's own style sheets."""
    for sheet in soup.find_all("style"):
        for rule in _RULE.finditer(sheet.get_text()):
            yield from ((selector.strip(), rule[2]) for selector in rule[1].split(","))


def _drop_unseen(soup: BeautifulSoup, rules: list[tuple[str, str]]) -> Iterator[str]:
    """Takes out what is hidden or struck out; says so where that held any text."""
    hidden = {selector for selector, style in rules if _HIDDEN.search(style)}
    struck = {selector for selector, style in rules if _STRUCK.search(style)}
    for problem, names, styled in (
        (STRUCK_TEXT, struck | _STRUCK_NAMES, _STRUCK),
        (HIDDEN_TEXT, hidden | {"[hidden]"}, _HIDDEN),
    ):
        tags = [t for t in soup.find_all(True) if names & _selectors(t) or _is_styled(t, styled)]
        found = [_take_out(tag) for tag in tags]  # all of them, not up to the first with text
        if any(found):
            yield problem


def _selectors(tag: Tag) -> set[str]:
    """The simple selectors that a tag answers to: "p", ".old", "p.old", "#x", "[hidden]"."""
    told = {f".{name}" for name in tag.get_attribute_list("class") if name}
    named = {f"#{tag['id']}"} if tag.has_attr("id") else set()
    hidden = {"[hidden]"} if tag.has_attr("hidden") else set()
    return {tag.name, *told, *named, *hidden, *(f"{tag.name}{each}" for each in told | named)}


def _is_styled(tag: Tag, pattern: re.Pattern[str]) -> bool:
    style = tag.get("style")
    return isinstance(style, str) and pattern.search(style) is not None


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
