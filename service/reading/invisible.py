"""Characters that a reader does not see: zero width, direction marks, tags."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

# Zero width and soft hyphens, direction marks and overrides, invisible operators, the byte order
# mark, variation selectors, fillers, marks of annotation and of musical beams, and the tag
# characters in which whole sentences can be hidden.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
# Strokes laid over letters: a reader sees the letter, a search does not.
_OVERLAYS = "\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5\u20e6\u20ea\u20eb"
_ANY = re.compile(f"[{INVISIBLE}]")
_UNREAD = re.compile(f"[{INVISIBLE}{_OVERLAYS}]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# What hides on purpose: tag characters, strokes over letters, anything unseen within a word of
# Latin letters (a soft hyphen or a byte order mark alone comes from a word processor).
_HIDING = re.compile(
    f"[\U000e0000-\U000e007f]{{3,}}|[\u200b-\u200d\u2060-\u2064]{{3,}}|(?:[A-Za-z][{_OVERLAYS}]){{3,}}"
    "|[A-Za-z0-9][\u034f\u115f\u1160\u180b-\u180f\u200b-\u200d\u2060-\u206f\u3164\uffa0]+"
    "(?=[A-Za-z0-9])"
)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# What is read from the right, or forced from the left, up to where that ends or the line does.
_TURNED = re.compile("[\u202b\u202d\u202e\u2067]([^\n\u202c\u2069]*)[\u202c\u2069]*")
NEAR = 40  # characters: what hides along a whole sentence is one finding


def visible(text: str) -> str:
    """The text without the characters that nobody sees."""
    return text if text.isascii() else _ANY.sub("", text)


def hidden(text: str) -> list[tuple[int, int]]:
    """Where characters hide something from whoever reads text[start:end]; what is near is one."""
    if text.isascii():
        return []
    found = [each.span() for each in _HIDING.finditer(text)]
    if not _RIGHT_TO_LEFT.search(text):  # beside Hebrew or Arabic, marks of direction are needed
        found += [each.span() for each in _DIRECTION.finditer(text)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        near = joined and start - joined[-1][1] <= NEAR
        joined[-1:] = [(joined[-1][0], end)] if near else [*joined[-1:], (start, end)]
    return joined


def turned(text: str) -> Iterator[tuple[int, int]]:
    """Where letters are shown in another order than they are written, with no script that needs
    it: people and programs then read two different texts."""
    for found in _TURNED.finditer(text):
        if any(c.isalnum() for c in found[1]) and not _RIGHT_TO_LEFT.search(found[1]):
            yield found.span()


def unveiled(text: str) -> tuple[str, Sequence[int]]:
    """The text as a person reads it, and for each of its characters the place in `text`.

    Letters in another guise (full width, mathematical) become the plain ones; what is written
    in tag characters becomes readable.
    """
    if text.isascii():
        return text, range(len(text))
    shown = [(at, plain) for at, char in enumerate(text) if (plain := _plain(char))]
    return "".join(plain for _, plain in shown), [at for at, _ in shown]


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if 0xE0020 <= ord(char) <= 0xE007E:
        return chr(ord(char) - 0xE0000)
    if _UNREAD.match(char):
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
