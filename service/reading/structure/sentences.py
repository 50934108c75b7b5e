"""Sentences of clinical prose, as places. Line breaks inside the text given are soft."""

import re
from collections.abc import Iterator

from service.reading.layout import Place
from service.reading.sentences import CHANGE_TO
from service.reading.structure.words import words

# The end of a sentence, also where the blank behind it is missing ("fever.No cough").
_END = re.compile(
    r"[.!?]{1,6}[\"')\]\u201d*]{0,4}(?=\s)|(?<=[a-z)%])[.](?=[A-Z][a-z])|;(?=\s+[A-Z][a-z]+:)"
)
_WORD_STARTS = re.compile(r"[A-Z][a-z]+(?:[ ,.]|$)")
_STARTS = re.compile(r"[\"'(\[*~#-]{0,3}(?:\[[A-Za-z]|[A-Z0-9<>≥≤+~½¼¾☐☑☒✓✔✗✘\u00c0-\u00de])")
_BEFORE = re.compile(r"\S{1,16}$")
LONGEST = 1_000  # characters; a text without an end is read piece by piece, not at once


def sentences(text: str, start: int, end: int, *, is_talk: bool = False) -> Iterator[Place]:
    """Each sentence of text[start:end], without the space round it, of LONGEST at most.

    Talk that was written down by a machine may have small letters throughout."""
    at = start
    for mark in _END.finditer(text, start, end):
        if mark.start() >= at and (
            _ends(text, at, mark, end) or (is_talk and _ends_talk(text, mark))
        ):
            yield from pieces(text, at, mark.end())
            at = mark.end()
    yield from pieces(text, at, end)


def _ends(text: str, at: int, mark: re.Match[str], end: int) -> bool:
    ahead = text[mark.end() : min(end, mark.end() + 24)].lstrip()
    if mark[0] == ";":
        return True
    if (ahead and not _STARTS.match(ahead)) or CHANGE_TO.match(text, mark.end(), end):
        return False
    return mark[0][0] != "." or not _is_short(text, at, mark.start(), ahead)


def _ends_talk(text: str, mark: re.Match[str]) -> bool:
    """ "how are you ? i 'm good ." """
    return mark[0][0] in "?!" or text[mark.start() - 1 : mark.start()].isspace()


def _is_short(text: str, at: int, stop: int, ahead: str) -> bool:
    """An abbreviation, an initial ("J. Doe") or a number that begins a line ("1. Sertraline")."""
    found = _BEFORE.search(text[max(at, stop - 16) : stop])
    word = found[0].lstrip("(\"'[").casefold() if found else ""
    if len(word) == 1 and word.isalpha():
        return text[stop - 1].isupper() and stop - at < 40
    if word in words("short", "may_end") and (_WORD_STARTS.match(ahead) or not ahead):
        return False
    if word in ("no", "nos"):  # a number's, or the whole of an answer
        return ahead[:1].isdecimal()
    return word in words("short", "words") or (word.isdecimal() and stop - at == len(word))


def trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Place(start, end)


def trimmed_marks(text: str, place: Place) -> Place | None:
    """Without the brackets and joints round it; None when nothing is left."""
    start, end = place
    while start < end and not text[start].isalnum() and text[start] not in "\"'<>~+.":
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ")(;,-.:*_?"):
        end -= 1
    return Place(start, end) if start < end else None


def pieces(text: str, start: int, end: int) -> Iterator[Place]:
    """text[start:end] cut at its semicolons, commas or blanks where it is longer than LONGEST."""
    start, end = trimmed(text, start, end)
    while end - start > LONGEST:
        stop = _cut(text, start + LONGEST // 2, start + LONGEST)
        yield trimmed(text, start, stop)
        start, end = trimmed(text, stop, end)
    if start < end:
        yield Place(start, end)


def _cut(text: str, low: int, high: int) -> int:
    for mark in ("; ", ", ", " ", "\n"):
        if (at := text.rfind(mark, low, high)) >= 0:
            return at + len(mark)
    return high
