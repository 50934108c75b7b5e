"""The same words in another writing: encoded, spelled out, in figures, backwards."""

import base64
import codecs
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import unquote

_FIGURES = str.maketrans("013457@$", "oieast" + "as")
_OTHER_LETTERS = "[A-Za-z][013457@$]+[A-Za-z]"


def _of_base64(said: str) -> str:
    return base64.b64decode(said + "=" * (-len(said) % 4)).decode()


def _of_hex(said: str) -> str:
    return bytes.fromhex("".join(c for c in said if c.isalnum())).decode()


def _of_escapes(said: str) -> str:
    return codecs.decode(said, "unicode_escape")


def _spelled(said: str) -> str:
    """Letters apart, words further apart: "I g n o r e  t h e"."""
    words = re.split(r"[ ._*|-]{2,}", said)
    return " ".join(re.sub(r"[ ._*|-]", "", word) for word in words)


def _backwards(said: str) -> str:
    return said[::-1]


def _in_letters(said: str) -> str:
    return said.translate(_FIGURES)


def _rot13(said: str) -> str:
    return codecs.decode(said, "rot13")


Read = Callable[[str], str]
# What looks like it, and how it is read.
_PIECES: tuple[tuple[re.Pattern[str], Read], ...] = (
    (re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/]{4}){5,}[A-Za-z0-9+/]{0,3}={0,2}"), _of_base64),
    (re.compile(r"(?:&#?\w{2,8};[^\S\n]?){4,}"), html.unescape),
    (re.compile(r"(?:%[0-9A-Fa-f]{2}\w{0,20}){4,}"), unquote),
    (re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}){4,}"), _of_escapes),
    (re.compile(r"(?<!\w)(?:(?:0x)?[0-9A-Fa-f]{2}[ :,]?){8,}(?!\w)"), _of_hex),
    (re.compile(r"(?<!\w)(?:[A-Za-z][ ._*|-]{1,3}){7,}[A-Za-z](?!\w)"), _spelled),
)
# What gives a line away where nothing marks the beginning and the end; how often it must.
_LINES: tuple[tuple[re.Pattern[str], int, Read], ...] = (
    (re.compile(r"snoitcurtsn|SNOITCURTSN|tpmorp|erong[iI]|ERONGI"), 1, _backwards),
    (re.compile(r"vafgehpgvba|VAFGEHPGVBA|[vV]taber|VTABER|qvfertneq"), 1, _rot13),
    (re.compile(r"[A-Za-z][013457@$]+(?=[A-Za-z])"), 2, _in_letters),
)


def readings(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it says) of each part that has another writing, as far as it is one."""
    for looks_like_it, read in _PIECES:
        for found in looks_like_it.finditer(text):
            with suppress(ValueError):  # it only looked like one; what decoders raise is of that
                yield *found.span(), read(found[0])
    for sign, least, read in _LINES:
        lines = Counter(_line(text, *found.span()) for found in sign.finditer(text))
        for (start, end), times in lines.items():
            if times >= least:
                yield start, end, read(text[start:end])


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    stop = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if stop < 0 else stop
