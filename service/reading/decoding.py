"""Text that was encoded for some other place, as it was meant, and where each character stood."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from service.reading.assertions import Assertion
from service.reading.layout import Place, Structure

# The bytes 0x80 to 0xff as the code page of Windows shows them; those that it lacks as they are.
_BYTES = {bytes([n]).decode("cp1252", "ignore") or chr(n): n for n in range(0x80, 0x100)}
_FOLLOWING = "".join(re.escape(c) for c, n in _BYTES.items() if n < 0xC0)
_BLOCKS = "p|div|ul|ol|tr|table|tbody|thead|h[1-6]|section|title|body|html|head|dl|dt|dd"
_SPOKEN = {"period": ".\n", "comma": ",", "colon": ":", "semicolon": ";", "question mark": "?\n"}


def _mojibake(said: str) -> str:
    """ "â€™" is the apostrophe whose bytes were read in the wrong code page."""
    try:
        return bytes(_BYTES[c] for c in said).decode()
    except UnicodeDecodeError:
        return "”" if said == "â€" else said


def _printed(said: str) -> str:
    """ "=C3=A9" of a mail's quoted-printable; nothing for its soft line end."""
    return bytes.fromhex(said.replace("=", "")).decode("utf-8", "replace")


_PRINTED = re.compile(r"(?<=[\w,;.>])=\r?\n(?=[a-z])|(?<![=\s])(?:=[0-9A-F]{2})+")
_INLINE = "b|i|u|em|strong|span|font|a|sup|sub|small"
_MORE = r"(?:\s[^<>\n]{0,200})?"  # a tag's attributes
# What is looked for, only in a text that has the mark, and what stands in its place.
_Rule = tuple[str, re.Pattern[str], str | Callable[[str], str]]
_RULES: tuple[_Rule, ...] = (
    ("&", re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8}\d{0,2});"), html.unescape),
    ("", re.compile(rf"[\u00c3-\u00f4][{_FOLLOWING}]{{1,3}}"), _mojibake),
    ("Â", re.compile(rf"Â[{_FOLLOWING}]"), _mojibake),
    ("Â", re.compile(rf"Â(?=\s)(?![{_FOLLOWING}])"), ""),
    ("\ufffd", re.compile(r"(?<=[a-z])\ufffd(?=[a-z]{1,2}\b)"), "'"),
    ("?t", re.compile(r"(?<=n)\?(?=t\b)"), "'"),
    ("\\u", re.compile(r"\\u[0-9a-fA-F]{4}"), lambda said: chr(int(said[2:], 16))),
    ("\\n", re.compile(r"(?:\\r)?\\n(?![a-z])"), "\n"),
    ("\\t", re.compile(r"\\t(?![a-z])"), "\t"),
    ("<", re.compile(r"<br\s?/?>", re.I), "\n"),
    ("<", re.compile(rf"<li{_MORE}>", re.I), "\n- "),
    ("<", re.compile(rf"<t[dh]{_MORE}>", re.I), " | "),
    ("<", re.compile(rf"</(?:{_BLOCKS})>(?=\s{{0,9}}</?(?:{_BLOCKS}|li|br)\b)", re.I), ""),
    ("<", re.compile(rf"</(?:li|t[dh])>|</?(?:{_INLINE}){_MORE}>", re.I), ""),
    ("<", re.compile(rf"</?(?:{_BLOCKS}){_MORE}/?>", re.I), "\n"),
    ("=\n", _PRINTED, _printed),
    ("=\r\n", _PRINTED, _printed),
)
_DICTATED = re.compile(
    rf"(?<!\s)\s++(?P<mark>{'|'.join(_SPOKEN)}|new (?:paragraph|line)|next (?:paragraph|line))\b",
    re.I,
)


@dataclass(frozen=True)
class Decoded:
    """`text` as it is read. `starts` of its stretches, each with its place in the text given;
    a stretch that is not as it was given is one character of it, as far as places go."""

    text: str
    starts: tuple[int, ...] = ()
    given: tuple[Place, ...] = ()
    is_same: tuple[bool, ...] = ()

    def place(self, place: Place) -> Place:
        """In the text given."""
        if not self.starts:
            return place
        return Place(self._first(place.start), max(self._first(place.start), self._last(place.end)))

    def _first(self, at: int) -> int:
        n = bisect_right(self.starts, at) - 1
        return self.given[n].start + (at - self.starts[n] if self.is_same[n] else 0)

    def _last(self, at: int) -> int:
        n = max(0, bisect_right(self.starts, at - 1) - 1)
        return self.given[n].start + at - self.starts[n] if self.is_same[n] else self.given[n].end

    def structure(self, structure: Structure) -> Structure:
        if not self.starts:
            return structure
        units = (
            replace(
                unit,
                place=self.place(unit.place),
                parts=tuple(map(self.place, unit.parts)),
                header=self.place(unit.header) if unit.header else None,
            )
            for unit in structure.units
        )
        return replace(structure, units=tuple(units))

    def assertions(self, assertions: Iterable[Assertion]) -> Iterator[Assertion]:
        for each in assertions:
            yield self._assertion(each) if self.starts else each

    def _assertion(self, each: Assertion) -> Assertion:
        start, end = self.place(Place(each.start, each.end))
        values = []
        for value in each.values:
            first, last = self.place(Place(value.start, value.end))
            values.append(replace(value, start=first, end=last))
        return replace(each, start=start, end=end, values=tuple(values))


def decoded(text: str) -> Decoded:
    """Entities and tags of HTML, letters of the wrong code page, escapes of JSON and of mail, and
    the marks that somebody spoke. The text itself where it has none."""
    found = sorted(_found(text), key=lambda each: each[0])
    if not found:
        return Decoded(text)
    said: list[str] = []
    stretches: list[tuple[int, Place, bool]] = []
    at = length = 0
    for place, meant in [*found, (Place(len(text), len(text)), "")]:
        if place.start < at:
            continue
        for piece, given, is_same in (
            (text[at : place.start], Place(at, place.start), True),
            (meant, place, False),
        ):
            if piece:
                stretches.append((length, given, is_same))
                said.append(piece)
                length += len(piece)
        at = place.end
    return Decoded("".join(said), *zip(*stretches, strict=True)) if stretches else Decoded("")


def _found(text: str) -> Iterator[tuple[Place, str]]:
    for mark, pattern, meant in _RULES:
        if mark in text:
            for match in pattern.finditer(text):
                said = meant if isinstance(meant, str) else meant(match[0])
                if said != match[0]:
                    yield Place(*match.span()), said
    yield from _dictated(text)


def _dictated(text: str) -> Iterator[tuple[Place, str]]:
    """Marks that were spoken, in a text that has no full stop of its own."""
    if "period" not in text.casefold() or ". " in text:
        return
    marks = list(_DICTATED.finditer(text))
    if len(marks) > 1:
        for mark in marks:
            yield Place(*mark.span()), _SPOKEN.get(mark["mark"].casefold(), "\n\n")
