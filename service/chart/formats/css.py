"""Which elements of a page a reader does not see, or sees struck out, by its style."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

RULES_NOT_READ = "its style has rules that we do not read; what they hide or strike out is left in"

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
# A page's own rules: ".old{display:none}", "tr.void td, #y{...}".
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,1000})\}")
_SIMPLE = re.compile(r"[\w-]+|[\w-]*[.#][\w-]+")
_NO_ELEMENT = re.compile(r"::|:(?:before|after|first-l|hover|focus|active|visited)|^@")
_WHITE = re.compile(r"white|transparent|#fff(?:fff)?\b|rgb\(255,255,255\)")
# How often an element may be held against another: some seconds of a processor.
MOST_COMPARED = 2_000_000
BARELY = 0.1  # of opacity
TINY = 1.0  # px or pt; no letter is read at this size
FAR = 999.0  # px beside the page

Style = Mapping[str, str]
Shows = Callable[[Style], bool]


class Rule(NamedTuple):
    selector: str
    style: Style


class Chosen(NamedTuple):
    """`is_all` is false where some rules were not read."""

    tags: list[Tag]
    is_all: bool


def rules_of(soup: BeautifulSoup) -> list[Rule]:
    """The page's own rules, one for each selector."""
    sheets = [_COMMENT.sub("", sheet.get_text()) for sheet in soup.find_all("style")]
    found = (rule for sheet in sheets for rule in _RULE.finditer(sheet))
    return [Rule(one.strip(), declared(rule[2])) for rule in found for one in rule[1].split(",")]


def declared(style: str) -> Style:
    """The declarations by name, in small letters, without comments and escapes; the last counts."""
    plain = _ESCAPED.sub(_unescaped, _COMMENT.sub("", style)).lower()
    parts = (part.partition(":") for part in plain.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in parts if value}


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 else ""


def is_struck(style: Style) -> bool:
    return any(n.startswith("text-decoration") and "line-through" in v for n, v in style.items())


def hidden_on(markup: str) -> Shows:
    """What hides text on this page: white letters too, where nothing has another background."""
    page = markup.lower()
    return partial(is_hidden, on_white="background" not in page and "bgcolor" not in page)


def is_hidden(style: Style, *, on_white: bool = False) -> bool:
    """True where nobody sees the text: not shown, too faint, too small, or beside the page."""
    return (
        style.get("display", "").startswith("none")
        or style.get("visibility", "").startswith(("hidden", "collapse"))
        or _number(style.get("opacity"), "") < BARELY
        or _number(style.get("font-size"), "px pt") <= TINY
        or _number(style.get("font-size"), "em rem %") == 0
        or "scale(0" in style.get("transform", "").replace("scale(0.", "")
        or style.get("clip-path", "").startswith("inset(100%")
        or any(_number(style.get(side), "px") < -FAR for side in ("left", "top", "text-indent"))
        or (style.get("overflow", "").startswith("hidden") and _is_flat(style))
        or (on_white and _WHITE.match(style.get("color", "")) is not None)
    )


def _is_flat(style: Style) -> bool:
    sides = ("height", "width", "max-height", "max-width")
    return any(_number(style.get(side), "px") == 0 for side in sides)


def _number(value: str | None, units: str) -> float:
    """Infinite where there is none in these units; 0 needs no unit."""
    found = re.match(r"([-+]?\d{0,9}\.?\d{0,9})([a-z%]*)", value or "")
    try:
        number = float(found[1]) if found else float("inf")
    except ValueError:
        return float("inf")
    is_told = found is not None and (found[2] in units.split() or not found[2])
    return number if is_told else float("inf")


def chosen(soup: BeautifulSoup, rules: Iterable[Rule], shows: Shows) -> Chosen:
    """The elements with such a style, their own or by a rule."""
    wanted = {rule.selector for rule in rules if shows(rule.style)}
    simple = {each for each in wanted if _SIMPLE.fullmatch(each)}
    tags = [t for t in soup.find_all(True) if simple & _answers_to(t) or _is_styled(t, shows)]
    harder = sorted(each for each in wanted - simple if not _NO_ELEMENT.search(each))
    if harder and len(harder) * _size(soup) > MOST_COMPARED:
        return Chosen(tags, False)
    try:
        return Chosen([*tags, *(t for each in harder for t in soup.select(each))], True)
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        return Chosen(tags, False)


def _answers_to(tag: Tag) -> set[str]:
    """The simple selectors that a tag answers to: "p", ".old", "p.old", "#x"."""
    told = {f".{name}" for name in tag.get_attribute_list("class") if name}
    named = {f"#{tag['id']}"} if tag.has_attr("id") else set()
    return {tag.name, *told, *named, *(f"{tag.name}{each}" for each in told | named)}


def _is_styled(tag: Tag, shows: Shows) -> bool:
    style = tag.get("style")
    return isinstance(style, str) and shows(declared(style))


def _size(soup: BeautifulSoup) -> int:
    """Elements times how deep they stand: each may be held against all above it."""
    depths = list(_depths(soup))
    return max(depths) * len(depths)


def _depths(soup: BeautifulSoup) -> Iterator[int]:
    stack: list[tuple[Tag, int]] = [(soup, 0)]
    while stack:
        tag, depth = stack.pop()
        yield depth
        stack.extend((child, depth + 1) for child in tag.contents if isinstance(child, Tag))
