"""Characters that a reader does not see: zero width, direction marks, tags."""

import re
import unicodedata
from collections.abc import Sequence

# Zero width and soft hyphens, direction marks and overrides, invisible operators, the byte order
# mark, variation selectors, and the tag characters in which whole sentences can be hidden.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
_ANY = re.compile(f"[{INVISIBLE}]")
# What hides on purpose: an override of direction, tag characters, zero width between letters (a
# byte order mark or a soft hyphen alone comes from a word processor).
HIDING = re.compile(
    "[\u202d\u202e][^\n]{0,200}|[\U000e0000-\U000e007f]{3,}"
    "|(?:[^\\W\\d_][\u200b-\u200d\u2060\ufeff]+){3,}[^\\W\\d_]"
)


def visible(text: str) -> str:
    """The text without the characters that nobody sees."""
    return text if text.isascii() else _ANY.sub("", text)


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
    if _ANY.match(char):
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
